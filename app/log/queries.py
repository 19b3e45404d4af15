"""What is on record: one page of events, however many there are."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from piccolo.columns.combination import WhereRaw

from app.access import EVERYTHING, NOTHING, Access, Condition
from app.lists import narrowed
from app.log.filters import LogFilter, Person
from app.paging import Page, Slice
from app.paycodes.codes import canonical
from app.tables import AuditEvent, Enrolment, User
from app.text import key as text_key

Record = dict[str, Any]

MOST = 10_000
"""Events that a list counts and leads to: whoever looks for more chooses a period."""
ALL = 10**9

# Each part is one walk along one index, so that a page of a million events costs what its own rows cost.
COUNT = "SELECT COUNT(*) AS n FROM ({parts}) AS counted"
COUNTED = "SELECT * FROM (SELECT 1 AS one FROM audit_event WHERE {{}} LIMIT {{}}) AS part{place}"
PAGE = """
SELECT audit_event.id, audit_event.at, audit_event.actor, audit_event.api_key, audit_event.action,
    audit_event.object_type, audit_event.object_id, audit_event.organisation, audit_event.outcome,
    audit_event.origin, audit_event.details
FROM (SELECT id FROM ({parts}) AS found ORDER BY at {way}, id {way} LIMIT {{}} OFFSET {{}}) AS chosen
JOIN audit_event ON audit_event.id = chosen.id
ORDER BY audit_event.at {way}, audit_event.id {way}
"""
CHOSEN = (
    "SELECT * FROM (SELECT id, at FROM audit_event WHERE {{}} ORDER BY at {way}, id {way} LIMIT {{}}) AS part{place}"
)
FOLLOWS = {"ASC": "(audit_event.at, audit_event.id) > ({}, {})", "DESC": "(audit_event.at, audit_event.id) < ({}, {})"}


@dataclass(frozen=True)
class Found:
    page: Page[Record]
    more: bool
    """Whether there are more than are counted."""


async def list_events(access: Access, filters: LogFilter) -> Found:
    """One page; a page past the end, or past what is counted, is the last page."""
    total = await count_events(access, filters, MOST + 1)
    part = Slice.of(filters.number, filters.size, min(total, MOST))
    rows = await _chosen(filters, filters.parts(_visible(access)), part.size, part.offset) if total else []
    return Found(Page(rows, part), total > MOST)


async def count_events(access: Access, filters: LogFilter, most: int = ALL) -> int:
    """How many there are, but no more than so many."""
    parts = filters.parts(_visible(access))
    frames = " UNION ALL ".join(COUNTED.format(place=place) for place in range(len(parts)))
    values = [value for part in parts for value in (part.querystring, most)]
    [row] = await AuditEvent.raw(COUNT.format(parts=frames), *values)
    return min(int(row["n"]), most)


async def list_after(access: Access, filters: LogFilter, last: Record | None, most: int) -> list[Record]:
    """The events of the selection that follow `last`, at most so many."""
    follows = WhereRaw(FOLLOWS[_way(filters)], last["at"], last["id"]) if last else None
    return await _chosen(filters, [narrowed(part, follows) for part in filters.parts(_visible(access))], most, 0)


async def find_person(access: Access, typed: str) -> Person:
    """What this person did and what was done to them: of a user by their name, of a candidate by the number of one of
    their enrolments."""
    if not typed or not access.everywhere:
        return Person()
    by, to = [], list(await _candidate(typed))
    if user := await User.select(User.id).where(User.username_key == text_key(typed)).first():
        by_another = AuditEvent.actor.is_null() | (AuditEvent.actor != user["id"])
        by.append(AuditEvent.actor == user["id"])
        to.append(_done_to("user", user["id"]) & by_another)
    return Person(tuple(by), tuple(to))


async def _candidate(typed: str) -> Sequence[Condition]:
    own = await Enrolment.select(Enrolment.candidate).where(Enrolment.number == canonical(typed)).first()
    if own is None:
        return []
    enrolments = await Enrolment.select(Enrolment.id).where(Enrolment.candidate == own["candidate"])
    return [
        *[_done_to("candidate", key) for key in await _records_of(own["candidate"])],
        *[_done_to("enrolment", row["id"]) for row in enrolments],
    ]


async def _records_of(candidate: int) -> Sequence[int]:
    """The person's own, and those that were merged with it."""
    records = [candidate]
    for key in records:
        merged = await AuditEvent.select(AuditEvent.details).where(
            (AuditEvent.action == "merge") & _done_to("candidate", key)
        )
        records += {json.loads(row["details"])["removed"] for row in merged} - set(records)
    return records


def _done_to(kind: str, key: int) -> Condition:
    return (AuditEvent.object_type == kind) & (AuditEvent.object_id == key)


async def _chosen(filters: LogFilter, parts: Sequence[Condition], size: int, offset: int) -> list[Record]:
    way = _way(filters)
    frames = " UNION ALL ".join(CHOSEN.format(place=place, way=way) for place in range(len(parts)))
    values = [value for part in parts for value in (part.querystring, offset + size)]
    rows: list[Record] = await AuditEvent.raw(PAGE.format(parts=frames, way=way), *values, size, offset)
    return rows


def _way(filters: LogFilter) -> str:
    return "DESC" if filters.sort.startswith("-") else "ASC"


def _visible(access: Access) -> Condition:
    return EVERYTHING if access.everywhere else NOTHING
