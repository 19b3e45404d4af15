"""Signing in and out. Nobody is known yet, so what is read here has no access to go by."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException

from app.account.factors.pending import begin_second_step, has_factor
from app.account.guessing import Guess
from app.account.known_device import remember_device
from app.account.passwords import TooBusy, door, hash_password, is_outdated, verify
from app.audit import record
from app.clock import now
from app.database import transaction
from app.security import PortalRequest
from app.sessions import end_session, load_viewer, start_session
from app.tables import User
from app.text import TextRefused, clean, key

# A path of this portal: no second slash or backslash to make it a host, no percent sign to hide either.
LOCAL = re.compile(r"/(?:[\w.~-]+(?:/[\w.~-]+)*/?)?(?:\?[!-\[\]-~]*)?", re.ASCII)
LONGEST_ADDRESS = 2000
LONGEST_NAME = 120
SECOND_STEP = "/inloggen/tweede-stap"


@dataclass(frozen=True)
class SignedIn:
    cookies: list[Cookie]
    home: str
    """Where this person goes: for who has a second factor, to give that first."""
    is_halfway: bool = False


async def sign_in(request: PortalRequest, username: str, password: str) -> SignedIn | None:
    """Nothing for an unknown name, a wrong password and a closed account alike, after the same time. Raises Throttled
    and TooBusy."""
    with door():
        name = _key(username)
        account = await _find(name)
        guess = Guess.of(request, name, account)
        await guess.count(request)
        try:
            signed_in = await _sign_in(request, account, password)
        except TooBusy:
            await guess.take_back()
            raise
        if signed_in:
            await guess.take_back()
        return signed_in


async def _sign_in(request: PortalRequest, account: dict[str, Any] | None, password: str) -> SignedIn | None:
    known = account["password_hash"] if account and account["active"] else None
    right = await verify(known, password)
    kept = await hash_password(password) if right and known and is_outdated(known) else known
    async with transaction():
        signed_in = await _start(request, account, known, kept) if right and account else None
        if signed_in is None:
            await record(request, "sign_in", "user", account["id"] if account else None, outcome="refused")
    return signed_in


async def sign_out(request: PortalRequest) -> None:
    async with transaction():
        await end_session(request.viewer.session)
        await record(request, "sign_out", "user", request.viewer.id)


def local_path(text: str) -> str | None:
    """The address when it leads to a page of this portal and nowhere else."""
    return text if len(text) <= LONGEST_ADDRESS and LOCAL.fullmatch(text) else None


def _key(username: str) -> str:
    try:
        return key(clean(username, LONGEST_NAME))
    except TextRefused:
        return ""  # which nobody has


async def _find(name: str) -> dict[str, Any] | None:
    columns = (User.id, User.password_hash, User.active, User.email)
    return await User.select(*columns).where(User.username_key == name).first()


async def _start(
    request: PortalRequest, account: dict[str, Any], known: str | None, kept: str | None
) -> SignedIn | None:
    """Nothing when the account was closed or got another password while this one was being checked."""
    user = account["id"]
    unchanged = (User.id == user) & (User.password_hash == known) & User.active.eq(True)
    if not await User.update({User.password_hash: kept}).where(unchanged).returning(User.id):
        return None
    if await has_factor(user):
        await record(request, "password_check", "user", user, actor=user)
        return SignedIn(await begin_second_step(request, user), SECOND_STEP, is_halfway=True)
    return await complete_sign_in(request, user)


async def complete_sign_in(request: PortalRequest, user: int, *, second_factor_at: datetime | None = None) -> SignedIn:
    """In the caller's transaction, of somebody who gave all that is asked for. Raises NotAuthorizedException when the
    account was closed meanwhile."""
    is_open = (User.id == user) & User.active.eq(True)
    rows = await User.update({User.last_signed_in_at: now()}).where(is_open).returning(User.password_hash)
    if not rows:
        raise NotAuthorizedException
    await record(request, "sign_in", "user", user, actor=user)
    cookie = await start_session(request, user, second_factor_at=second_factor_at)
    viewer = await load_viewer(cookie.value or "")
    return SignedIn([cookie, remember_device(request, user, rows[0]["password_hash"])], viewer.home if viewer else "/")
