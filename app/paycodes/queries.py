"""What is found: counts and one page of Betaalcodes. Both take the same condition."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.access import Access
from app.lists import count_without_each
from app.paging import Page, Slice
from app.paycodes.filters import ALL, PaycodeFilter
from app.paycodes.status import Status
from app.tables import Paycode

NEWEST = 6
MOST = 200

# The frame of the page: the ids first, along an index, and only then the rows that are shown.
# Who used a code has a name only where that enrolment may be seen.
PAGE = """
SELECT paycode.id, paycode.code, paycode.route, paycode.profile, paycode.contact_name, paycode.reference,
    paycode.created_at, paycode.expires_at, paycode.used_at, paycode.deactivated_at, paycode.deactivation_reason,
    paycode.batch, batch.number AS batch_number, organisation.name AS organisation_name,
    enrolment.id AS user_id, enrolment.given_name, enrolment.name_particle, enrolment.family_name
FROM (SELECT paycode.id FROM paycode WHERE {{}} ORDER BY {order} LIMIT {{}} OFFSET {{}}) AS chosen
JOIN paycode ON paycode.id = chosen.id
JOIN batch ON batch.id = paycode.batch
LEFT JOIN organisation ON organisation.id = paycode.organisation
LEFT JOIN enrolment ON enrolment.id = paycode.used_by AND {{}}
ORDER BY {order}
"""
ORDERS = {
    "aangemaakt": "paycode.created_at ASC, paycode.id ASC",
    "-aangemaakt": "paycode.created_at DESC, paycode.id DESC",
    "code": "paycode.code ASC, paycode.id ASC",
    "-code": "paycode.code DESC, paycode.id DESC",
    "gebruikt": "paycode.used_at ASC NULLS FIRST, paycode.id ASC",
    "-gebruikt": "paycode.used_at DESC NULLS LAST, paycode.id DESC",
}
PAGES = {sort: PAGE.format(order=order) for sort, order in ORDERS.items()}

# One row for all together, without a number, and one for each of the newest batches that have what was chosen.
# No code is used and inactive: the database refuses that.
STANDING = """
WITH standing AS (
    SELECT paycode.batch, MAX(paycode.created_at) AS created_at, COUNT(*) AS total,
        COUNT(paycode.used_at) AS used, COUNT(paycode.deactivated_at) AS inactive,
        COUNT(*) FILTER (
            WHERE paycode.used_at IS NULL AND paycode.deactivated_at IS NULL AND paycode.expires_at <= {{}}
        ) AS expired
    FROM paycode WHERE {{}} GROUP BY paycode.batch
)
SELECT NULL AS created_at, NULL AS number, COUNT(*) FILTER (WHERE {chosen} > 0) AS batches,
    CAST(SUM(total) AS BIGINT) AS total, CAST(SUM(used) AS BIGINT) AS used,
    CAST(SUM(inactive) AS BIGINT) AS inactive, CAST(SUM(expired) AS BIGINT) AS expired
FROM standing
UNION ALL
SELECT newest.created_at, batch.number, 1, total, used, inactive, expired
FROM (SELECT * FROM standing WHERE {chosen} > 0 ORDER BY created_at DESC, batch DESC LIMIT {{}}) AS newest
JOIN batch ON batch.id = newest.batch
ORDER BY created_at DESC NULLS FIRST, number
"""
CHOSEN = {
    "": "total",
    Status.FREE: "total - used - inactive - expired",
    Status.USED: "used",
    Status.INACTIVE: "inactive",
    Status.EXPIRED: "expired",
}
STANDINGS = {status: STANDING.format(chosen=chosen) for status, chosen in CHOSEN.items()}


@dataclass(frozen=True)
class Standing:
    """How many codes stand how: of one batch, or of all together."""

    number: str
    total: int
    by_status: Mapping[Status, int]

    def chosen(self, status: str) -> int:
        return self.by_status[Status(status)] if status else self.total


NONE = Standing("", 0, dict.fromkeys(Status, 0))


@dataclass(frozen=True)
class Found:
    """The total and the batches obey every filter; the counts by status all but that on status."""

    page: Page[dict[str, Any]]
    standing: Standing = NONE
    batches: tuple[Standing, ...] = ()
    """The newest, or all."""
    batch_total: int = 0
    without: Mapping[str, int] = field(default_factory=dict)
    """When nothing is found: filter → how many there would be without it."""


async def list_paycodes(access: Access, filters: PaycodeFilter) -> Found:
    """One page and what is counted around it; a page past the end is the last page."""
    if filters.errors:
        return Found(Page([], Slice.of(1, filters.size, 0)))
    condition = filters.narrow_counted(access.paycodes)
    limit = MOST if filters.batches == ALL else NEWEST
    whole, *newest = await Paycode.raw(STANDINGS[filters.status], filters.clock.now, condition.querystring, limit)
    standing = standing_of(whole)
    part = Slice.of(filters.number, filters.size, standing.chosen(filters.status))
    without = {} if part.total else await count_without_each(access.paycodes, Paycode, filters)
    return Found(
        page=Page(await find_page(access, filters, part), part),
        standing=standing,
        batches=tuple(standing_of(row) for row in newest),
        batch_total=whole["batches"],
        without=without,
    )


async def find_page(access: Access, filters: PaycodeFilter, part: Slice) -> list[dict[str, Any]]:
    if not part.total:
        return []
    chosen, named = filters.narrow(access.paycodes).querystring, access.enrolments.querystring
    rows: list[dict[str, Any]] = await Paycode.raw(PAGES[filters.sort], chosen, part.size, part.offset, named)
    return rows


def standing_of(row: Mapping[str, Any]) -> Standing:
    used, inactive, expired, total = (row[name] or 0 for name in ("used", "inactive", "expired", "total"))
    return Standing(
        number=row["number"] or "",
        total=total,
        by_status={
            Status.FREE: total - used - inactive - expired,
            Status.USED: used,
            Status.INACTIVE: inactive,
            Status.EXPIRED: expired,
        },
    )
