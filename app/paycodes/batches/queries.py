"""What is found of batches: a page of them with how their codes stand, and one with a page of its codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import Access, Condition
from app.lists import count_without_each
from app.paging import Page, Slice
from app.paycodes.batches.filters import BatchFilter
from app.paycodes.queries import PAGE as CODES
from app.paycodes.status import Clock, Status
from app.tables import Batch, Paycode, PaycodeEvent

# The batches first, along an index, and only then the codes of those that are shown.
PAGE = """
SELECT batch.id, batch.number, batch.route, batch.profile, batch.contact_name, batch.reference, batch.created_at,
    batch.organisation, organisation.name AS organisation_name, COUNT(paycode.id) AS total,
    COUNT(paycode.used_at) AS used, COUNT(paycode.deactivated_at) AS inactive,
    COUNT(*) FILTER (
        WHERE paycode.used_at IS NULL AND paycode.deactivated_at IS NULL AND paycode.expires_at <= {}
    ) AS expired
FROM (SELECT batch.id FROM batch WHERE {} ORDER BY batch.created_at DESC, batch.id DESC LIMIT {} OFFSET {}) AS chosen
JOIN batch ON batch.id = chosen.id
LEFT JOIN organisation ON organisation.id = batch.organisation
LEFT JOIN paycode ON paycode.batch = batch.id
GROUP BY batch.id, organisation.id
ORDER BY batch.created_at DESC, batch.id DESC
"""
CODES_OF_BATCH = CODES.format(order="paycode.id")


@dataclass(frozen=True)
class Found:
    page: Page[dict[str, Any]]
    without: Mapping[str, int] = field(default_factory=dict)


async def list_batches(access: Access, filters: BatchFilter, moment: datetime) -> Found:
    """One page, the newest first; a page past the end is the last page."""
    if filters.errors:
        return Found(Page([], Slice.of(1, filters.size, 0)))
    visible = access.within(Batch.organisation)
    condition = filters.narrow(visible)
    part = Slice.of(filters.number, filters.size, int(await Batch.count().where(condition)))
    if not part.total:
        return Found(Page([], part), await count_without_each(visible, Batch, filters))
    rows = await Batch.raw(PAGE, moment, condition.querystring, part.size, part.offset)
    return Found(Page(rows, part))


async def find_batch(access: Access, key: int, moment: datetime) -> dict[str, Any]:
    """Raises NotFoundException."""
    condition = access.within(Batch.organisation) & (Batch.id == key)
    rows: list[dict[str, Any]] = await Batch.raw(PAGE, moment, condition.querystring, 1, 0)
    if not rows:
        raise NotFoundException
    return rows[0]


async def list_codes(access: Access, which: Condition, most: int, skip: int = 0) -> list[dict[str, Any]]:
    """In the order in which they were issued."""
    named = access.enrolments.querystring
    visible = (access.paycodes & which).querystring
    rows: list[dict[str, Any]] = await Paycode.raw(CODES_OF_BATCH, visible, most, skip, named)
    return rows


async def find_code(access: Access, key: int) -> dict[str, Any]:
    """Raises NotFoundException."""
    rows = await list_codes(access, Paycode.id == key, 1)
    if not rows:
        raise NotFoundException
    return rows[0]


async def look_up(access: Access, readings: Sequence[str]) -> int | None:
    """The key of the code that one of these is; the first that there is."""
    which = access.paycodes & Paycode.code.is_in(list(readings))
    found = {row["code"]: int(row["id"]) for row in await Paycode.select(Paycode.id, Paycode.code).where(which)}
    return next((found[code] for code in readings if code in found), None)


async def list_events(access: Access, code: int) -> list[dict[str, Any]]:
    """What happened to a code, and who did it."""
    by = PaycodeEvent.by
    columns = (PaycodeEvent.change, PaycodeEvent.at, PaycodeEvent.reason, PaycodeEvent.expires_at)
    names = (by.given_name, by.name_particle, by.family_name)
    visible = Paycode.select(Paycode.id).where(access.paycodes & (Paycode.id == code))
    own = PaycodeEvent.paycode.is_in(visible)
    return await PaycodeEvent.select(*columns, *names).where(own).order_by(PaycodeEvent.id)


def unused(access: Access, batch: int, clock: Clock) -> Condition:
    """The codes of a batch that may still be used."""
    return access.paycodes & (Paycode.batch == batch) & clock.has_status(Status.FREE)


async def count_unused(access: Access, batch: int, clock: Clock) -> int:
    return int(await Paycode.count().where(unused(access, batch, clock)))


async def list_unused(
    access: Access, batch: int, clock: Clock, most: int, *, skip: int = 0, after: int = 0
) -> list[dict[str, Any]]:
    """At most so many of them in the order of their keys, past the first `skip` or behind the key `after`."""
    columns = (Paycode.id, Paycode.code, Paycode.route, Paycode.profile, Paycode.expires_at)
    which = unused(access, batch, clock) & (Paycode.id > after)
    return await Paycode.select(*columns).where(which).order_by(Paycode.id).limit(most).offset(skip)
