"""A new password for who forgot theirs, by a link in a mail. Who asks learns nothing of who has an account, and who
follows the link is not signed in by it: that asks for the new password, and for a second factor where there is one."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from litestar.datastructures import Cookie

from app.access import Access, Condition
from app.account.known_device import device_of, remember_device
from app.account.passwords import hash_password
from app.account.queries import Account, load_account
from app.audit import record
from app.clock import now
from app.database import transaction
from app.mail.outbox import Change, Letter, queue, tell_owner
from app.once import is_first
from app.origin import origin_of
from app.security import PortalRequest
from app.sessions import end_sessions
from app.tables import TokenPurpose, User
from app.throttle import Limit, hit, is_let_through
from app.tokens import LinkEnded, find, revoke, use

# Five a day: of one name, and of one account whether it is named by user name or by e-mail address.
NAME = Limit("reset_name", most=5, every=timedelta(hours=4, minutes=48))
ACCOUNT = Limit("reset_account", most=5, every=timedelta(hours=4, minutes=48))
DEVICE = Limit("reset_device", most=5, every=timedelta(hours=4, minutes=48))
ADDRESS = Limit("reset_address", most=30, every=timedelta(minutes=10))
EVERYBODY = Limit("reset_everybody", most=1000, every=timedelta(seconds=0.3))

NOBODY: dict[str, Any] = {}


async def ask_reset(request: PortalRequest, name: str, form: str) -> None:
    """Mails a link to whose user name or e-mail address (`app.text.key`) this is; of nobody's it does as much, but the
    mail. The same `form` (`app.once.form_key`) sent twice mails once. Raises Throttled, by what was typed alone."""
    accounts = await _find(name)
    device = next(filter(None, (device_of(request, each["id"], each["password_hash"]) for each in accounts)), "")
    if device:
        await hit(DEVICE, device)
    else:
        await hit(ADDRESS, origin_of(request))
        await hit(NAME, name)
        await hit(EVERYBODY)
    for account in accounts or [NOBODY]:
        await _ask(request, account, device, name, form)


async def _ask(request: PortalRequest, account: Mapping[str, Any], device: str, name: str, form: str) -> None:
    user = account.get("id")
    mails = await is_let_through(ACCOUNT, device or str(user or name))
    async with transaction():
        if not await is_first(f"{form} {user}"):
            return
        outcome = "ok" if account and mails else "refused"
        await record(request, "ask_reset", "user", user, outcome=outcome)
        if account and mails:
            await queue(Letter.RESET, account["email"], user=user)


async def find_resetting(secret: str) -> Account:
    """Whose link this is. Looking does not use it up. Raises LinkEnded."""
    token = await find(TokenPurpose.RESET, secret)
    if token is None or not await User.exists().where(_can_reset(token["user"])):
        raise LinkEnded
    return await load_account(Access(token["user"], frozenset(), ()))


async def reset_password(request: PortalRequest, secret: str, password: str) -> Cookie:
    """Of all who come at once with one link, one chooses the password. It ends every session, and what other links
    were sent for this account; this browser is one of its owner's from now on. Raises LinkEnded and TooBusy."""
    password_hash = await hash_password(password)
    chosen: dict[Any, Any] = {User.password_hash: password_hash, User.password_changed_at: now()}
    async with transaction():
        token = await use(TokenPurpose.RESET, secret)
        if token is None:
            raise LinkEnded
        user = token["user"]
        changed = await User.update(chosen).where(_can_reset(user)).returning(User.email)
        if not changed:
            raise LinkEnded
        for purpose in (TokenPurpose.RESET, TokenPurpose.EMAIL):
            await revoke(purpose, user)
        ended = await end_sessions(user)
        await record(request, "reset_password", "user", user, actor=user, sessions_ended=ended)
        await tell_owner(user, Change.PASSWORD, changed[0]["email"])
    return remember_device(request, user, password_hash)


async def _find(name: str) -> list[dict[str, Any]]:
    """Whoever chose a password: at most one by user name, and one by e-mail address."""
    columns = (User.id, User.email, User.password_hash)
    named = (User.username_key == name) | (User.email_key == name)
    return await User.select(*columns).where(named & _has_password()).order_by(User.id)


def _can_reset(user: int) -> Condition:
    return (User.id == user) & _has_password()


def _has_password() -> Condition:
    return User.active.eq(True) & User.password_hash.is_not_null()
