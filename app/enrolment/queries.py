"""Who is enrolled with the organisations that an enrolment manager enrols for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.access import Access
from app.candidates.queries import PAGES
from app.enrolment.filters import EnrolledFilter
from app.lists import count_without_each
from app.paging import Page, Slice
from app.tables import Enrolment


@dataclass(frozen=True)
class Found:
    page: Page[dict[str, Any]]
    without: Mapping[str, int]
    """When nothing is found: filter → how many there would be without it."""


async def list_enrolled(access: Access, filters: EnrolledFilter) -> Found:
    """One page; a page past the end is the last page."""
    chosen = filters.narrow(access.enrolled)
    part = Slice.of(filters.number, filters.size, await Enrolment.count().where(chosen))
    if not part.total:
        return Found(Page([], part), await count_without_each(access.enrolled, Enrolment, filters))
    rows = await Enrolment.raw(PAGES[filters.sort], chosen.querystring, part.size, part.offset)
    return Found(Page(rows, part), {})
