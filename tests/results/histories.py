"""Random histories of an enrolment, told twice: as facts, and as a story that is easy to read back."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import strategies as st

from app.results.facts import Facts, Issued, Result, RouteStep
from app.tables import Kind, Outcome, Purpose

STEPS = (
    RouteStep(11, 1, Purpose.REGISTRATION),
    RouteStep(12, 2, Purpose.PAYMENT),
    RouteStep(13, 3, Purpose.TEST, Kind.FIRST, validity_months=6, used_until=date(2025, 12, 31)),
    RouteStep(14, 4, Purpose.TEST, Kind.FIRST, validity_months=6, used_from=date(2026, 1, 1)),
    RouteStep(15, 5, Purpose.TEST, Kind.FIRST),
    RouteStep(16, 6, Purpose.TEST, Kind.RENEWAL),
    RouteStep(17, 7, Purpose.CERTIFICATE, validity_months=60),
)
THEORY_CHANGED = date(2026, 1, 1)


@dataclass
class Told:
    """What happened, in order, with nothing that was ever taken back."""

    kind: Kind
    enrolled_on: date
    payments: list[date] = field(default_factory=list)
    events: dict[int, list[tuple[str, date]]] = field(default_factory=dict)
    """By position of the test: planned, passed or failed, and on which day."""
    certificate: Issued | None = None
    renewals: tuple[bool, ...] = ()
    results: list[Result] = field(default_factory=list)

    @property
    def tests(self) -> list[int]:
        if self.kind == Kind.RENEWAL:
            return [6]
        return [3 if self.enrolled_on < THEORY_CHANGED else 4, 5]

    def record(self, position: int, outcome: Outcome, day: date, attempt: int, withdraws: int | None = None) -> int:
        number = len(self.results) + 1
        self.results.append(Result(number, position + 10, attempt, outcome, day, withdraws))
        return number

    @property
    def facts(self) -> Facts:
        return Facts(
            self.kind, self.enrolled_on, tuple(self.payments), tuple(self.results), self.certificate, self.renewals
        )


@st.composite
def histories(draw: st.DrawFn) -> Told:
    told = Told(draw(st.sampled_from(Kind)), draw(st.dates(date(2025, 6, 1), date(2026, 6, 1))))
    day = told.enrolled_on
    if not draw(st.booleans()):
        return told
    told.payments.append(day)
    for position in told.tests:
        day, passed = _taken(draw, told, position, day)
        if not passed:
            return told
    if draw(st.booleans()):
        told.certificate = Issued(day, draw(st.none() | st.just(day + timedelta(days=1826))))
        told.renewals = tuple(draw(st.lists(st.booleans(), max_size=2)))
    return told


def _taken(draw: st.DrawFn, told: Told, position: int, day: date) -> tuple[date, bool]:
    """A test: some failures, then a plan, a pass or nothing. Says when it ended and whether it was passed."""
    failures = draw(st.integers(0, 3))
    ends = draw(st.sampled_from(("nothing", "planned", "passed")))
    outcomes = [Outcome.FAILED] * failures + [Outcome.PASSED] * (ends == "passed")
    events = told.events.setdefault(position, [])
    for attempt, outcome in enumerate(outcomes, 1):
        day = _planned(draw, told, position, day, attempt, always=False)
        events.append((outcome, day))
        _recorded(draw, told, position, day, attempt, outcome)
    if ends == "planned":
        day = _planned(draw, told, position, day, len(outcomes) + 1, always=True)
        events.append((Outcome.SCHEDULED, day))
    return day, ends == "passed"


def _planned(draw: st.DrawFn, told: Told, position: int, day: date, attempt: int, *, always: bool) -> date:
    """Plans may move, later or earlier; the last one holds."""
    after = timedelta(days=draw(st.integers(1, 60)))
    for moved in draw(st.lists(st.integers(1, 60), min_size=int(always), max_size=2)):
        after = timedelta(days=moved)
        told.record(position, Outcome.SCHEDULED, day + after, attempt)
    return day + after


def _recorded(draw: st.DrawFn, told: Told, position: int, day: date, attempt: int, outcome: Outcome) -> None:
    """A result, perhaps first recorded wrongly and then corrected, once or twice."""
    wrong = [Outcome.FAILED, Outcome.PASSED]
    withdrawn = None
    for mistake in draw(st.lists(st.sampled_from(wrong), max_size=2)):
        withdrawn = told.record(position, mistake, day, attempt, withdrawn)
    told.record(position, outcome, day, attempt, withdrawn)
