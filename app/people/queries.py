"""People as an administrator sees them: a page of them, and one with what they hold and what happened."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import EVERYTHING, NOTHING, Access, Condition
from app.account.queries import Held
from app.clock import now
from app.lists import count_without_each
from app.names import fold, full_name, words
from app.paging import Page, Slice
from app.people.filters import PersonFilter, Standing
from app.sessions import LONGEST, idle_limit
from app.tables import AuditEvent, Mandate, Organisation, Role, Session, Token, TokenPurpose, User

Record = dict[str, Any]

COLUMNS = (
    "portal_user.id, portal_user.salutation, portal_user.given_name, portal_user.name_particle, "
    "portal_user.family_name, portal_user.email, portal_user.username, portal_user.active, portal_user.created_at, "
    "portal_user.last_signed_in_at, portal_user.password_hash IS NOT NULL AS activated"
)
COUNTS = """
SELECT active, password_hash IS NOT NULL AS activated, COUNT(*) AS n FROM portal_user WHERE {} GROUP BY 1, 2
"""
PAGE = "SELECT {columns} FROM portal_user WHERE {{}} ORDER BY {order} LIMIT {{}} OFFSET {{}}"
ORDERS = {
    "naam": "portal_user.sort_key, portal_user.id",
    "-naam": "portal_user.sort_key DESC, portal_user.id DESC",
    # Who never signed in stands last, either way.
    "ingelogd": "portal_user.last_signed_in_at IS NULL, portal_user.last_signed_in_at, portal_user.id",
    "-ingelogd": "portal_user.last_signed_in_at IS NULL, portal_user.last_signed_in_at DESC, portal_user.id DESC",
}
LATEST = 10
"""Events that the page of a person shows."""
VIEWS = ("view", "view_log", "view_mail", "open_mail")


@dataclass(frozen=True)
class Given:
    """A mandate, and who gave it."""

    id: int
    held: Held
    by: str
    at: datetime


@dataclass(frozen=True)
class Found:
    page: Page[Record]
    mandates: Mapping[int, Sequence[Given]]
    """Of the people on the page."""
    counts: Mapping[Standing, int]
    """By status; they obey every filter but that on status."""
    without: Mapping[str, int] = field(default_factory=dict)


async def list_people(access: Access, filters: PersonFilter) -> Found:
    """One page; a page past the end is the last page."""
    visible = _accounts(access)
    rows = await User.raw(COUNTS, filters.narrow_counted(visible).querystring)
    counts = dict.fromkeys(Standing, 0)
    for row in rows:
        counts[Standing.of(row["active"], row["activated"])] += row["n"]
    total = counts[Standing(filters.standing)] if filters.standing else sum(counts.values())
    part = Slice.of(filters.number, filters.size, total)
    if not total:
        return Found(Page([], part), {}, counts, await count_without_each(visible, User, filters))
    frame = PAGE.format(columns=COLUMNS, order=ORDERS[filters.sort])
    people = await User.raw(frame, filters.narrow(visible).querystring, part.size, part.offset)
    return Found(Page(people, part), await list_mandates(access, [row["id"] for row in people]), counts)


async def find_named(access: Access, filters: PersonFilter) -> PersonFilter:
    """The same, that knows who has all its keywords in name, e-mail address or user name. Few people have an account,
    so they are read and folded here: no database knows that Zoe may look for Zoë."""
    asked = words(filters.keywords)
    if not asked:
        return filters
    columns = (User.id, User.given_name, User.name_particle, User.family_name, User.email, User.username)
    rows = await User.select(*columns).where(_accounts(access))
    return replace(filters, named=tuple(row["id"] for row in rows if _has_all(asked, row)))


async def find_person(access: Access, key: int) -> Record:
    """Raises NotFoundException."""
    frame = PAGE.format(columns=COLUMNS, order=ORDERS["naam"])
    rows: list[Record] = await User.raw(frame, (_accounts(access) & (User.id == key)).querystring, 1, 0)
    if not rows:
        raise NotFoundException
    return rows[0]


async def list_mandates(access: Access, people: Sequence[int]) -> Mapping[int, Sequence[Given]]:
    """Of each of these people, the widest first."""
    columns = (Mandate.id, Mandate.user, Mandate.role, Mandate.given_at, Mandate.organisation, Mandate.given_by)
    own = _visible(access) & Mandate.user.is_in(list(people))
    rows = await Mandate.select(*columns).where(own) if people else []
    organisations = await _organisations({row["organisation"] for row in rows} - {None})
    names = await _names({row["given_by"] for row in rows} - {None})
    found: dict[int, list[Given]] = defaultdict(list)
    for row in rows:
        organisation = organisations.get(row["organisation"], {"name": None, "code": None})
        held = Held(Role(row["role"]), organisation["name"], organisation["code"])
        found[row["user"]].append(Given(row["id"], held, names.get(row["given_by"], ""), row["given_at"]))
    order = list(Role)
    return {
        user: sorted(given, key=lambda each: (order.index(each.held.role), each.held.organisation or ""))
        for user, given in found.items()
    }


async def find_mandate(access: Access, person: int, mandate: int) -> Given:
    """Raises NotFoundException when this person does not hold it."""
    held = (await list_mandates(access, [person])).get(person, ())
    if found := next((each for each in held if each.id == mandate), None):
        return found
    raise NotFoundException


async def count_sessions(access: Access, person: int, roles: frozenset[Role]) -> int:
    """In how many browsers this person is signed in."""
    alive = (Session.created_at > now() - LONGEST) & (Session.seen_at > now() - idle_limit(roles))
    return int(await Session.count().where(_visible(access) & (Session.user == person) & alive))


async def link_works_until(access: Access, person: int) -> datetime | None:
    """Until when the link of the last invitation works; nothing when none was sent, or it works no more."""
    own = (Token.user == person) & (Token.purpose == TokenPurpose.ACTIVATION) & Token.used_at.is_null()
    row = await Token.select(Token.expires_at).where(_visible(access) & own & (Token.expires_at > now())).first()
    return row["expires_at"] if row else None


async def list_history(access: Access, person: int) -> list[Record]:
    """The last events by this person or about them, the newest first, but for looking. Each part follows an index."""
    changes = _visible(access) & AuditEvent.action.not_in(list(VIEWS))
    found: dict[int, Record] = {}
    about = (AuditEvent.object_type == "user") & (AuditEvent.object_id == person)
    for part in (AuditEvent.actor == person, about):
        newest = AuditEvent.select().where(changes & part).order_by(AuditEvent.at, AuditEvent.id, ascending=False)
        found |= {row["id"]: row for row in await newest.limit(LATEST)}
    return sorted(found.values(), key=lambda row: (row["at"], row["id"]), reverse=True)[:LATEST]


def _has_all(asked: Sequence[str], row: Record) -> bool:
    text = fold(" ".join(value for name, value in row.items() if name != "id"))
    return all(word in text for word in asked)


async def _organisations(ids: set[int]) -> dict[int, Record]:
    columns = (Organisation.id, Organisation.name, Organisation.code)
    rows = await Organisation.select(*columns).where(Organisation.id.is_in(list(ids))) if ids else []
    return {row["id"]: row for row in rows}


async def _names(ids: set[int]) -> dict[int, str]:
    columns = (User.id, User.given_name, User.name_particle, User.family_name)
    rows = await User.select(*columns).where(User.id.is_in(list(ids))) if ids else []
    return {row["id"]: full_name(row["given_name"], row["name_particle"], row["family_name"]) for row in rows}


def _visible(access: Access) -> Condition:
    return EVERYTHING if access.everywhere else NOTHING


def _accounts(access: Access) -> Condition:
    """Of a person who was erased nothing is left to see."""
    return User.email != "" if access.everywhere else NOTHING
