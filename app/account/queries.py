"""The own account: what is known of it, its changes and its sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException, NotFoundException

from app.access import Access
from app.account.devices import device
from app.account.known_device import remember_device
from app.audit import record
from app.clock import now
from app.database import transaction, violated_unique
from app.mail.outbox import Change, tell_owner
from app.names import full_name
from app.security import PortalRequest
from app.sessions import AHEAD, LONGEST, end_session, end_sessions, idle_limit, start_session
from app.tables import Mandate, Role, Session, TokenPurpose, User
from app.text import key
from app.tokens import revoke

ROLES = {
    Role.ADMINISTRATOR: "Beheerder bij Vakmanschap Techniek",
    Role.ORGANISATION_MANAGER: "Organisatiebeheerder",
    Role.ENROLMENT_MANAGER: "Aanmeldbeheerder",
}


@dataclass(frozen=True)
class Held:
    """A role, and for which organisation: none at Vakmanschap Techniek itself."""

    role: Role
    organisation: str | None
    code: str | None

    @property
    def words(self) -> str:
        if self.organisation:
            return f"{ROLES[self.role]} van {self.organisation} ({self.code})"
        return ROLES[self.role] + ("" if self.role == Role.ADMINISTRATOR else ", nog zonder organisatie")


@dataclass(frozen=True)
class Account:
    salutation: str
    given_name: str
    name_particle: str
    family_name: str
    email: str
    username: str
    last_signed_in_at: datetime | None
    password_hash: str | None = field(repr=False)
    mandates: tuple[Held, ...]

    @property
    def name(self) -> str:
        return full_name(self.given_name, self.name_particle, self.family_name)

    @property
    def organisation_words(self) -> tuple[str, ...]:
        return tuple(word for held in self.mandates for word in (held.organisation, held.code) if word)


@dataclass(frozen=True)
class OwnSession:
    id: int
    device: str
    address: str
    since: datetime
    seen: datetime
    current: bool


class Taken(Exception):
    """Somebody else has this user name or e-mail address: `column` of User."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


@contextmanager
def unique_account() -> Iterator[None]:
    """Around a transaction that writes a user name or an e-mail address: raises Taken when somebody was first."""
    try:
        yield
    except Exception as error:
        if index := violated_unique(error):
            raise Taken("username" if "username" in index else "email") from error
        raise


async def load_account(access: Access) -> Account:
    columns = (
        User.salutation,
        User.given_name,
        User.name_particle,
        User.family_name,
        User.email,
        User.username,
        User.last_signed_in_at,
        User.password_hash,
    )
    row = await User.select(*columns).where(User.id == access.user).first()
    if row is None:
        raise NotFoundException
    return Account(**row, mandates=await _mandates(access))


async def _mandates(access: Access) -> tuple[Held, ...]:
    name = Mandate.organisation.name.as_alias("name")
    columns = (Mandate.role, name, Mandate.organisation.code.as_alias("code"))
    rows = await Mandate.select(*columns).where(Mandate.user == access.user)
    held = [Held(Role(row["role"]), row["name"], row["code"]) for row in rows]
    return tuple(sorted(held, key=lambda each: (list(Role).index(each.role), each.organisation or "")))


async def taken_by_others(access: Access, username: str, email: str) -> set[str]:
    """Which of `username` and `email` another account has."""
    same = (User.username_key == key(username)) | (User.email_key == key(email))
    rows = await User.select(User.username_key, User.email_key).where((User.id != access.user) & same)
    wanted = {"username_key": key(username), "email_key": key(email)}
    return {column.removesuffix("_key") for row in rows for column in wanted if row[column] == wanted[column]}


async def save_profile(
    access: Access, request: PortalRequest, account: Account, columns: dict[Any, str], password_hash: str | None
) -> list[Cookie]:
    """In the caller's transaction. The cookies of the session that goes on: another one when the password is new, and
    then the only one. Raises NotAuthorizedException when this session ended meanwhile."""
    as_read = (User.id == access.user) & (User.password_hash == account.password_hash)
    changed = [each._meta.name for each, value in columns.items() if getattr(account, each._meta.name, value) != value]
    if not await User.update(columns).where(as_read).returning(User.id):
        raise NotAuthorizedException  # another password meanwhile, which ended this session
    await record(request, "profile_change", "user", access.user, fields=" ".join(changed))
    if "username" in changed:
        await tell_owner(access.user, Change.USERNAME, account.email)
    return await _replace_password(access, request, account, password_hash) if password_hash else []


async def _replace_password(
    access: Access, request: PortalRequest, account: Account, password_hash: str
) -> list[Cookie]:
    """Ends every other session, and whatever link was sent for this account."""
    changes: dict[Any, Any] = {User.password_hash: password_hash, User.password_changed_at: now()}
    await User.update(changes).where(User.id == access.user)
    # A session that ended while its request was under way brings forth no other.
    if not await end_session(request.viewer.session):
        raise NotAuthorizedException
    ended = await end_sessions(access.user)
    for purpose in (TokenPurpose.RESET, TokenPurpose.EMAIL):
        await revoke(purpose, access.user)
    await record(request, "password_change", "user", access.user, sessions_ended=ended)
    await tell_owner(access.user, Change.PASSWORD, account.email)
    session = await start_session(request, access.user, second_factor_at=request.viewer.second_factor_at)
    return [session, remember_device(request, access.user, password_hash)]


async def list_sessions(access: Access, current: int) -> list[OwnSession]:
    """Those that still count, the current one first, then the last seen."""
    alive = (
        (Session.created_at > now() - LONGEST)
        & (Session.created_at <= now() + AHEAD)
        & (Session.seen_at > now() - idle_limit(access.roles))
    )
    columns = (Session.id, Session.agent, Session.address, Session.created_at, Session.seen_at)
    query = Session.select(*columns).where((Session.user == access.user) & alive)
    rows = await query.order_by(Session.seen_at, Session.id, ascending=False)
    sessions = [
        OwnSession(
            id=row["id"],
            device=device(row["agent"]),
            address=row["address"],
            since=row["created_at"],
            seen=row["seen_at"],
            current=row["id"] == current,
        )
        for row in rows
    ]
    return sorted(sessions, key=lambda session: not session.current)


async def end_own_session(access: Access, request: PortalRequest, session: int) -> None:
    """Raises NotFoundException when this person has no such session."""
    async with transaction():
        own = (Session.id == session) & (Session.user == access.user)
        if not await Session.delete().where(own).returning(Session.id):
            raise NotFoundException
        await record(request, "session_end", "session", session)


async def end_other_sessions(access: Access, request: PortalRequest) -> None:
    async with transaction():
        ended = await end_sessions(access.user, besides=request.viewer.session)
        await record(request, "sessions_end", "user", access.user, sessions_ended=ended)
