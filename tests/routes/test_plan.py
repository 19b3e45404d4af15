"""What must hold of the steps of a route."""

from dataclasses import replace
from datetime import date

import pytest

from app.routes.plan import NEW, Plan, PlannedStep, problems, proposed_place, touches, with_step, without_step
from app.tables import Kind, Purpose

REGISTRATION = PlannedStep(1, "aanmelding", "Aanmelding", Purpose.REGISTRATION)
PAYMENT = PlannedStep(2, "betaling", "Betaling", Purpose.PAYMENT)
THEORY = PlannedStep(3, "theorie", "Theorie", Purpose.TEST, validity_months=6, may_fail=True)
PRACTICAL = PlannedStep(4, "praktijk", "Praktijk", Purpose.TEST, may_fail=True)
CERTIFICATE = PlannedStep(5, "bewijs", "Bewijs", Purpose.CERTIFICATE, validity_months=60)
PLAN: Plan = (REGISTRATION, PAYMENT, THEORY, PRACTICAL, CERTIFICATE)
ADDED = PlannedStep(NEW, "extra", "Extra", Purpose.TEST)


def test_the_usual_steps_are_right() -> None:
    assert problems(PLAN, THEORY.id) == {}
    assert problems(with_step(PLAN, ADDED, proposed_place(PLAN)), NEW) == {}


@pytest.mark.parametrize(
    ("step", "place", "field"),
    [
        (ADDED, 1, "plaats"),
        (ADDED, 6, "plaats"),
        (replace(ADDED, slug="theorie"), 3, "slug"),
        (replace(ADDED, purpose=Purpose.CERTIFICATE), 6, "doel"),
        (replace(ADDED, purpose=Purpose.PAYMENT), 3, "doel"),
        (replace(ADDED, purpose=Purpose.REGISTRATION), 2, "doel"),
        (replace(ADDED, used_from=date(2026, 2, 1), used_until=date(2026, 1, 31)), 3, "tot"),
        (replace(REGISTRATION, used_from=date(2026, 2, 1)), 1, "vanaf"),
        (replace(REGISTRATION, kind=Kind.FIRST), 1, "doel"),
        (replace(REGISTRATION, purpose=Purpose.TEST), 1, "doel"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(step: PlannedStep, place: int, field: str) -> None:
    assert field in problems(with_step(PLAN, step, place), step.id)


def test_a_route_begins_with_a_registration() -> None:
    assert problems((ADDED,), NEW) == {"doel": "Een route begint met een aanmelding, ook voor de eerste keer."}
    assert problems(without_step(PLAN, REGISTRATION.id), REGISTRATION.id)
    assert problems((REGISTRATION,), REGISTRATION.id) == {}


def test_one_certificate_may_follow_another_and_each_kind_may_have_its_own() -> None:
    ends = replace(CERTIFICATE, used_until=date(2026, 12, 31))
    follows = replace(ADDED, purpose=Purpose.CERTIFICATE, used_from=date(2027, 1, 1))
    assert problems((*PLAN[:-1], ends, follows), NEW) == {}
    assert problems((*PLAN[:-1], replace(ends, used_until=date(2027, 1, 1)), follows), NEW)
    own = (replace(CERTIFICATE, kind=Kind.FIRST), replace(follows, kind=Kind.RENEWAL))
    assert problems((*PLAN[:-1], *own), NEW) == {}


def test_forty_steps_are_enough() -> None:
    many = tuple(replace(ADDED, id=10 + place, slug=f"extra-{place}") for place in range(35))
    assert problems((*PLAN[:-1], *many, CERTIFICATE), 10) == {}
    assert problems((*PLAN[:-1], *many, ADDED, CERTIFICATE), NEW) == {"": "Een route heeft ten hoogste 40 stappen."}


def test_a_name_or_an_icon_touches_nobody_and_an_order_or_a_day_does() -> None:
    step = replace(THEORY, name="Anders", slug="anders", icon="scherm", may_fail=False)
    assert not touches(PLAN, with_step(PLAN, step, 3))
    assert touches(PLAN, with_step(PLAN, THEORY, 4))
    assert touches(PLAN, with_step(PLAN, replace(THEORY, used_until=date(2026, 1, 1)), 3))
