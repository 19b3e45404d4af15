"""A crowd of enrolments: each takes one of some thousand histories, whose progress is derived once."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from math import gcd
from random import Random

from app.paycodes.codes import ALPHABET
from app.results.progress import Progress, derive
from app.tables import Kind, LinkSource
from app.worlds.batches import USED, Payment, PlannedBatch, plan_batches
from app.worlds.catalogue import WorldRoute
from app.worlds.histories import PLOTS, History, history, moment
from app.worlds.people import People, Person
from app.worlds.rows import Enrolled, Link
from app.worlds.stories import ROUTE_SHARES

HISTORIES = 8_000
# One in so many is the second enrolment of a person.
SECOND = 20
# Who enrolled longer ago did not pay with a paycode.
OLDEST_DAYS = 900
# More payments are offered to batches than they take, because batches come in few sizes.
OFFERED = 1.25


@dataclass(frozen=True)
class Template:
    route: WorldRoute
    history: History
    progress: Progress


class Crowd:
    """`organisations` says per enrolment whose it is. Enrolments are in the order of their days, so that ids and
    days rise together. Kept per enrolment: a number or two, and the moment if it was paid with a paycode."""

    def __init__(
        self, organisations: Sequence[int], routes: Sequence[WorldRoute], today: date, random: Random, first_id: int
    ) -> None:
        self._organisations = organisations
        self._random = random
        self._today = today
        self._first_id = first_id
        self._templates = _templates(min(HISTORIES, len(organisations)), routes, today, random)
        drawn = random.choices(range(len(self._templates)), k=len(organisations))
        self._drawn = array("H", sorted(drawn))
        self._numbers = numbers(random)
        self._paid: dict[int, datetime] = {}

    def batches(self, codes: int) -> list[PlannedBatch]:
        """Plans all paycodes, and remembers who pays with one."""
        planned = list(plan_batches(self._payments(codes), codes, self._today, self._random))
        for batch in planned:
            for payment in batch.payments:
                self._paid[payment.enrolment] = self.used_at(payment)
        return planned

    def used_at(self, payment: Payment) -> datetime:
        return moment(payment.day, 300 + payment.enrolment % 170)

    def _payments(self, codes: int) -> list[Payment]:
        """The first payments of as many enrolments as may pay with one of these codes."""
        oldest = self._today - timedelta(days=OLDEST_DAYS)
        recent = [bool(each.history.payments) and each.history.payments[0] >= oldest for each in self._templates]
        eligible = sum(recent[template] for template in self._drawn) or 1
        chance, random = OFFERED * codes * USED / eligible, self._random.random
        return [
            Payment(
                self._organisations[place],
                self._templates[template].route.id,
                self._templates[template].history.payments[0],
                self._first_id + place,
                0,
            )
            for place, template in enumerate(self._drawn)
            if recent[template] and random() < chance
        ]

    def enrolments(self, candidate: int) -> Iterator[tuple[Enrolled, tuple[date, ...], bool]]:
        """Each with the days of its payments without a paycode, and whether its candidate is new. `candidate`: the
        id of the first."""
        people, ids = People(self._random, "schaal.example"), count(candidate)
        once: dict[int, Enrolled] = {}
        for place, drawn in enumerate(self._drawn):
            template = self._templates[drawn]
            first = _on_another_route(once, template.route.id) if place % SECOND == 0 else None
            person, key = (first.person, first.candidate) if first else (people.anyone(), next(ids))
            enrolled = self._enrolled(place, key, person, template)
            yield enrolled, enrolled.history.payments[enrolled.id in self._paid :], first is None
            if first is None:
                once[template.route.id] = enrolled

    def _enrolled(self, place: int, candidate: int, person: Person, template: Template) -> Enrolled:
        number = self._first_id + place
        enrolled_at = moment(template.history.enrolled_on, int(self._random.random() * 300))
        profiles = template.route.profiles
        return Enrolled(
            id=number,
            candidate=candidate,
            person=person,
            route=template.route,
            profile=profiles[place % len(profiles)],
            number=next(self._numbers),
            enrolled_at=enrolled_at,
            history=template.history,
            progress=template.progress,
            link=self._link(number, self._organisations[place], enrolled_at),
        )

    def _link(self, enrolment: int, organisation: int, enrolled_at: datetime) -> Link:
        if used_at := self._paid.get(enrolment):
            return Link(organisation, LinkSource.PAYCODE, used_at)
        source = LinkSource.ENROLMENT_MANAGER if enrolment % 3 == 0 else LinkSource.WEBSITE
        return Link(organisation, source, enrolled_at)


def _on_another_route(once: dict[int, Enrolled], route: int) -> Enrolled | None:
    """Takes one of those who enrolled once: by route the last who did."""
    other = next((each for each in once if each != route), None)
    return once.pop(other) if other is not None else None


def _templates(wanted: int, routes: Sequence[WorldRoute], today: date, random: Random) -> list[Template]:
    """In the shares of routes and plots, the oldest enrolment first."""
    templates = []
    for route in random.choices(routes, [ROUTE_SHARES[route.slug] for route in routes], k=wanted):
        plots = [plot for plot in PLOTS.values() if route.certificate_months or not plot.expires]
        plot = random.choices(plots, [plot.share for plot in plots])[0]
        told = history(plot, random, today, route.certificate_months)
        templates.append(Template(route, told, derive(told.facts(route, Kind.FIRST), route.steps)))
    return sorted(templates, key=lambda template: template.history.enrolled_on)


def numbers(random: Random) -> Iterator[str]:
    """Enrolment numbers that never repeat: a walk through all of them in steps of a random size."""
    quads = [a + b + c + d for a in ALPHABET for b in ALPHABET for c in ALPHABET for d in ALPHABET]
    base = len(quads)
    place, step = random.randrange(base**2), _coprime(random, base**2)
    while True:
        place = (place + step) % base**2
        yield quads[place // base] + quads[place % base]


def _coprime(random: Random, modulus: int) -> int:
    chosen = random.randrange(modulus // 3, modulus)
    while gcd(chosen, modulus) != 1:
        chosen += 1
    return chosen
