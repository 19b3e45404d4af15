"""The Overzicht as it is shown: what was found, with a link in every number."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from app.candidates.filters import OUTCOMES, CandidateFilter
from app.candidates.progress import Now, StepCell, now, step_cells
from app.candidates.queries import Found
from app.candidates.status import LABELS, TONES
from app.lists import Link, ListView
from app.names import list_name
from app.paging import SIZES, Page
from app.query import with_query
from app.routes.catalogue import RouteEntry
from app.viewer import Viewer


@dataclass(frozen=True)
class Column:
    """The head of a step: a funnel and a filter."""

    slug: str
    label: str
    icon: str
    current: bool
    href: str
    counts: Counter[str]
    hrefs: dict[str, str]

    @property
    def total(self) -> int:
        return self.counts.total()


@dataclass(frozen=True)
class Options:
    """What the filter form lets choose from."""

    organisations: list[tuple[str, str]]
    profiles: list[tuple[str, str, list[tuple[str, str]]]]
    steps: list[tuple[str, str]]
    outcomes: list[tuple[str, str]]
    statuses: list[tuple[str, str]]
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class Row:
    id: int
    name: str
    organisation: str
    route: str
    profile: str
    enrolled_at: datetime
    href: str
    unlink_href: str
    """Nothing where there is no link to end."""
    steps: list[StepCell | None]
    now: Now


class Overview(ListView[CandidateFilter, Row]):
    path = "/overzicht"
    sorts = ("naam", "aangemeld", "gewijzigd")

    def __init__(self, viewer: Viewer, filters: CandidateFilter, found: Found) -> None:
        self.viewer = viewer
        self.filters = filters
        self.standing = found.standing
        self.without = found.without
        self.page = Page([self._row(row) for row in found.page.rows], found.page.slice)

    @property
    def clear_href(self) -> str:
        """Without a filter, in the same tab."""
        return self.href(**(dict.fromkeys(self.filters.words()) | {"route": self.filters.route}))

    @cached_property
    def routes(self) -> list[RouteEntry]:
        """Those with a tab: where the code is active, or where somebody is enrolled."""
        counts = self.standing.by_route
        return [
            route
            for route in self.filters.catalogue
            if route.offered or counts[route.id] or route.slug == self.filters.route
        ]

    @property
    def tabs(self) -> list[Link]:
        counts = self.standing.by_route
        tabs = [Link("", "Alle routes", self._tab_href(""), not self.filters.route, counts.total())]
        return tabs + [
            Link(
                route.slug, route.label, self._tab_href(route.slug), route.slug == self.filters.route, counts[route.id]
            )
            for route in self.routes
        ]

    def _tab_href(self, slug: str) -> str:
        """A step that the other route does not have would show nothing there."""
        route = self.filters.catalogue.route(slug)
        lost = route is not None and self.filters.step != "" and route.step(self.filters.step) is None
        return self.href(route=slug, **({"step": ""} if lost else {}))

    @property
    def tiles(self) -> list[Link]:
        counts = self.standing.by_status
        chosen = self.filters.status
        tiles = [Link("", "Alle", self.href(status=""), not chosen, counts.total())]
        return tiles + [
            Link(status, label, self.href(status=status), chosen == status, counts[status], TONES[status])
            for status, label in LABELS.items()
        ]

    @cached_property
    def columns(self) -> list[Column]:
        """Of a route's tab: the steps that anybody here has."""
        route = self.filters.catalogue.route(self.filters.route)
        if route is None:
            return []
        counted = [(step, self.standing.by_outcome(route.id, step.position)) for step in route.steps]
        empty = not any(counts for _, counts in counted)
        return [
            Column(
                slug=step.slug,
                label=step.name,
                icon=step.icon,
                current=step.slug == self.filters.step and not self.filters.outcome,
                href=self.href(step=step.slug, outcome=""),
                counts=counts,
                hrefs={outcome: self.href(step=step.slug, outcome=outcome) for outcome in counts},
            )
            for step, counts in counted
            if counts or (empty and step.slug in self._usual_steps(route))
        ]

    @staticmethod
    def _usual_steps(route: RouteEntry) -> list[str]:
        return [step.slug for step in route.steps if not step.renewal_only]

    @property
    def legend(self) -> list[Link]:
        step, chosen = self.filters.step, self.filters.outcome
        return [
            Link(outcome, label, self.href(outcome="" if chosen == outcome else outcome, step=step), chosen == outcome)
            for outcome, label in OUTCOMES.items()
        ]

    @property
    def chips(self) -> list[Link]:
        return [chip for chip in super().chips if chip.slug != "route"]

    @property
    def options(self) -> Options:
        """The same on every tab: the form stands still while tabs change."""
        filters = self.filters
        steps = {step.slug: step.name for route in self.routes for step in route.steps}
        return Options(
            organisations=[(each.code, each.name) for each in filters.organisations],
            profiles=[
                (route.slug, route.label, [(each.slug, each.name) for each in route.profiles]) for route in self.routes
            ],
            steps=list(steps.items()),
            outcomes=list(OUTCOMES.items()),
            statuses=[(str(status), label) for status, label in LABELS.items()],
            sizes=SIZES,
        )

    @property
    def nobody_to_manage(self) -> bool:
        """A manager who has no organisation yet."""
        return not self.viewer.access.everywhere and not self.filters.organisations

    @property
    def nothing_linked(self) -> bool:
        """Nobody at all, whatever the filter: only known when there is none."""
        return not self.standing.total and not self.filters.words() and not self.errors

    def restore_href(self, enrolment: int) -> str:
        """Undoes an unlink and answers this selection."""
        return with_query(f"/deelnames/{enrolment}/herstellen", self._query)

    @cached_property
    def _query(self) -> str:
        """Of this very page."""
        return self.filters.query(number=self.filters.number)

    def _row(self, row: dict[str, Any]) -> Row:
        filters = self.filters
        route = filters.catalogue.route_by_id(row["route"])
        address = f"/deelnames/{row['id']}"
        cells = step_cells(route, row["progress"], row["progress_notes"], row["valid_until"], filters.calendar.today)
        return Row(
            id=row["id"],
            name=list_name(row["given_name"], row["name_particle"], row["family_name"]),
            organisation=row["organisation_code"] or "",
            route=route.label,
            profile=filters.catalogue.profile_name(row["profile"]),
            enrolled_at=row["enrolled_at"],
            href=with_query(address, self._query),
            unlink_href=with_query(f"{address}/ontkoppelen", self._query) if row["organisation_code"] else "",
            steps=self._in_columns(cells),
            now=now(list(cells.values()), row["valid_until"]),
        )

    def _in_columns(self, cells: dict[str, StepCell]) -> list[StepCell | None]:
        if not self.filters.route:
            return list(cells.values())
        return [cells.get(column.slug) for column in self.columns]
