"""Passkeys (WebAuthn): the browser asks for options, the key signs, and what it answers is judged here."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url, options_to_json_dict
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.account.factors.challenges import LASTS, new_challenge, use_challenge
from app.account.factors.proof import Means, Proof
from app.addresses import is_address, is_safe_origin
from app.clock import now
from app.settings import get_settings
from app.tables import Ceremony, Passkey

Options = dict[str, Any]
"""As the browser takes them, with bytes as base64url."""

PORTAL = "Evenementenportaal"
TIMEOUT = int(LASTS.total_seconds() * 1000)


class Refused(Exception):
    """What came is no answer of a passkey to what was asked here."""


@dataclass(frozen=True)
class NewPasskey:
    credential_id: str
    public_key: bytes
    sign_count: int


def are_possible() -> bool:
    """Browsers know them only of a host with a name, and only where nobody listens in."""
    return not is_address(_host()) and is_safe_origin(get_settings().base_url)


async def registration_options(user: int, username: str, name: str, known: Iterable[str], holder: str) -> Options:
    """For `navigator.credentials.create`. `known`: credential ids that this person has already."""
    options = generate_registration_options(
        rp_id=_host(),
        rp_name=PORTAL,
        user_id=handle_of(user),
        user_name=username,
        user_display_name=name,
        challenge=await new_challenge(Ceremony.REGISTRATION, holder),
        timeout=TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_described(known),
    )
    return options_to_json_dict(options)


async def second_step_options(known: Iterable[str], holder: str) -> Options:
    """For `navigator.credentials.get`, with one of these passkeys."""
    return options_to_json_dict(
        generate_authentication_options(
            rp_id=_host(),
            challenge=await new_challenge(Ceremony.SECOND_STEP, holder),
            timeout=TIMEOUT,
            allow_credentials=_described(known),
            user_verification=UserVerificationRequirement.DISCOURAGED,
        )
    )


async def sign_in_options(holder: str) -> Options:
    """The same, with whichever passkey of this portal somebody has; it has to know them by finger, face or PIN."""
    return options_to_json_dict(
        generate_authentication_options(
            rp_id=_host(),
            challenge=await new_challenge(Ceremony.SIGN_IN, holder),
            timeout=TIMEOUT,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


async def read_registration(answer: str, holder: str) -> NewPasskey:
    """Raises Refused."""
    credential, challenge = _parse(answer)
    if not await use_challenge(Ceremony.REGISTRATION, holder, challenge):
        raise Refused
    try:
        verified = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=get_settings().base_url,
        )
    except Exception as error:  # a parser of what strangers send fails in many ways
        raise Refused from error
    credential_id = bytes_to_base64url(verified.credential_id)
    if len(credential_id) > (Passkey.credential_id.length or 0):
        raise Refused
    return NewPasskey(credential_id, verified.credential_public_key, verified.sign_count)


async def check_assertion(answer: str, holder: str, purpose: Ceremony) -> Proof | None:
    """Of whichever person the passkey is. To sign in with it alone, it must have known them."""
    try:
        credential, challenge = _parse(answer)
    except Refused:
        return None
    if not await use_challenge(purpose, holder, challenge):
        return None
    passkey = await Passkey.select().where(Passkey.credential_id == credential["id"]).first()
    if passkey is None:
        return None
    try:
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(),
            expected_origin=get_settings().base_url,
            credential_public_key=passkey["public_key"],
            credential_current_sign_count=0,  # compared below, where the database settles it
            require_user_verification=purpose is Ceremony.SIGN_IN,
        )
    except Exception:
        return None
    if _is_anothers(credential, passkey["user"]):
        return None
    count = verified.new_sign_count

    async def claim() -> bool:
        """A key that counts never counts back: then there is a copy of it."""
        counts_on = Passkey.sign_count < count if count else Passkey.sign_count == 0
        changes: dict[Any, Any] = {Passkey.sign_count: count, Passkey.last_used_at: now()}
        same = Passkey.update(changes).where((Passkey.id == passkey["id"]) & counts_on)
        return bool(await same.returning(Passkey.id))

    return Proof(passkey["user"], Means.PASSKEY, claim, lost="counted_back")


def handle_of(user: int) -> bytes:
    """What a passkey calls its owner: nothing that means anything elsewhere."""
    return hashlib.sha256(f"{_host()} {user}".encode()).digest()


def _parse(answer: str) -> tuple[dict[str, Any], bytes]:
    """The answer, and the challenge that it says to be of. Raises Refused."""
    try:
        credential = json.loads(answer)
        challenge = json.loads(base64url_to_bytes(credential["response"]["clientDataJSON"]))["challenge"]
        if not isinstance(credential["id"], str):
            raise Refused
        return credential, base64url_to_bytes(challenge)
    except Exception as error:
        raise Refused from error


def _is_anothers(credential: dict[str, Any], user: int) -> bool:
    """The owner that a passkey names, where it names one."""
    named = credential["response"].get("userHandle")
    return bool(named) and base64url_to_bytes(named) != handle_of(user)


def _described(known: Iterable[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each)) for each in known]


def _host() -> str:
    return urlsplit(get_settings().base_url).hostname or ""
