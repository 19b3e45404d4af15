"""What is found: counts and one page of the Overzicht. Both take the same condition."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

from app.access import Access
from app.candidates.filters import CandidateFilter
from app.candidates.status import LATER, PAST, SOON, STATUS, Status
from app.lists import count_without_each
from app.paging import Page, Slice
from app.results.progress import outcome
from app.tables import Enrolment, State

# The frame of the page: the ids first, along an index, and only then the rows that are shown.
PAGE = """
SELECT enrolment.id, enrolment.given_name, enrolment.name_particle, enrolment.family_name,
    enrolment.number, enrolment.route, enrolment.profile, enrolment.kind, enrolment.enrolled_at,
    enrolment.progress, enrolment.progress_notes, enrolment.state, enrolment.valid_until,
    organisation.code AS organisation_code
FROM (SELECT enrolment.id FROM enrolment WHERE {{}} ORDER BY {order} LIMIT {{}} OFFSET {{}}) AS chosen
JOIN enrolment ON enrolment.id = chosen.id
LEFT JOIN organisation ON organisation.id = enrolment.organisation
ORDER BY {order}
"""
ORDERS = {
    "naam": ("sort_key", "ASC"),
    "-naam": ("sort_key", "DESC"),
    "aangemeld": ("enrolled_at", "ASC"),
    "-aangemeld": ("enrolled_at", "DESC"),
    "gewijzigd": ("changed_at", "ASC"),
    "-gewijzigd": ("changed_at", "DESC"),
}
PAGES = {
    sort: PAGE.format(order=f"enrolment.{column} {way}, enrolment.id {way}") for sort, (column, way) in ORDERS.items()
}

# One row per combination of route, state and progress: everything that is counted, in the order of the index that
# counts, so that nothing needs sorting.
COUNTS = """
SELECT {route} AS route, state, progress, COUNT(*) AS enrolments,
    COUNT(*) FILTER (WHERE valid_until < {{}}) AS past, COUNT(*) FILTER (WHERE valid_until <= {{}}) AS soon
FROM enrolment
WHERE {{}}
GROUP BY 1, 2, 3
"""
COUNT_ALL = COUNTS.format(route="route")
# SQLite would follow that order also where the index lacks what is searched in, and visit every row; this
# leaves it the index that covers the search.
COUNT_FOUND = COUNTS.format(route="route + 0")


@dataclass(frozen=True)
class Group:
    """Enrolments that stand alike."""

    route: int
    status: Status
    outcomes: tuple[str | None, ...]
    """By position of the step, from 1; `None` where the step is not of these enrolments."""
    enrolments: int

    def at(self, position: int) -> str | None:
        """The outcome at a step; none at one that is newer than the enrolment's progress."""
        return self.outcomes[position - 1] if position <= len(self.outcomes) else None


@dataclass(frozen=True)
class Standing:
    """All that is counted on the page, from one statement."""

    groups: tuple[Group, ...]
    filters: CandidateFilter

    @cached_property
    def found(self) -> tuple[Group, ...]:
        """Those of the whole selection."""
        return self._matching(route=True, status=True, step=True)

    @property
    def total(self) -> int:
        return sum(group.enrolments for group in self.found)

    @cached_property
    def by_route(self) -> Counter[int]:
        counts: Counter[int] = Counter()
        for group in self._matching(status=True, step=True):
            counts[group.route] += group.enrolments
        return counts

    @cached_property
    def by_status(self) -> Counter[Status]:
        counts: Counter[Status] = Counter()
        for group in self._matching(route=True, step=True):
            counts[group.status] += group.enrolments
        return counts

    def by_outcome(self, route: int, position: int) -> Counter[str]:
        """At one step of a route."""
        counts: Counter[str] = Counter()
        for group in self._matching(route=True, status=True):
            outcome = group.at(position) if group.route == route else None
            if outcome:
                counts[outcome] += group.enrolments
        return counts

    def _matching(self, *, route: bool = False, status: bool = False, step: bool = False) -> tuple[Group, ...]:
        """Those that pass these parts of the selection."""
        filters, groups = self.filters, self.groups
        if route and (chosen := filters.catalogue.route(filters.route)):
            groups = tuple(group for group in groups if group.route == chosen.id)
        if status and filters.status:
            groups = tuple(group for group in groups if group.status == filters.status)
        if step and (filters.step or filters.outcome):
            groups = tuple(group for group in groups if self._matches_step(group))
        return groups

    def _matches_step(self, group: Group) -> bool:
        step, outcome = self.filters.step, self.filters.outcome
        if not step:
            return outcome in group.outcomes
        entry = self.filters.catalogue.route_by_id(group.route).step(step)
        found = group.at(entry.position) if entry else None
        return found is not None and outcome in ("", found)


async def count(access: Access, filters: CandidateFilter) -> Standing:
    days = filters.calendar
    condition = filters.narrow_counted(access.enrolments)
    counts = COUNT_FOUND if filters.searches else COUNT_ALL
    rows = await Enrolment.raw(counts, days.today, days.soon, condition.querystring)
    return Standing(tuple(group for row in rows for group in _groups(row)), filters)


@lru_cache(maxsize=4096)
def _outcomes(progress: str, past: bool) -> tuple[str | None, ...]:
    """Any day on the right side of today tells as much as the one that is stored."""
    return tuple(outcome(letter, date.min if past else None, date.max) for letter in progress)


def _groups(row: dict[str, Any]) -> Iterator[Group]:
    """By validity, for as far as there are any."""
    past, soon = row["past"], row["soon"] - row["past"]
    numbers = {PAST: past, SOON: soon, LATER: row["enrolments"] - past - soon}
    for validity, enrolments in numbers.items():
        if enrolments:
            yield Group(
                route=row["route"],
                status=STATUS[State(row["state"]), validity],
                outcomes=_outcomes(row["progress"], validity == PAST),
                enrolments=enrolments,
            )


@dataclass(frozen=True)
class Found:
    page: Page[dict[str, Any]]
    standing: Standing
    without: dict[str, int]
    """When nothing is found: filter → how many there would be without it."""


async def list_candidates(access: Access, filters: CandidateFilter) -> Found:
    """One page and what is counted around it; a page past the end is the last page."""
    standing = await count(access, filters)
    part = Slice.of(filters.number, filters.size, standing.total)
    if not part.total:
        return Found(Page([], part), standing, await count_without_each(access.enrolments, Enrolment, filters))
    condition = filters.narrow(access.enrolments)
    rows = await Enrolment.raw(PAGES[filters.sort], condition.querystring, part.size, part.offset)
    return Found(Page(rows, part), standing, {})
