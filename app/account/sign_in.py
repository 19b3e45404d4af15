"""Signing in and out. Nobody is known yet, so what is read here has no access to go by."""

import re
from dataclasses import dataclass
from typing import Any

from litestar.datastructures import Cookie

from app.account.passwords import hash_password, is_outdated, verify
from app.audit import record
from app.clock import now
from app.database import transaction
from app.security import PortalRequest, end_session, load_viewer, start_session
from app.tables import User
from app.text import TextRefused, clean, key

# A path of this portal: no second slash or backslash to make it a host, no percent sign to hide either.
LOCAL = re.compile(r"/(?:[\w.~-]+(?:/[\w.~-]+)*/?)?(?:\?[!-\[\]-~]*)?", re.ASCII)
LONGEST_ADDRESS = 2000
LONGEST_NAME = 120


@dataclass(frozen=True)
class SignedIn:
    cookie: Cookie
    home: str


async def sign_in(request: PortalRequest, username: str, password: str) -> SignedIn | None:
    """Nothing for an unknown name, a wrong password and a closed account alike, after the same time."""
    account = await _find(username)
    known = account["password_hash"] if account and account["active"] else None
    right = await verify(known, password)
    kept = await hash_password(password) if right and known and is_outdated(known) else known
    async with transaction():
        cookie = await _start(request, account, known, kept) if right and account else None
        if cookie is None:
            await record(request, "sign_in", "user", account["id"] if account else None, outcome="refused")
            return None
    viewer = await load_viewer(cookie.value or "")
    return SignedIn(cookie, viewer.home if viewer else "/")


async def sign_out(request: PortalRequest) -> None:
    async with transaction():
        await end_session(request.viewer.session)
        await record(request, "sign_out", "user", request.viewer.id)


def local_path(text: str) -> str | None:
    """The address when it leads to a page of this portal and nowhere else."""
    return text if len(text) <= LONGEST_ADDRESS and LOCAL.fullmatch(text) else None


async def _find(username: str) -> dict[str, Any] | None:
    try:
        name = key(clean(username, LONGEST_NAME))
    except TextRefused:
        name = ""  # which nobody has
    columns = (User.id, User.password_hash, User.active)
    return await User.select(*columns).where(User.username_key == name).first()


async def _start(request: PortalRequest, account: dict[str, Any], known: str | None, kept: str | None) -> Cookie | None:
    """Nothing when the account was closed or got another password while this one was being checked."""
    unchanged = (User.id == account["id"]) & (User.password_hash == known) & User.active.eq(True)
    changes: dict[Any, Any] = {User.last_signed_in_at: now(), User.password_hash: kept}
    if not await User.update(changes).where(unchanged).returning(User.id):
        return None
    await record(request, "sign_in", "user", account["id"], actor=account["id"])
    return await start_session(request, account["id"])
