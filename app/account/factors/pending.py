"""Between the right password and the second factor: whoever is there is not signed in, and may do that one step."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from litestar.datastructures import Cookie

from app.clock import now
from app.cookies import cookie, is_secure, session_cookie
from app.security import PortalRequest
from app.sessions import end_brought_session, hash_token
from app.tables import Passkey, PendingSignIn, SecondFactor, User

LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class Pending:
    """A sign-in that is halfway, and what its second step can be."""

    id: int
    user: int
    holder: str
    """What a passkey's challenge is bound to."""
    has_app: bool
    passkeys: tuple[str, ...]
    """Their credential ids."""


def pending_cookie() -> str:
    return "__Host-tweede-stap" if is_secure() else "tweede-stap"


async def has_factor(user: int) -> bool:
    return await SecondFactor.exists().where(SecondFactor.user == user) or await Passkey.exists().where(
        Passkey.user == user
    )


async def begin_second_step(request: PortalRequest, user: int) -> list[Cookie]:
    """In the caller's transaction. Ends the session that the browser brought along, if any."""
    token = secrets.token_urlsafe(32)
    await PendingSignIn.insert(PendingSignIn(token_hash=hash_token(token), user=user, created_at=now()))
    await end_brought_session(request)
    cookies = [cookie(pending_cookie(), token, max_age=int(LASTS.total_seconds()))]
    if session_cookie() in request.cookies:
        cookies.append(cookie(session_cookie(), "", max_age=0))
    return cookies


async def find_pending(request: PortalRequest) -> Pending | None:
    """Nothing when it took too long, was done already, or the account was closed meanwhile."""
    token = request.cookies.get(pending_cookie())
    if not token:
        return None
    holder = hash_token(token)
    waits = (PendingSignIn.token_hash == holder) & (PendingSignIn.created_at > now() - LASTS)
    row = await PendingSignIn.select(PendingSignIn.id, PendingSignIn.user).where(waits).first()
    if row is None or not await User.exists().where((User.id == row["user"]) & User.active.eq(True)):
        return None
    passkeys = await Passkey.select(Passkey.credential_id).where(Passkey.user == row["user"]).output(as_list=True)
    has_app = await SecondFactor.exists().where(SecondFactor.user == row["user"])
    return Pending(row["id"], row["user"], holder, has_app, tuple(passkeys))


async def end_pending(pending: Pending) -> bool:
    """Whether it still waited: of all who come at once, one gets True."""
    waits = (PendingSignIn.id == pending.id) & (PendingSignIn.created_at > now() - LASTS)
    return bool(await PendingSignIn.delete().where(waits).returning(PendingSignIn.id))


def no_longer_pending() -> Cookie:
    return cookie(pending_cookie(), "", max_age=0)
