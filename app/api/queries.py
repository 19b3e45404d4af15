"""What another system may read: enrolments and paycodes in the order in which they last changed. And which systems
there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from piccolo.columns.combination import WhereRaw

from app.access import Access, Condition
from app.api.filters import KeyFilter, Standing
from app.lists import count_without_each, narrowed
from app.paging import Page, Slice
from app.tables import ApiKey, Enrolment, Paycode

ENROLMENTS = """
SELECT enrolment.id, enrolment.number, enrolment.given_name, enrolment.name_particle, enrolment.family_name,
    enrolment.kind, enrolment.enrolled_at, enrolment.linked_at, enrolment.progress, enrolment.progress_notes,
    enrolment.state, enrolment.valid_until, enrolment.changed_at, enrolment.route AS route_id,
    candidate.email, route.slug AS route, profile.slug AS profile,
    certificate.number AS certificate_number, certificate.issued_on, certificate.valid_until AS certified_until,
    certificate.crt_registered_on, certificate.skills_passport_on
FROM (
    SELECT enrolment.id FROM enrolment WHERE {} ORDER BY enrolment.changed_at, enrolment.id LIMIT {}
) AS chosen
JOIN enrolment ON enrolment.id = chosen.id
JOIN candidate ON candidate.id = enrolment.candidate
JOIN route ON route.id = enrolment.route
LEFT JOIN profile ON profile.id = enrolment.profile
LEFT JOIN certificate ON certificate.enrolment = enrolment.id
ORDER BY enrolment.changed_at, enrolment.id
"""
# Who used a code is told only where that enrolment may be seen.
PAYCODES = """
SELECT paycode.id, paycode.code, paycode.contact_name, paycode.reference, paycode.created_at, paycode.expires_at,
    paycode.used_at, paycode.deactivated_at, paycode.changed_at, batch.number AS batch, route.slug AS route,
    profile.slug AS profile, enrolment.number AS used_by
FROM (SELECT paycode.id FROM paycode WHERE {} ORDER BY paycode.changed_at, paycode.id LIMIT {}) AS chosen
JOIN paycode ON paycode.id = chosen.id
JOIN batch ON batch.id = paycode.batch
JOIN route ON route.id = paycode.route
LEFT JOIN profile ON profile.id = paycode.profile
LEFT JOIN enrolment ON enrolment.id = paycode.used_by AND {}
ORDER BY paycode.changed_at, paycode.id
"""
KEYS = """
SELECT COUNT(*) AS total, SUM(CASE WHEN {} THEN 1 ELSE 0 END) AS working,
    SUM(CASE WHEN revoked_at IS NULL THEN 0 ELSE 1 END) AS revoked
FROM api_key WHERE {}
"""
Row = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """Keys."""

    page: Page[Row]
    counts: Mapping[Standing, int]
    """By status; they obey every filter but that on status."""
    without: Mapping[str, int] = field(default_factory=dict)
    """When nothing is found: filter → how many there would be without it."""


class Place(NamedTuple):
    """Of the last row of a page: the next one starts behind it."""

    changed_at: datetime
    id: int


async def find_numbered(access: Access, numbers: Sequence[str]) -> dict[str, Row]:
    """By number, of the enrolments that may be seen: id, route, kind, enrolled_at."""
    if not numbers:
        return {}
    columns = (Enrolment.number, Enrolment.id, Enrolment.route, Enrolment.kind, Enrolment.enrolled_at)
    rows = await Enrolment.select(*columns).where(access.enrolments & Enrolment.number.is_in(list(numbers)))
    return {row["number"]: row for row in rows}


async def list_enrolments(access: Access, since: datetime | None, after: Place | None, most: int) -> list[Row]:
    chosen = narrowed(access.enrolments, *_further(Enrolment, since, after))
    rows: list[Row] = await Enrolment.raw(ENROLMENTS, chosen.querystring, most)
    return rows


async def list_paycodes(access: Access, since: datetime | None, after: Place | None, most: int) -> list[Row]:
    chosen = narrowed(access.paycodes, *_further(Paycode, since, after))
    rows: list[Row] = await Paycode.raw(PAYCODES, chosen.querystring, most, access.enrolments.querystring)
    return rows


def _further(
    table: type[Enrolment] | type[Paycode], since: datetime | None, after: Place | None
) -> tuple[Condition | None, Condition | None]:
    place = WhereRaw("({}, {}) > ({}, {})", table.changed_at, table.id, *after) if after else None
    return table.changed_at >= since if since else None, place


async def list_keys(access: Access, filters: KeyFilter) -> Found:
    """One page; a page past the end is the last page. Never their hashes."""
    visible = access.within(ApiKey.organisation)
    [row] = await ApiKey.raw(KEYS, Standing.WORKS.condition.querystring, filters.narrow_counted(visible).querystring)
    working, revoked = row["working"] or 0, row["revoked"] or 0
    expired = row["total"] - working - revoked
    counts = {Standing.WORKS: working, Standing.EXPIRED: expired, Standing.REVOKED: revoked}
    total = counts[Standing(filters.standing)] if filters.standing else row["total"]
    part = Slice.of(filters.number, filters.size, total)
    if not total:
        return Found(Page([], part), counts, await count_without_each(visible, ApiKey, filters))
    rising = filters.sort == "gemaakt"
    chosen = _keys(filters.narrow(visible)).order_by(ApiKey.created_at, ApiKey.id, ascending=rising)
    return Found(Page(list(await chosen.limit(part.size).offset(part.offset)), part), counts)


async def find_key(access: Access, key: int) -> Row | None:
    row: Row | None = await _keys(access.within(ApiKey.organisation) & (ApiKey.id == key)).first()
    return row


def _keys(condition: Condition) -> Any:
    columns = [column for column in ApiKey.all_columns() if column._meta.name != "key_hash"]
    return ApiKey.select(*columns, ApiKey.organisation.name).where(condition)
