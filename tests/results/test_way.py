"""What may follow on what, by the rules alone."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.results.facts import Facts, Issued, Result
from app.results.way import OutOfOrder, Way, problem_without
from app.tables import Kind, Outcome, Purpose
from tests.results.histories import STEPS

S, P, F = Outcome.SCHEDULED, Outcome.PASSED, Outcome.FAILED
PAYMENT, THEORY, PRACTICAL, MODULE, CERTIFICATE = 12, 14, 15, 16, 17
NAMES = {11: "Aanmelding", 12: "Betaling", 13: "Theorie", 14: "Theorie", 15: "Praktijk", 16: "Examen", 17: "Bewijs"}
NAMED = tuple(replace(step, name=NAMES[step.id], may_fail=step.purpose == Purpose.TEST) for step in STEPS)
BEGUN = date(2026, 1, 5)
TODAY = date(2026, 11, 23)
PAID = Facts(Kind.FIRST, BEGUN, (BEGUN,))
UNPAID = Facts(Kind.FIRST, BEGUN)

Told = tuple[int, Outcome, date] | tuple[int, Outcome, date, int]


def day(number: int) -> date:
    return BEGUN + timedelta(days=number)


def way(*told: Told, facts: Facts = PAID) -> Way:
    going = Way.of(facts, NAMED, TODAY)
    for each in told:
        going.add(*each)
    return going


def refusal(step: Callable[[], object]) -> str:
    with pytest.raises(OutOfOrder) as refused:
        step()
    return str(refused.value)


def test_the_attempt_is_the_one_whose_turn_it_is() -> None:
    going = way()
    assert [going.add(THEORY, S, day(9)), going.add(THEORY, S, day(10)), going.add(THEORY, F, day(10))] == [1, 1, 1]
    assert [going.add(THEORY, S, day(20)), going.add(THEORY, P, day(21)), going.add(PRACTICAL, F, day(21))] == [2, 2, 1]


def test_another_attempt_than_that_is_refused() -> None:
    assert "poging 1 aan de beurt" in refusal(lambda: way((THEORY, F, day(1), 2)))
    assert "poging 2 aan de beurt" in refusal(lambda: way((THEORY, F, day(1)), (THEORY, P, day(2), 1)))


@pytest.mark.parametrize("outcome", [S, P, F])
def test_a_test_waits_for_the_payment(outcome: Outcome) -> None:
    assert "nog niet betaald" in refusal(lambda: way((THEORY, outcome, day(1)), facts=UNPAID))
    later = replace(PAID, payments=(day(5),))
    assert "pas betaald op 10-01-2026" in refusal(lambda: way((THEORY, outcome, day(4)), facts=later))
    assert way((PAYMENT, P, day(1)), (THEORY, outcome, day(1)), facts=UNPAID).results


@pytest.mark.parametrize("outcome", [S, P, F])
def test_the_practical_waits_for_the_theory(outcome: Outcome) -> None:
    assert "Theorie is nog niet gehaald" in refusal(lambda: way((PRACTICAL, outcome, day(1))))
    assert "nog niet gehaald" in refusal(lambda: way((THEORY, F, day(1)), (PRACTICAL, outcome, day(2))))
    assert "nog niet gehaald" in refusal(lambda: way((THEORY, S, day(1)), (PRACTICAL, outcome, day(2))))
    assert "pas gehaald" in refusal(lambda: way((THEORY, P, day(3)), (PRACTICAL, outcome, day(2))))


def test_nothing_follows_on_what_was_passed() -> None:
    assert "al gehaald op 06-01-2026" in refusal(lambda: way((THEORY, P, day(1)), (THEORY, S, day(2))))


def test_a_theory_that_lapsed_is_taken_again_before_the_practical() -> None:
    lapsed = day(200)
    assert "geldig tot en met 06-07-2026" in refusal(lambda: way((THEORY, P, day(1)), (PRACTICAL, P, lapsed)))
    again = way((THEORY, P, day(1)), (PAYMENT, P, lapsed), (THEORY, P, lapsed), (PRACTICAL, P, lapsed))
    assert [result.attempt for result in again.results] == [1, 1, 2, 1]


def test_a_passed_practical_keeps_its_theory() -> None:
    done = (THEORY, P, day(1)), (PRACTICAL, P, day(9))
    assert "al gehaald" in refusal(lambda: way(*done, (THEORY, P, day(300))))


def test_a_later_attempt_is_not_earlier() -> None:
    assert "De vorige poging" in refusal(lambda: way((THEORY, F, day(5)), (THEORY, P, day(4))))


def test_a_result_is_not_of_tomorrow_but_a_plan_may_be() -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert "in de toekomst" in refusal(lambda: way((THEORY, P, tomorrow)))
    assert way((THEORY, S, tomorrow)).results
    assert "twee jaar" in refusal(lambda: way((THEORY, S, date(9999, 12, 31))))
    assert "vóór de aanmelding" in refusal(lambda: way((THEORY, S, day(-1))))


def test_what_cannot_fail_does_not() -> None:
    assert "bestaat ‘niet geslaagd’ niet" in refusal(lambda: way((PAYMENT, F, day(1)), facts=UNPAID))


@pytest.mark.parametrize("step", [13, MODULE, 99])
def test_a_step_of_another_period_kind_or_route_is_refused(step: int) -> None:
    assert "hoort niet bij deze deelname" in refusal(lambda: way((step, P, day(1))))


def test_registration_and_certificate_have_no_result() -> None:
    assert "geen uitslag" in refusal(lambda: way((11, P, day(1))))
    assert "als bewijs" in refusal(lambda: way((CERTIFICATE, P, day(1))))


def test_a_payment_is_for_the_first_attempt_or_for_a_resit() -> None:
    assert "al betaald" in refusal(lambda: way((PAYMENT, P, day(1))))
    assert "niet gepland" in refusal(lambda: way((PAYMENT, S, day(1)), facts=UNPAID)).replace("geen dag ", "niet ")
    assert way((THEORY, F, day(1)), (PAYMENT, P, day(2))).results[-1].attempt == 1
    assert "al betaald" in refusal(lambda: way((THEORY, F, day(1)), (PAYMENT, P, day(2)), (PAYMENT, P, day(2))))


def test_a_certificate_follows_on_the_last_test() -> None:
    going = way((THEORY, P, day(1)))
    assert "Praktijk is nog niet gehaald" in refusal(lambda: going.certify(day(9)))
    going.add(PRACTICAL, P, day(8))
    assert "pas gehaald" in refusal(lambda: going.certify(day(7)))
    going.certify(day(300))
    assert "al een bewijs" in refusal(lambda: going.certify(day(9)))
    assert "al vastgelegd" in refusal(lambda: going.add(PAYMENT, P, day(9)))


# Corrections: the facts as they were recorded, one of them wrong

DONE = (
    Result(1, THEORY, 1, F, day(1)),
    Result(2, THEORY, 2, P, day(5)),
    Result(3, PRACTICAL, 1, P, day(9)),
)


def problem(wrong: int, right: Result | None = None, *, certified: bool = False) -> str:
    facts = replace(PAID, results=DONE, certificate=Issued(day(20)) if certified else None)
    return problem_without(facts, NAMED, TODAY, wrong, right)


def test_the_last_result_may_be_taken_away() -> None:
    assert problem(3) == ""
    assert "Bewijs van Vakmanschap" in problem(3, certified=True)


def test_what_others_follow_on_stays_until_they_are_gone() -> None:
    assert "Hierop volgt Praktijk" in problem(2)
    assert "Hierop volgt Theorie" in problem(1)


def test_a_right_result_keeps_what_follows() -> None:
    assert problem(2, Result(9, THEORY, 2, P, day(6), withdraws=2), certified=True) == ""
    assert "Hierop volgt Praktijk" in problem(2, Result(9, THEORY, 2, F, day(6), withdraws=2))
    assert "Hierop volgt Praktijk" in problem(2, Result(9, THEORY, 2, P, day(10), withdraws=2))
    assert "in de toekomst" in problem(2, Result(9, THEORY, 2, P, TODAY + timedelta(days=1), withdraws=2))


def test_a_correction_of_a_correction_stands_where_the_first_stood() -> None:
    facts = replace(PAID, results=(*DONE, Result(4, THEORY, 2, P, day(6), withdraws=2)))
    assert problem_without(facts, NAMED, TODAY, 4, Result(9, THEORY, 2, P, day(7), withdraws=4)) == ""
    assert "Hierop volgt Praktijk" in problem_without(facts, NAMED, TODAY, 4, None)


def test_what_was_out_of_order_before_is_no_reason() -> None:
    facts = replace(UNPAID, results=DONE)
    assert problem_without(facts, NAMED, TODAY, 3, None) == ""
