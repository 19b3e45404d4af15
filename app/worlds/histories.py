"""What befalls people on a route: ten plots with their shares, and the days on which it happened."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import NamedTuple

from app.clock import months_after
from app.results.facts import Facts, Issued, Result
from app.tables import Kind, Outcome
from app.worlds.catalogue import WorldRoute

SCHEDULED, PASSED, FAILED = Outcome.SCHEDULED, Outcome.PASSED, Outcome.FAILED
THEORY, PRACTICAL = 0, 1

# How often a test that is passed took two attempts, and in how many days a planned one is.
RESITS = 0.15
AHEAD = (1, 45)
YEAR = 365


@dataclass(frozen=True)
class Plot:
    """`ended`: how many days ago the last known event was, from and through."""

    share: int
    ended: tuple[int, int]
    paid: bool = True
    tests: tuple[tuple[int, Outcome], ...] = ()
    certified: bool = False
    expires: bool = False
    """Only where something ends: a certificate, or a theory that the practical did not follow in time."""


PLOTS = {
    "registered": Plot(6, (1, 45), paid=False),
    "paid": Plot(12, (1, 90)),
    "theory scheduled": Plot(8, (1, 30), tests=((THEORY, SCHEDULED),)),
    "theory failed": Plot(12, (2, 150), tests=((THEORY, FAILED),)),
    "theory failed twice": Plot(4, (2, 150), tests=((THEORY, FAILED), (THEORY, FAILED))),
    "theory passed": Plot(13, (1, 170), tests=((THEORY, PASSED),)),
    "theory lapsed": Plot(3, (200, 400), tests=((THEORY, PASSED),), expires=True),
    "practical scheduled": Plot(7, (1, 90), tests=((THEORY, PASSED), (PRACTICAL, SCHEDULED))),
    "practical failed": Plot(6, (2, 120), tests=((THEORY, PASSED), (PRACTICAL, FAILED))),
    "certified": Plot(24, (10, 3 * YEAR), tests=((THEORY, PASSED), (PRACTICAL, PASSED)), certified=True),
    "expiring": Plot(
        3, (5 * YEAR - 170, 5 * YEAR - 5), tests=((THEORY, PASSED), (PRACTICAL, PASSED)), certified=True, expires=True
    ),
    "expired": Plot(
        2, (5 * YEAR + 10, 5 * YEAR + 300), tests=((THEORY, PASSED), (PRACTICAL, PASSED)), certified=True, expires=True
    ),
}


class Taken(NamedTuple):
    """A test as it went, or is planned: `test` counts the tests of the route from 0."""

    test: int
    attempt: int
    outcome: Outcome
    day: date


@dataclass(frozen=True)
class History:
    enrolled_on: date
    payments: tuple[date, ...]
    tests: tuple[Taken, ...]
    issued_on: date | None
    valid_until: date | None

    def facts(self, route: WorldRoute, kind: Kind, renewals: tuple[bool, ...] = ()) -> Facts:
        """As if every payment was a paycode; a recorded one leads to the same progress."""
        steps = route.tests(kind)
        results = [
            Result(number, steps[taken.test], taken.attempt, taken.outcome, taken.day)
            for number, taken in enumerate(self.tests, 1)
        ]
        registered = self.crt_registered_on, self.skills_passport_on
        certificate = Issued(self.issued_on, self.valid_until, *registered) if self.issued_on else None
        return Facts(kind, self.enrolled_on, self.payments, tuple(results), certificate, renewals)

    @property
    def crt_registered_on(self) -> date | None:
        """Some days after it was issued, and some later in the Vakpaspoort."""
        return self.issued_on + timedelta(days=1 + self.issued_on.toordinal() % 4) if self.issued_on else None

    @property
    def skills_passport_on(self) -> date | None:
        registered_on = self.crt_registered_on
        return registered_on + timedelta(days=registered_on.toordinal() % 3) if registered_on else None

    @cached_property
    def last_day(self) -> date:
        """On which something last became known."""
        known = [taken.day for taken in self.tests if taken.outcome != SCHEDULED]
        return max(self.enrolled_on, *self.payments, *known, self.issued_on or self.enrolled_on)


def history(plot: Plot, random: Random, today: date, certificate_months: int | None) -> History:
    """Days that fit the plot, in the order in which things happen: a theory after its payment, a practical
    after its theory and within six months, another attempt after a failure."""
    day, payments, tests = 0, [], []
    if plot.paid:
        day = random.randint(0, 9)
        payments.append(day)
    for test, attempt, outcome in _attempts(plot, random):
        if test == THEORY and attempt > 1:
            day += random.randint(1, 12)
            payments.append(day)
        day += random.randint(6, 40) if outcome != SCHEDULED else 0
        tests.append((test, attempt, outcome, day))
    issued = day + random.randint(2, 12) if plot.certified else None
    begun = today - timedelta(days=random.randint(*plot.ended) + (issued or day))
    planned = today + timedelta(days=random.randint(*AHEAD))
    issued_on = begun + timedelta(days=issued) if issued else None
    return History(
        enrolled_on=begun,
        payments=tuple(begun + timedelta(days=after) for after in payments),
        tests=tuple(
            Taken(test, attempt, outcome, planned if outcome == SCHEDULED else begun + timedelta(days=after))
            for test, attempt, outcome, after in tests
        ),
        issued_on=issued_on,
        valid_until=months_after(issued_on, certificate_months) if issued_on and certificate_months else None,
    )


def _attempts(plot: Plot, random: Random) -> Iterator[tuple[int, int, Outcome]]:
    attempts = [0, 0]
    for test, outcome in plot.tests:
        if outcome == PASSED and random.random() < RESITS:
            attempts[test] += 1
            yield test, attempts[test], FAILED
        attempts[test] += 1
        yield test, attempts[test], outcome


def moment(day: date, minutes: int) -> datetime:
    """So many minutes (0 to 599) into the working day, on the same date in Amsterdam as in UTC."""
    return datetime(day.year, day.month, day.day, 8 + minutes // 60, minutes % 60, tzinfo=UTC)
