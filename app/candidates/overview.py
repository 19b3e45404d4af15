"""The Overzicht as it is shown: what was found, with a link in every number."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from app.candidates.filters import OUTCOMES, CandidateFilter
from app.candidates.progress import Now, StepCell, now, step_cells
from app.candidates.queries import Standing
from app.candidates.status import LABELS, TONES
from app.names import list_name
from app.paging import SIZES, Page
from app.query import with_query
from app.routes.catalogue import RouteEntry
from app.security import Viewer


@dataclass(frozen=True)
class Link:
    """A number or a word that leads to those people."""

    slug: str
    label: str
    href: str
    current: bool = False
    count: int = 0
    tone: str = ""


@dataclass(frozen=True)
class SortLink:
    href: str
    direction: str
    """`ascending`, `descending`, or nothing: sorted by something else."""


@dataclass(frozen=True)
class Column:
    """The head of a step: a funnel and a filter."""

    slug: str
    label: str
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
    steps: list[StepCell | None]
    now: Now


class Overview:
    """Everything on the page. Each part is worked out when the template asks for it."""

    def __init__(
        self, viewer: Viewer, filters: CandidateFilter, page: Page[dict[str, Any]], standing: Standing
    ) -> None:
        self.viewer = viewer
        self.filters = filters
        self.standing = standing
        self.page = Page([self._row(row) for row in page.rows], page.slice)

    @property
    def errors(self) -> dict[str, str]:
        return self.filters.errors

    @property
    def status(self) -> int:
        """400 when a value of the query could not be read."""
        return 400 if self.errors else 200

    def href(self, **changes: Any) -> str:
        return with_query("/overzicht", self.filters.query(**changes))

    def page_href(self, number: int) -> str:
        return self.href(number=number)

    def size_href(self, size: int) -> str:
        return self.href(size=size)

    @property
    def clear_href(self) -> str:
        """Without a filter, in the same tab."""
        cleared = dict.fromkeys(self.filters.words(), "")
        return self.href(**(cleared | {"route": self.filters.route}))

    @property
    def download_href(self) -> str:
        return with_query("/overzicht.xlsx", self.filters.query(number=1))

    @cached_property
    def routes(self) -> list[RouteEntry]:
        """Those with a tab: where the code is active, or where somebody is enrolled."""
        counts = self.standing.by_route()
        return [
            route
            for route in self.filters.catalogue
            if route.offered or counts[route.id] or route.slug == self.filters.route
        ]

    @property
    def tabs(self) -> list[Link]:
        counts = self.standing.by_route()
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
        counts = self.standing.by_status()
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
                current=step.slug == self.filters.step and not self.filters.outcome,
                href=self.href(step=step.slug, outcome=""),
                counts=counts,
                hrefs={outcome: self.href(step=step.slug, outcome=outcome) for outcome in OUTCOMES},
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
        return [
            Link(name, text, self.href(**{name: None}))
            for name, text in self.filters.words().items()
            if name != "route"
        ]

    @property
    def sort_links(self) -> dict[str, SortLink]:
        return {column: self._sort_link(column) for column in ("naam", "aangemeld", "gewijzigd")}

    def _sort_link(self, column: str) -> SortLink:
        up, down = self.filters.sort == column, self.filters.sort == f"-{column}"
        return SortLink(
            href=self.href(sort=f"-{column}" if up else column),
            direction="ascending" if up else "descending" if down else "",
        )

    @property
    def options(self) -> Options:
        filters = self.filters
        steps = {step.slug: step.name for route in filters.routes for step in route.steps}
        return Options(
            organisations=[(each.code, each.name) for each in filters.organisations],
            profiles=[
                (route.slug, route.label, [(each.slug, each.name) for each in route.profiles])
                for route in self.routes
                if route in filters.routes
            ],
            steps=list(steps.items()),
            outcomes=list(OUTCOMES.items()),
            statuses=[(str(status), label) for status, label in LABELS.items()],
            sizes=SIZES,
        )

    @property
    def show_organisation(self) -> bool:
        return len(self.filters.organisations) > 1

    @property
    def subtitle(self) -> str:
        if self.viewer.access.everywhere:
            return "Alle organisaties"
        names = [f"{each.name}, {each.code}" for each in self.viewer.organisations]
        if len(names) > 3:
            return f"{len(names)} organisaties"
        return " en ".join(names) or "Geen organisatie"

    @property
    def nothing_linked(self) -> bool:
        """Nobody at all, whatever the filter: only known when there is none."""
        return not self.standing.total and not self.filters.words() and not self.errors

    def _row(self, row: dict[str, Any]) -> Row:
        filters = self.filters
        route = filters.catalogue.route_by_id(row["route"])
        cells = step_cells(route, row["progress"], row["progress_notes"], row["valid_until"], filters.calendar.today)
        query = filters.query(number=filters.number)
        return Row(
            id=row["id"],
            name=list_name(row["given_name"], row["name_particle"], row["family_name"]),
            organisation=row["organisation_code"] or "",
            route=route.label,
            profile=filters.catalogue.profile_name(row["profile"]),
            enrolled_at=row["enrolled_at"],
            href=with_query(f"/deelnames/{row['id']}", query),
            unlink_href=with_query(f"/deelnames/{row['id']}/ontkoppelen", query),
            steps=self._in_columns(cells),
            now=now(list(cells.values()), row["valid_until"]),
        )

    def _in_columns(self, cells: dict[str, StepCell]) -> list[StepCell | None]:
        if not self.filters.route:
            return list(cells.values())
        return [cells.get(column.slug) for column in self.columns]


def suggestions(filters: CandidateFilter, totals: Iterable[tuple[str, int]]) -> list[Link]:
    """Which filter to drop when nothing is found: each with what it would give."""
    said = filters.words()
    return [
        Link(name, said[name], f"/overzicht?{filters.query(**{name: None})}", count=total)
        for name, total in totals
        if total
    ]
