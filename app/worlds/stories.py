"""The enrolments of the demo: who enrolled where, and what came of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from app.clock import AMSTERDAM
from app.tables import Kind, Outcome
from app.worlds.cast import ORGANISATIONS
from app.worlds.catalogue import WorldRoute
from app.worlds.histories import PLOTS, History, Plot, history, moment
from app.worlds.people import DIFFICULT, People, Person

ROUTE_SHARES = {"co": 55, "warmtepomp": 20, "afleverset": 10, "zonnestroom": 15}
# One in so many chose no profile yet.
WITHOUT_PROFILE = 30


@dataclass(eq=False)
class Story:
    """One enrolment, before it is linked."""

    id: int
    candidate: int
    person: Person
    organisation: str
    route: WorldRoute
    history: History
    profile: int | None
    enrolled_at: datetime
    kind: Kind = Kind.FIRST
    renews: "Story | None" = None
    renewals: tuple[bool, ...] = ()
    codes: dict[int, datetime] = field(default_factory=dict)
    """Payments that were made with a paycode, and when."""


class Storyteller:
    """Tells the stories of the demo's candidates, the same ones for the same seed and day. `last_ids`: of the
    enrolments and candidates that there are already."""

    def __init__(
        self, random: Random, today: date, routes: Mapping[str, WorldRoute], last_ids: tuple[int, int]
    ) -> None:
        self._random = random
        self._today = today
        self._routes = routes
        self._enrolments, self._candidates = last_ids
        self._people = {code: People(random, f"{code.lower()}.example") for code in ORGANISATIONS}

    def stories(self) -> list[Story]:
        told = [story for code in ORGANISATIONS for story in self._of_organisation(code)]
        return told + list(self._special(told))

    def _of_organisation(self, code: str) -> Iterator[Story]:
        size, routes = ORGANISATIONS[code].candidates, ORGANISATIONS[code].routes
        people = self._people[code]
        difficult = iter(DIFFICULT if code == "NWT" else ())
        for plot in self._plots(size, certificates_end="co" in routes):
            name = next(difficult, None)
            person = people.named(*name) if name else people.anyone()
            yield self._story(person, code, "co" if plot.expires else self._route(routes), plot)

    def _plots(self, size: int, *, certificates_end: bool) -> list[Plot]:
        """In the shares that they should have, mixed."""
        plots = [plot for plot in PLOTS.values() if certificates_end or not plot.expires]
        drawn = [plot for plot in plots for _ in range(round(plot.share * size / 100))]
        drawn += [PLOTS["certified"]] * (size - len(drawn))
        self._random.shuffle(drawn)
        return drawn[:size]

    def _route(self, slugs: tuple[str, ...]) -> str:
        return self._random.choices(slugs, [ROUTE_SHARES[slug] for slug in slugs])[0]

    def _story(self, person: Person, organisation: str, route: str, plot: Plot, **values: Any) -> Story:
        """Of a person who is new, unless `values` names the candidate."""
        chosen = self._routes[route]
        happened = history(plot, self._random, self._today, chosen.certificate_months)
        self._enrolments += 1
        self._candidates += "candidate" not in values
        without_profile = self._random.randrange(WITHOUT_PROFILE) == 0
        defaults = {
            "id": self._enrolments,
            "candidate": self._candidates,
            "profile": None if without_profile else self._random.choice(chosen.profiles),
            "enrolled_at": moment(happened.enrolled_on, self._random.randrange(300)),
        }
        return Story(person=person, organisation=organisation, route=chosen, history=happened, **(defaults | values))

    def _special(self, told: list[Story]) -> Iterator[Story]:
        """A person on two routes, certificates that are being or were renewed, a plan whose day went by, an
        enrolment half an hour before the new year."""
        ruben = next(story for story in told if story.person.given_name == "Ruben")
        other = "warmtepomp" if ruben.route.slug != "warmtepomp" else "co"
        yield self._story(ruben.person, "NWT", other, PLOTS["theory passed"], candidate=ruben.candidate)
        for first in (PLOTS["expiring"], PLOTS["expired"]):
            yield from self._renewal(first, PLOTS["practical scheduled"])
        yield from self._renewal(PLOTS["expired"], PLOTS["certified"])
        self._let_a_plan_go_by(told)
        yield self._at_the_turn_of_the_year()

    def _renewal(self, first: Plot, second: Plot) -> Iterator[Story]:
        old = self._story(self._people["NWT"].anyone(), "NWT", "co", first)
        new = self._story(old.person, "NWT", "co", second, candidate=old.candidate, kind=Kind.RENEWAL, renews=old)
        old.renewals = (new.history.issued_on is not None,)
        yield from (old, new)

    def _let_a_plan_go_by(self, told: list[Story]) -> None:
        story = next(story for story in told if story.history.tests[-1:] and _is_planned(story))
        tests = story.history.tests
        gone_by = story.history.last_day + timedelta(days=1)
        late = tests[-1]._replace(day=min(gone_by, self._today - timedelta(days=1)))
        story.history = replace(story.history, tests=(*tests[:-1], late))

    def _at_the_turn_of_the_year(self) -> Story:
        last_day = date(self._today.year - 2, 12, 31)
        story = self._story(self._people["NWT"].anyone(), "NWT", "co", PLOTS["paid"])
        paid_on = last_day + timedelta(days=3)
        story.history = replace(story.history, enrolled_on=last_day, payments=(paid_on,))
        story.enrolled_at = datetime.combine(last_day, time(23, 30), AMSTERDAM)
        return story


def _is_planned(story: Story) -> bool:
    return story.organisation == "NWT" and story.history.tests[-1].outcome == Outcome.SCHEDULED
