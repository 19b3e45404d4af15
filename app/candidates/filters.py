"""What did they ask for? From the query, back to the query, to a WHERE, to words."""

from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_

from app.access import NOTHING, Condition
from app.candidates.status import LABELS, Calendar, Status
from app.clock import today
from app.lists import ARRANGEMENT, Selection, arrangement, code_of_one, narrowed, within_days
from app.pages import day
from app.query import Query, contains
from app.routes.catalogue import Catalogue, RouteEntry
from app.tables import Enrolment
from app.viewer import OrganisationName

OUTCOMES = {
    "geslaagd": "Geslaagd",
    "gezakt": "Herkansing nodig",
    "ingepland": "Ingepland",
    "open": "Nog niet gestart",
    "verlopen": "Verlopen",
}
SORTS = ("naam", "-naam", "aangemeld", "-aangemeld", "gewijzigd", "-gewijzigd")


@dataclass(frozen=True, kw_only=True)
class CandidateFilter(Selection):
    """A selection of enrolments."""

    PARAMETERS = {
        "route": "route",
        "keywords": "trefwoorden",
        "organisation": "organisatie",
        "profile": "profiel",
        "step": "stap",
        "outcome": "uitslag",
        "status": "status",
        "since": "vanaf",
        "until": "tot",
        **ARRANGEMENT,
    }

    catalogue: Catalogue
    route: str = ""
    keywords: str = ""
    profile: str = ""
    step: str = ""
    outcome: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = "naam"
    calendar: Calendar = field(default_factory=lambda: Calendar(today()))

    @classmethod
    def from_query(
        cls, raw: bytes, catalogue: Catalogue, organisations: tuple[OrganisationName, ...]
    ) -> "CandidateFilter":
        query = Query(raw)
        routes = {route.slug for route in catalogue}
        filters = cls(
            catalogue=catalogue,
            organisations=organisations,
            route=query.choice("route", routes, "Deze route bestaat niet."),
            keywords=query.text("trefwoorden"),
            organisation=code_of_one(query, organisations),
            profile=query.choice("profiel", catalogue.choices(), "Kies een profiel uit de lijst."),
            step=query.choice("stap", catalogue.steps(), "Kies een stap uit de lijst."),
            outcome=query.choice("uitslag", OUTCOMES, "Kies een uitslag uit de lijst."),
            status=query.choice("status", list(Status), "Kies een status uit de lijst."),
            since=query.day("vanaf"),
            until=query.day("tot"),
            **arrangement(query, SORTS, cls.sort),
        )
        if filters.since and filters.until and filters.since > filters.until:
            query.errors["vanaf"] = "‘Aangemeld vanaf’ moet vóór ‘Aangemeld tot’ liggen."
        return filters

    # To a WHERE

    def narrow(self, visible: Condition) -> Condition:
        return narrowed(self.narrow_counted(visible), self._route(), self._status(), self._progress())

    def narrow_counted(self, visible: Condition) -> Condition:
        """The selection without route, status and step: what tabs, tiles and step heads count in.
        A value that could not be read selects nobody: never more than was asked for."""
        visible = NOTHING if self.errors else visible
        return narrowed(visible, self._keywords(), self._organisation(), self._profile(), self._enrolled())

    @property
    def searches(self) -> bool:
        """Whether it looks in what the index for counting lacks."""
        return bool(self.keywords)

    def _keywords(self) -> Condition | None:
        return contains(Enrolment.search_text, self.keywords) if self.keywords else None

    def _organisation(self) -> Condition | None:
        if not self.organisation:
            return None
        return Enrolment.organisation == self.chosen_organisation.id

    def _profile(self) -> Condition | None:
        return self.catalogue.chosen(self.profile, Enrolment.route, Enrolment.profile) if self.profile else None

    def _enrolled(self) -> Condition | None:
        return within_days(Enrolment.enrolled_at, self.since, self.until)

    def _route(self) -> Condition | None:
        route = self.catalogue.route(self.route)
        return Enrolment.route == route.id if route else None

    def _status(self) -> Condition | None:
        return self.calendar.has_status(Status(self.status)) if self.status else None

    def _progress(self) -> Condition | None:
        if self.step:
            found = [self._at_step(route) for route in self.routes]
            return reduce(or_, found) if (found := [each for each in found if each is not None]) else NOTHING
        return self._outcome("%", "%") if self.outcome else None

    @property
    def routes(self) -> tuple[RouteEntry, ...]:
        """Of the tab: its route, or all of them."""
        route = self.catalogue.route(self.route)
        return (route,) if route else self.catalogue.routes

    def _at_step(self, route: RouteEntry) -> Condition | None:
        step = route.step(self.step)
        if step is None:
            return None
        before = "_" * (step.position - 1)
        there: Condition = Enrolment.route == route.id
        if not self.outcome:
            return there & Enrolment.progress.like(f"{before}_%") & Enrolment.progress.not_like(f"{before}-%")
        return there & self._outcome(before, "%")

    def _outcome(self, before: str, after: str) -> Condition:
        """Letters are explained in `results/progress.py`; a `v` is passed until `valid_until`."""
        has, until = Enrolment.progress.like, Enrolment.valid_until
        if self.outcome == "verlopen":
            return has(f"{before}v{after}") & (until < self.calendar.today)
        if self.outcome == "geslaagd":
            valid = until.is_null() | (until >= self.calendar.today)
            return has(f"{before}p{after}") | (has(f"{before}v{after}") & valid)
        letter = {"gezakt": "f", "ingepland": "s", "open": "o"}[self.outcome]
        return has(f"{before}{letter}{after}")

    # To words

    def _said(self) -> dict[str, str]:
        route, steps = self.catalogue.route(self.route), self.catalogue.steps()
        return {
            "route": f"Route: {route.label}" if route else "",
            "keywords": f"Trefwoorden: {self.keywords}" if self.keywords else "",
            "organisation": f"Organisatie: {self.chosen_organisation.name}" if self.organisation else "",
            "profile": f"Profiel: {self.catalogue.chosen_name(self.profile)}" if self.profile else "",
            "step": f"Stap: {steps[self.step]}" if self.step else "",
            "outcome": f"Uitslag: {OUTCOMES[self.outcome]}" if self.outcome else "",
            "status": f"Status: {LABELS[Status(self.status)]}" if self.status else "",
            "since": f"Aangemeld vanaf {day(self.since)}" if self.since else "",
            "until": f"Aangemeld tot en met {day(self.until)}" if self.until else "",
        }
