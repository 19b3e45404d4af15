"""Ending the link between an enrolment and an organisation, and undoing that: a manager within thirty days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from litestar.exceptions import NotFoundException
from piccolo.columns.combination import WhereRaw
from piccolo.query import Select

from app.access import Access, Condition
from app.acting import Duty, acting_as
from app.audit import record
from app.clock import now
from app.database import transaction
from app.names import full_name, list_name
from app.paging import Page, Slice
from app.query import with_query
from app.security import PortalRequest
from app.tables import Enrolment, UnlinkCause, Unlinking

KEPT = timedelta(days=30)

# Keeps what was linked. Whoever loses the race for the same link finds nothing left to keep.
UNLINK = """
INSERT INTO unlinking (enrolment, organisation, link_source, linked_at, linked_by, unlinked_at, unlinked_by, cause)
SELECT enrolment.id, enrolment.organisation, enrolment.link_source, enrolment.linked_at,
    enrolment.linked_by, {}, {}, {}
FROM enrolment
WHERE {} AND enrolment.organisation IS NOT NULL
ORDER BY enrolment.id
ON CONFLICT DO NOTHING
RETURNING id, enrolment, organisation
"""


NOT_OBJECTED_TO = """
NOT EXISTS (
    SELECT 1 FROM unlinking AS objection
    WHERE objection.enrolment = unlinking.enrolment AND objection.organisation = unlinking.organisation
        AND objection.cause = 'objection' AND objection.id > unlinking.id
)
"""


@dataclass(frozen=True)
class Unlinked:
    """What the organisation may still know of an enrolment that was linked to it: a name and a route."""

    id: int
    enrolment: int
    name: str
    list_name: str
    route: str
    organisation: str
    unlinked_at: datetime
    unlinked_by: str
    restored: bool

    @property
    def restorable_until(self) -> datetime:
        return self.unlinked_at + KEPT


async def unlink(access: Access, request: PortalRequest, enrolments: Sequence[int]) -> list[Unlinked]:
    """Ends the links and answers what was unlinked; the second time as the first.

    Raises NotFoundException, and changes nothing, when one of them is not this person's."""
    mine = access.enrolments & Enrolment.id.is_in(list(enrolments))
    cause = UnlinkCause.ADMINISTRATOR if access.everywhere else UnlinkCause.MANAGER
    with acting_as(Duty.UNLINKING):
        async with transaction():
            for row in await end_links(mine, cause, by=access.user):
                await record(request, "unlink", "enrolment", row["enrolment"], organisation=row["organisation"])
            return await _all_unlinked(_undoable(access), enrolments)


async def end_links(which: Condition, cause: UnlinkCause, *, by: int | None) -> list[dict[str, Any]]:
    """Ends the links of these enrolments, in the caller's transaction, and says which: enrolment and organisation.
    Not what was ended before; who may end them is for the caller to say."""
    ended: list[dict[str, Any]] = await Unlinking.raw(UNLINK, now(), by, cause.value, which.querystring)
    for row in ended:
        await Enrolment.update(
            {
                Enrolment.organisation: None,
                Enrolment.link_source: None,
                Enrolment.linked_at: None,
                Enrolment.linked_by: None,
                Enrolment.changed_at: now(),
            }
        ).where((Enrolment.id == row["enrolment"]) & (Enrolment.organisation == row["organisation"]))
    return ended


async def restore(access: Access, request: PortalRequest, enrolments: Sequence[int]) -> list[Unlinked]:
    """Links again what this person's organisations unlinked, and answers what is linked there now, the second
    time as the first: what was meanwhile linked elsewhere is left out.

    Raises NotFoundException, and changes nothing, when one of them was not unlinked here."""
    with acting_as(Duty.UNLINKING):
        async with transaction():
            found = await _all_unlinked(_restorable(access), enrolments)
            return [each for each in found if await _restore(access, request, each)]


async def _all_unlinked(which: Condition, enrolments: Sequence[int]) -> list[Unlinked]:
    """The last unlinking of each. Raises NotFoundException when one of them has none."""
    rows = (
        await _select()
        .where(which & Unlinking.enrolment.is_in(list(enrolments)))
        .order_by(Unlinking.unlinked_at, Unlinking.id)
    )
    last = {row["enrolment"]: _unlinked(row) for row in rows}
    if set(last) != set(enrolments):
        raise NotFoundException
    return list(last.values())


async def _restore(access: Access, request: PortalRequest, unlinked: Unlinked) -> bool:
    """Whether the enrolment is linked again where it was. The row of the enrolment lets one through; whoever
    waited for it finds the link."""
    kept = await Unlinking.objects().get(Unlinking.id == unlinked.id)
    assert kept is not None
    if unlinked.restored or not await _link_again(kept):
        linked = (Enrolment.id == kept.enrolment) & (Enrolment.organisation == kept.organisation)
        return bool(await Enrolment.exists().where(linked))
    here = (Unlinking.enrolment == kept.enrolment) & (Unlinking.organisation == kept.organisation)
    here &= Unlinking.cause != UnlinkCause.OBJECTION.value
    await Unlinking.update({Unlinking.restored_at: now(), Unlinking.restored_by: access.user}).where(
        here & Unlinking.restored_at.is_null()
    )
    await record(request, "restore_link", "enrolment", kept.enrolment, organisation=kept.organisation, cause=kept.cause)
    return True


