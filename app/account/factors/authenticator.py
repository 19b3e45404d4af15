"""Codes of an authenticator app (TOTP, RFC 6238): six digits, another every 30 seconds."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pyotp
from pyotp.exceptions import OTPVerificationError

from app.account.factors.keys import Unreadable, is_current, seal, unseal
from app.account.factors.proof import Means, Proof
from app.clock import now
from app.paycodes.codes import canonical
from app.tables import SecondFactor

ISSUER = "Evenementenportaal"
CLOCKS_DIFFER = 1
"""Steps that the clock of a phone may be early or late."""
SET_UP_WITHIN = timedelta(hours=1)


def new_secret() -> str:
    """160 random bits, in letters and digits that an app takes."""
    return pyotp.random_base32()


def address(secret: str, username: str) -> str:
    """What an app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def step_of(secret: str, typed: str) -> int | None:
    """The step that this code is of, when that is now."""
    code = canonical(typed)
    if not re.fullmatch("[0-9]{6}", code):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(code, for_time=now(), valid_window=CLOCKS_DIFFER)
    except OTPVerificationError:
        return None


async def check_code(user: int, typed: str) -> Proof | None:
    """Each step counts once, and none before the last one used: also when the clock was set back."""
    columns = (SecondFactor.id, SecondFactor.secret_encrypted)
    row = await SecondFactor.select(*columns).where(SecondFactor.user == user).first()
    if row is None:
        return None
    sealed = row["secret_encrypted"]
    try:
        secret = unseal(sealed, _of(user)).decode()
    except Unreadable:
        return None
    step = step_of(secret, typed)
    if step is None:
        return None
    kept = sealed if is_current(sealed) else seal_secret(user, secret)

    async def claim() -> bool:
        unused = (SecondFactor.id == row["id"]) & (SecondFactor.secret_encrypted == sealed)
        changes: dict[Any, Any] = {SecondFactor.last_step: step, SecondFactor.secret_encrypted: kept}
        later = unused & (SecondFactor.last_step < step)
        return bool(await SecondFactor.update(changes).where(later).returning(SecondFactor.id))

    return Proof(user, Means.APP, claim)


def seal_secret(user: int, secret: str) -> bytes:
    return seal(secret.encode(), _of(user))


def offer(session: int, secret: str) -> str:
    """A secret that is not set yet, as its form carries it: nobody reads or chooses it, and it works for an hour, in
    the session that it was shown in."""
    moment = int(now().timestamp())
    return urlsafe_b64encode(seal(f"{moment} {secret}".encode(), _offered(session))).decode()


def offered(session: int, text: str) -> str | None:
    """The secret that was offered; nothing when that is too long ago or never happened."""
    try:
        moment, secret = unseal(urlsafe_b64decode(text.encode()), _offered(session)).decode().split()
    except (Unreadable, ValueError):
        return None
    age = now().timestamp() - int(moment)
    return secret if age < SET_UP_WITHIN.total_seconds() else None


def _of(user: int) -> str:
    return f"second factor of {user}"


def _offered(session: int) -> str:
    return f"offered in session {session}"
