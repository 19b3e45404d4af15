"""What may follow on what: the order of payments, tests and certificate on the way of one enrolment. All pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from app.clock import months_after
from app.pages import day as written
from app.results.facts import Facts, Result, RouteStep, counting
from app.results.progress import order
from app.tables import Outcome, Purpose

FURTHEST_PLAN = 24
"""Months ahead: what is planned later than that is a mistyped year."""

# Numbers of what has none: a result that is only just added comes after all others.
NEWEST = 2**62
CERTIFIED = 0


class OutOfOrder(ValueError):
    """The message is a Dutch sentence for whoever reports it."""


@dataclass
class Way:
    """Of one enrolment, as far as is known on `today`; `add` and `certify` go on from there."""

    facts: Facts
    steps: tuple[RouteStep, ...]
    """Its own, in order."""
    today: date
    results: list[Result] = field(default_factory=list)
    """Those that count."""
    certified: bool = False

    @classmethod
    def of(cls, facts: Facts, steps: Iterable[RouteStep], today: date) -> "Way":
        own = tuple(step for step in steps if step.belongs_to(facts.kind, facts.enrolled_on))
        return cls(facts, own, today, counting(facts.results), facts.certificate is not None)

    def add(self, step: int, outcome: Outcome, day: date, attempt: int | None = None) -> int:
        """Takes one more result along and gives the attempt that it is of. Raises OutOfOrder."""
        found = self._step(step)
        self.check_day(day, planned=outcome == Outcome.SCHEDULED)
        if self.certified:
            raise OutOfOrder("Het Bewijs van Vakmanschap is al vastgelegd. Er kan geen uitslag meer bij.")
        if outcome == Outcome.FAILED and not found.may_fail:
            raise OutOfOrder(f"Voor {found.name} bestaat ‘niet geslaagd’ niet.")
        due = self._payment(found, outcome, day) if found.purpose == Purpose.PAYMENT else self._test(found, day)
        if attempt not in (None, due):
            raise OutOfOrder(f"{found.name}: nu is poging {due} aan de beurt, niet poging {attempt}.")
        self.results.append(Result(NEWEST + len(self.results), step, due, outcome, day))
        return due

    def certify(self, issued_on: date) -> None:
        """Whether the certificate may be issued that day: everything is paid and passed. Raises OutOfOrder."""
        if not any(step.purpose == Purpose.CERTIFICATE for step in self.steps):
            raise OutOfOrder("Deze deelname leidt niet tot een bewijs.")
        if self.certified:
            raise OutOfOrder("Van deze deelname is al een bewijs vastgelegd.")
        self.check_day(issued_on)
        self._check_paid(issued_on)
        tests = [step for step in self.steps if step.purpose == Purpose.TEST]
        for test, following in zip(tests, [*tests, None][1:], strict=True):
            # How long a test counts is how long the next one may wait.
            self._check_passed(test, issued_on, lapses=following is not None and not self._passed(following))
        self.certified = True

    def valid_until(self, issued_on: date) -> date | None:
        """The last day of a certificate of that day, by the route; none: it does not end."""
        step = next((step for step in self.steps if step.purpose == Purpose.CERTIFICATE), None)
        return months_after(issued_on, step.validity_months) if step and step.validity_months else None

    def _step(self, key: int) -> RouteStep:
        step = next((step for step in self.steps if step.id == key), None)
        if step is None:
            raise OutOfOrder("Deze stap hoort niet bij deze deelname.")
        if step.purpose == Purpose.REGISTRATION:
            raise OutOfOrder(f"{step.name} volgt uit de deelname zelf en heeft geen uitslag.")
        if step.purpose == Purpose.CERTIFICATE:
            raise OutOfOrder(f"Leg {step.name} vast als bewijs, met een nummer.")
        return step

    def check_day(self, day: date, *, planned: bool = False) -> None:
        if day < self.facts.enrolled_on:
            raise OutOfOrder(f"Deze dag ligt vóór de aanmelding op {written(self.facts.enrolled_on)}.")
        if planned and day > months_after(self.today, FURTHEST_PLAN):
            raise OutOfOrder("Deze dag ligt meer dan twee jaar vooruit.")
        if not planned and day > self.today:
            raise OutOfOrder("Deze dag ligt in de toekomst. Alleen wat is ingepland mag dat.")

    # Payments

    def _payment(self, step: RouteStep, outcome: Outcome, day: date) -> int:
        if outcome == Outcome.SCHEDULED:
            raise OutOfOrder(f"Voor {step.name} wordt geen dag gepland.")
        recorded = [each for each in self.results if each.step == step.id]
        if len(recorded) + len(self.facts.payments) > self._resits(day):
            raise OutOfOrder("Deze deelname is al betaald. Een nieuwe betaling is voor een herkansing.")
        return max((each.attempt for each in recorded), default=0) + 1

    def _resits(self, day: date) -> int:
        """How many attempts asked for another one, which is paid for again."""
        tests = {step.id: step for step in self.steps if step.purpose == Purpose.TEST}
        taken = [(tests[each.step], each) for each in self.results if each.step in tests]
        return sum(
            each.outcome == Outcome.FAILED or (each.outcome == Outcome.PASSED and self._lapsed(test, each, day))
            for test, each in taken
        )

    def _check_paid(self, day: date) -> None:
        payments = {step.id for step in self.steps if step.purpose == Purpose.PAYMENT}
        if not payments:
            return
        paid = [*self.facts.payments, *(each.day for each in self.results if each.step in payments)]
        if not paid:
            raise OutOfOrder("Deze deelname is nog niet betaald.")
        if min(paid) > day:
            raise OutOfOrder(f"Deze deelname is pas betaald op {written(min(paid))}.")

    # Tests

    def _test(self, step: RouteStep, day: date) -> int:
        self._check_paid(day)
        before = [each for each in self.steps if each.purpose == Purpose.TEST and each.position < step.position]
        for test, following in zip(before, [*before, step][1:], strict=True):
            self._check_passed(test, day, lapses=not self._passed(following))
        last = self._last(step)
        if last is None:
            return 1
        if last.outcome == Outcome.SCHEDULED:
            self._check_after(step, last.attempt - 1, day)
            return last.attempt
        if last.outcome == Outcome.PASSED and not self._lapsed(step, last, day):
            raise OutOfOrder(f"{step.name} is al gehaald op {written(last.day)}.")
        self._check_after(step, last.attempt, day)
        return last.attempt + 1

    def _check_after(self, step: RouteStep, attempt: int, day: date) -> None:
        taken = [each for each in self.results if each.step == step.id and each.attempt == attempt]
        known = [each.day for each in taken if each.outcome != Outcome.SCHEDULED]
        if known and max(known) > day:
            raise OutOfOrder(f"De vorige poging voor {step.name} was later, op {written(max(known))}.")

    def _check_passed(self, test: RouteStep, day: date, *, lapses: bool) -> None:
        last = self._last(test)
        if last is None or last.outcome != Outcome.PASSED:
            raise OutOfOrder(f"{test.name} is nog niet gehaald.")
        if last.day > day:
            raise OutOfOrder(f"{test.name} is pas gehaald op {written(last.day)}.")
        if lapses and test.validity_months and day > (until := months_after(last.day, test.validity_months)):
            raise OutOfOrder(f"{test.name} was geldig tot en met {written(until)} en moet eerst over.")

    def _lapsed(self, test: RouteStep, passed: Result, day: date) -> bool:
        """Whether a passed test may be taken again: the next one did not follow in time."""
        following = next(
            (each for each in self.steps if each.purpose == Purpose.TEST and each.position > test.position), None
        )
        if not test.validity_months or following is None or self._passed(following):
            return False
        return day > months_after(passed.day, test.validity_months)

    def _passed(self, test: RouteStep) -> bool:
        last = self._last(test)
        return last is not None and last.outcome == Outcome.PASSED

    def _last(self, step: RouteStep) -> Result | None:
        taken = [each for each in self.results if each.step == step.id]
        return max(taken, key=order, default=None)


def problem_without(facts: Facts, steps: Sequence[RouteStep], today: date, wrong: int, right: Result | None) -> str:
    """Why a result cannot be taken away, or be replaced by `right`: that is not in order itself, or what was recorded
    afterwards would no longer be. Empty when it can."""
    now = counting(facts.results)
    already = {result.id for result, _ in _out_of_order(facts, steps, today, now)}
    then = [right if each.id == wrong else each for each in now]
    for result, sentence in _out_of_order(facts, steps, today, [each for each in then if each is not None]):
        if right is not None and result.id == right.id:
            return sentence
        if result.id not in already:
            name = next((step.name for step in steps if step.id == result.step), "Bewijs van Vakmanschap")
            return f"Hierop volgt {name} van {written(result.day)}. Corrigeer dat eerst."
    return ""


def _out_of_order(
    facts: Facts, steps: Sequence[RouteStep], today: date, results: Sequence[Result]
) -> Iterator[tuple[Result, str]]:
    """Those that are not in order when all are told again as they were recorded, each with what is wrong. Payments
    go first."""
    recorded = {each.id: each for each in facts.results}
    way = Way.of(replace(facts, results=(), certificate=None), steps, today)
    paying = {step.id for step in way.steps if step.purpose == Purpose.PAYMENT}
    for result in sorted(results, key=lambda each: (each.step not in paying, _place(each, recorded))):
        try:
            if result.step in paying:
                way.check_day(result.day)
                way.results.append(result)
            else:
                way.add(result.step, result.outcome, result.day, result.attempt)
        except OutOfOrder as problem:
            way.results.append(result)
            yield result, str(problem)
    if facts.certificate:
        try:
            way.certify(facts.certificate.issued_on)
        except OutOfOrder as problem:
            yield Result(CERTIFIED, 0, 1, Outcome.PASSED, facts.certificate.issued_on), str(problem)


def _place(result: Result, recorded: dict[int, Result]) -> int:
    """The id of the first fact that it came in the place of."""
    while result.withdraws is not None and result.withdraws in recorded:
        result = recorded[result.withdraws]
    return result.id