async def _link_again(kept: Unlinking) -> bool:
    linked = (
        await Enrolment.update(
            {
                Enrolment.organisation: kept.organisation,
                Enrolment.link_source: kept.link_source,
                Enrolment.linked_at: now(),
                Enrolment.linked_by: kept.linked_by,
                Enrolment.changed_at: now(),
            }
        )
        .where((Enrolment.id == kept.enrolment) & Enrolment.organisation.is_null())
        .returning(Enrolment.id)
    )
    return bool(linked)


async def find_restorable(access: Access, enrolments: Sequence[int]) -> dict[int, Unlinked]:
    """Of each of these the unlinking that `restore` would undo; of those that have one."""
    which = _restorable(access) & Unlinking.restored_at.is_null() & Unlinking.enrolment.is_in(list(enrolments))
    with acting_as(Duty.UNLINKING):
        rows = await _select().where(which).order_by(Unlinking.unlinked_at, Unlinking.id)
    return {row["enrolment"]: _unlinked(row) for row in rows}


async def list_unlinked(access: Access, number: int, size: int) -> Page[Unlinked]:
    """What can still be undone, the last first."""
    undoable = _undoable(access)
    part = Slice.of(number, size, await Unlinking.count().where(undoable))
    newest = _select().where(undoable).order_by(Unlinking.unlinked_at, Unlinking.id, ascending=False)
    with acting_as(Duty.UNLINKING):
        rows = await newest.limit(size).offset(part.offset)
    return Page([_unlinked(row) for row in rows], part)


def _undoable(access: Access) -> Condition:
    return _recent(access) & Unlinking.restored_at.is_null()


def _recent(access: Access) -> Condition:
    return _own(access) & (Unlinking.unlinked_at > now() - KEPT)


def _restorable(access: Access) -> Condition:
    """An administrator's time does not run out."""
    return _own(access) if access.everywhere else _recent(access)


def _own(access: Access) -> Condition:
    """What this person may undo: not what Vakmanschap Techniek ended, unless that is who asks, and never what the
    candidate objected to, then or later."""
    undone_by = [UnlinkCause.MANAGER, *([UnlinkCause.ADMINISTRATOR] if access.everywhere else [])]
    own = access.unlinkings & Unlinking.cause.is_in([cause.value for cause in undone_by])
    return own & WhereRaw(NOT_OBJECTED_TO)


def _select() -> Select[Unlinking]:
    return Unlinking.select(
        Unlinking.id,
        Unlinking.enrolment,
        Unlinking.unlinked_at,
        Unlinking.restored_at,
        *_name(Unlinking.enrolment),
        cast(Any, Unlinking.enrolment.route).name,
        Unlinking.organisation.name,
        *_name(Unlinking.unlinked_by),
    )


def _name(of: Any) -> tuple[Any, Any, Any]:
    return of.given_name, of.name_particle, of.family_name


def _unlinked(row: dict[str, Any]) -> Unlinked:
    names = _parts(row, "enrolment")
    return Unlinked(
        id=row["id"],
        enrolment=row["enrolment"],
        name=full_name(*names),
        list_name=list_name(*names),
        route=row["enrolment.route.name"],
        organisation=row["organisation.name"],
        unlinked_at=row["unlinked_at"],
        unlinked_by=full_name(*_parts(row, "unlinked_by")),
        restored=row["restored_at"] is not None,
    )


def _parts(row: dict[str, Any], of: str) -> tuple[str, str, str]:
    given, particle, family = (row[f"{of}.{part}"] or "" for part in ("given_name", "name_particle", "family_name"))
    return given, particle, family


@dataclass(frozen=True)
class Question:
    """What is asked before a link ends."""

    id: int
    name: str
    route: str
    organisation: str
    query: str
    others: list[dict[str, Any]]
    """The person's other enrolments with this organisation: id, route and enrolled_at."""

    @property
    def href(self) -> str:
        return with_query(f"/deelnames/{self.id}/ontkoppelen", self.query)

    @property
    def back_href(self) -> str:
        return with_query("/overzicht", self.query)


async def ask(access: Access, key: int, query: str) -> Question:
    """Raises NotFoundException for an enrolment that is not linked to this person's organisations."""
    columns = (
        Enrolment.id,
        Enrolment.candidate,
        Enrolment.organisation,
        *_name(Enrolment),
        Enrolment.route.name.as_alias("route"),
        Enrolment.organisation.name.as_alias("organisation_name"),
    )
    linked = access.enrolments & Enrolment.organisation.is_not_null()
    row = await Enrolment.select(*columns).where(linked & (Enrolment.id == key)).first()
    if row is None:
        raise NotFoundException
    same = (Enrolment.candidate == row["candidate"]) & (Enrolment.organisation == row["organisation"])
    others = Enrolment.select(Enrolment.id, Enrolment.route.name.as_alias("route"), Enrolment.enrolled_at)
    return Question(
        id=row["id"],
        name=full_name(row["given_name"], row["name_particle"], row["family_name"]),
        route=row["route"],
        organisation=row["organisation_name"],
        query=query,
        others=list(await others.where(linked & same & (Enrolment.id != key)).order_by(Enrolment.id)),
    )
