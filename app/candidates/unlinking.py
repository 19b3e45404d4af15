"""Ending the link between an enrolment and an organisation, and undoing that within thirty days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from litestar.exceptions import NotFoundException
from piccolo.query import Select

from app.access import Access, Condition
from app.audit import record
from app.clock import now
from app.database import transaction
from app.names import full_name, list_name
from app.paging import Page, Slice
from app.query import with_query
from app.security import PortalRequest
from app.tables import Enrolment, Unlinking

KEPT = timedelta(days=30)

# Keeps what was linked. Whoever loses the race for the same link finds nothing left to keep.
UNLINK = """
INSERT INTO unlinking (enrolment, organisation, link_source, linked_at, linked_by, unlinked_at, unlinked_by)
SELECT enrolment.id, enrolment.organisation, enrolment.link_source, enrolment.linked_at,
    enrolment.linked_by, {}, {}
FROM enrolment
WHERE {} AND enrolment.organisation IS NOT NULL
ON CONFLICT DO NOTHING
RETURNING id, enrolment, organisation
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

    @property
    def restorable_until(self) -> datetime:
        return self.unlinked_at + KEPT


async def unlink(access: Access, request: PortalRequest, enrolments: Sequence[int]) -> list[Unlinked]:
    """Ends the links and answers what was unlinked; the second time as the first.

    Raises NotFoundException, and changes nothing, when one of them is not this person's."""
    mine = access.enrolments & Enrolment.id.is_in(list(enrolments))
    async with transaction():
        ended = await Unlinking.raw(UNLINK, now(), access.user, mine.querystring)
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
            await record(request, "unlink", "enrolment", row["enrolment"], organisation=row["organisation"])
        found = await recently_unlinked(access, enrolments)
        if {each.enrolment for each in found} != set(enrolments):
            raise NotFoundException
    return found


async def restore(access: Access, request: PortalRequest, enrolments: Sequence[int]) -> list[Unlinked]:
    """Links again what this person's organisations unlinked, and answers what was linked: what was meanwhile
    linked elsewhere is left out, and what is linked here already needs nothing.

    Raises NotFoundException, and changes nothing, when one of them was not unlinked here."""
    async with transaction():
        found = await recently_unlinked(access, enrolments)
        for enrolment in set(enrolments) - {each.enrolment for each in found}:
            if not await Enrolment.exists().where(access.enrolments & (Enrolment.id == enrolment)):
                raise NotFoundException
        return [each for each in found if await _restore(access, request, each)]


async def _restore(access: Access, request: PortalRequest, unlinked: Unlinked) -> bool:
    [kept] = (
        await Unlinking.update({Unlinking.restored_at: now(), Unlinking.restored_by: access.user})
        .where(Unlinking.id == unlinked.id)
        .returning(*Unlinking.all_columns())
    )
    linked = (
        await Enrolment.update(
            {
                Enrolment.organisation: kept["organisation"],
                Enrolment.link_source: kept["link_source"],
                Enrolment.linked_at: now(),
                Enrolment.linked_by: kept["linked_by"],
                Enrolment.changed_at: now(),
            }
        )
        .where((Enrolment.id == unlinked.enrolment) & Enrolment.organisation.is_null())
        .returning(Enrolment.id)
    )
    if not linked:
        await Unlinking.update({Unlinking.restored_at: None, Unlinking.restored_by: None}).where(
            Unlinking.id == unlinked.id
        )
        return False
    await record(request, "restore_link", "enrolment", unlinked.enrolment, organisation=kept["organisation"])
    return True


async def recently_unlinked(access: Access, enrolments: Sequence[int]) -> list[Unlinked]:
    """Of these enrolments, those that this person's organisations unlinked in the last thirty days."""
    rows = await _select().where(_undoable(access) & Unlinking.enrolment.is_in(list(enrolments)))
    return [_unlinked(row) for row in rows]


async def list_unlinked(access: Access, number: int, size: int) -> Page[Unlinked]:
    """What can still be undone, the last first."""
    undoable = _undoable(access)
    part = Slice.of(number, size, await Unlinking.count().where(undoable))
    newest = _select().where(undoable).order_by(Unlinking.unlinked_at, Unlinking.id, ascending=False)
    rows = await newest.limit(size).offset(part.offset)
    return Page([_unlinked(row) for row in rows], part)


def _undoable(access: Access) -> Condition:
    return access.unlinkings & Unlinking.restored_at.is_null() & (Unlinking.unlinked_at > now() - KEPT)


def _select() -> Select[Unlinking]:
    return Unlinking.select(
        Unlinking.id,
        Unlinking.enrolment,
        Unlinking.unlinked_at,
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
