"""What follows from the facts, and how it is read back."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.clock import months_after
from app.results.facts import Facts, Issued, Result, RouteStep
from app.results.progress import Note, derive, notes, outcome
from app.tables import Kind, Outcome, Purpose, State
from tests.results.histories import STEPS, Told, histories

TODAY = date(2026, 11, 23)
BEGUN = date(2026, 1, 5)


def facts(*results: Result, kind: Kind = Kind.FIRST, paid: bool = True, certificate: Issued | None = None) -> Facts:
    return Facts(kind, BEGUN, (BEGUN,) if paid else (), results, certificate)


def theory(outcome: Outcome, day: date, attempt: int = 1, number: int = 1, withdraws: int | None = None) -> Result:
    return Result(number, 14, attempt, outcome, day, withdraws)


def practical(outcome: Outcome, day: date, attempt: int = 1, number: int = 9) -> Result:
    return Result(number, 15, attempt, outcome, day)


def read_back(told: Told) -> str:
    """The letters, by looking only at how each test ended."""
    letters = ["p", "p" if told.payments else "o", *"-----"]
    for position in told.tests:
        events = told.events.get(position)
        letters[position - 1] = {"scheduled": "s", "passed": "p", "failed": "f"}[events[-1][0]] if events else "o"
    letters[6] = "p" if told.certificate else "o"
    if told.certificate:
        letters[6] = "v" if told.certificate.valid_until else "p"
    elif told.kind == Kind.FIRST and letters[told.tests[0] - 1] == "p" and letters[4] != "p":
        letters[told.tests[0] - 1] = "v"
    return "".join(letters)


def read_state(told: Told) -> State:
    if told.certificate:
        if True in told.renewals:
            return State.RENEWED
        return State.RENEWING if told.renewals else State.COMPLETED
    ends = [events[-1][0] for events in told.events.values() if events]
    if Outcome.FAILED in ends:
        return State.RESIT
    return State.RUNNING if ends else State.NOT_STARTED


@given(histories())
def test_progress_agrees_with_the_story_that_the_facts_tell(told: Told) -> None:
    derived = derive(told.facts, STEPS)
    assert derived.progress == read_back(told)
    assert derived.state == read_state(told)
    planned = [events[-1][1] for events in told.events.values() if events and events[-1][0] == Outcome.SCHEDULED]
    assert derived.scheduled_on == min(planned, default=None)
    assert ("v" in derived.progress) == (derived.valid_until is not None)


@given(histories())
def test_the_notes_tell_the_day_and_the_attempt_of_the_last_event(told: Told) -> None:
    noted = notes(derive(told.facts, STEPS).progress_notes)
    for position in told.tests:
        events = told.events.get(position)
        assert noted[position - 1] == (Note(events[-1][1], len(events)) if events else None)
    assert noted[0] == Note(told.enrolled_on, 1)


@given(histories(), st.integers())
def test_the_order_in_which_facts_are_read_does_not_matter(told: Told, seed: int) -> None:
    shuffled = list(told.results)
    Random(seed).shuffle(shuffled)
    assert derive(replace(told.facts, results=tuple(shuffled)), STEPS) == derive(told.facts, STEPS)


def test_only_registered_is_not_started() -> None:
    derived = derive(facts(paid=False), STEPS)
    assert (derived.progress, derived.state) == ("po-oo-o", State.NOT_STARTED)
    assert derived.progress_notes == "20260105.1||||||"


def test_a_failed_test_with_the_next_attempt_planned_is_running() -> None:
    history = (
        theory(Outcome.FAILED, date(2026, 2, 1)),
        theory(Outcome.SCHEDULED, date(2026, 3, 1), attempt=2, number=2),
    )
    derived = derive(facts(*history), STEPS)
    assert (derived.progress, derived.state, derived.scheduled_on) == ("pp-so-o", State.RUNNING, date(2026, 3, 1))


def test_a_planned_day_gone_by_stays_planned() -> None:
    derived = derive(facts(theory(Outcome.SCHEDULED, date(2026, 1, 6))), STEPS)
    assert derived.progress == "pp-so-o"
    assert outcome("s", None, TODAY) == "ingepland"


def test_a_passed_theory_waits_six_months_for_the_practical() -> None:
    derived = derive(facts(theory(Outcome.PASSED, date(2026, 8, 31))), STEPS)
    assert (derived.progress, derived.valid_until) == ("pp-vo-o", date(2027, 2, 28))


def test_a_theory_that_lapsed_may_be_taken_again() -> None:
    lapsed = theory(Outcome.PASSED, date(2026, 1, 10))
    again = theory(Outcome.SCHEDULED, date(2026, 12, 1), attempt=2, number=2)
    derived = derive(facts(lapsed, again), STEPS)
    assert (derived.progress, derived.valid_until, derived.state) == ("pp-so-o", None, State.RUNNING)


def test_a_passed_practical_ends_the_waiting() -> None:
    history = (theory(Outcome.PASSED, date(2026, 2, 1)), practical(Outcome.PASSED, date(2026, 3, 1)))
    derived = derive(facts(*history), STEPS)
    assert (derived.progress, derived.valid_until, derived.state) == ("pp-pp-o", None, State.RUNNING)


def test_a_withdrawn_result_does_not_count() -> None:
    wrong = theory(Outcome.FAILED, date(2026, 2, 1), number=1)
    right = theory(Outcome.PASSED, date(2026, 2, 1), number=2, withdraws=1)
    assert derive(facts(wrong, right), STEPS).progress == "pp-vo-o"


def test_each_payment_is_an_attempt() -> None:
    twice = replace(facts(), payments=(BEGUN, date(2026, 4, 1)))
    assert notes(derive(twice, STEPS).progress_notes)[1] == Note(date(2026, 4, 1), 2)


def test_a_payment_may_be_a_recorded_one() -> None:
    recorded = Result(1, 12, 1, Outcome.PASSED, date(2026, 1, 7))
    assert notes(derive(facts(recorded, paid=False), STEPS).progress_notes)[1] == Note(date(2026, 1, 7), 1)


@pytest.mark.parametrize(
    ("renewals", "state"), [((), State.COMPLETED), ((False,), State.RENEWING), ((False, True), State.RENEWED)]
)
def test_a_certificate_completes_until_it_is_renewed(renewals: tuple[bool, ...], state: State) -> None:
    certified = replace(facts(certificate=Issued(date(2026, 4, 1), date(2031, 4, 1))), renewals=renewals)
    derived = derive(certified, STEPS)
    assert (derived.progress[6], derived.valid_until, derived.state) == ("v", date(2031, 4, 1), state)


@pytest.mark.parametrize("crt", [None, date(2026, 4, 3)])
@pytest.mark.parametrize("passport", [None, date(2026, 4, 5)])
def test_the_note_of_a_certificate_tells_when_it_came_into_the_registers(
    crt: date | None, passport: date | None
) -> None:
    certified = facts(certificate=Issued(date(2026, 4, 1), None, crt, passport))
    assert notes(derive(certified, STEPS).progress_notes)[6] == Note(date(2026, 4, 1), 1, crt, passport)


def test_a_step_counts_from_its_first_day_through_its_last() -> None:
    step = RouteStep(1, 1, Purpose.TEST, used_from=BEGUN, used_until=BEGUN)
    assert step.belongs_to(Kind.FIRST, BEGUN)
    assert not step.belongs_to(Kind.FIRST, date(2026, 1, 4))
    assert not step.belongs_to(Kind.FIRST, date(2026, 1, 6))


@pytest.mark.parametrize(
    ("letter", "valid_until", "shown"),
    [
        ("o", None, "open"),
        ("s", None, "ingepland"),
        ("p", date(2020, 1, 1), "geslaagd"),
        ("f", None, "gezakt"),
        ("v", TODAY, "geslaagd"),
        ("v", date(2026, 11, 22), "verlopen"),
        ("-", None, None),
    ],
)
def test_a_letter_shows_as_one_outcome(letter: str, valid_until: date | None, shown: str | None) -> None:
    assert outcome(letter, valid_until, TODAY) == shown


def test_a_month_has_a_last_day() -> None:
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_after(date(2026, 12, 15), 60) == date(2031, 12, 15)
