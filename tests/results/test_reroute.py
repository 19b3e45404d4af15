"""Other steps of a route: whoever keeps theirs keeps all that was derived, at the new places."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.results.facts import RouteStep
from app.results.progress import derive
from app.results.reroute import keepers, moved
from app.tables import Kind, Purpose
from tests.results.histories import STEPS, Told, histories

NEW = RouteStep(0, 1, Purpose.TEST, used_from=date(2026, 1, 1))


@st.composite
def changed_steps(draw: st.DrawFn) -> tuple[RouteStep, ...]:
    """The steps of the stories after some changes: one gone, one new, others elsewhere, of another kind or period."""
    steps = list(STEPS)
    if draw(st.booleans()):
        steps.pop(draw(st.integers(0, len(steps) - 1)))
    if draw(st.booleans()):
        steps.insert(draw(st.integers(0, len(steps))), replace(NEW, kind=draw(st.none() | st.sampled_from(Kind))))
    if draw(st.booleans()):
        place = draw(st.integers(0, len(steps) - 1))
        day = date(2026, 1, 1) + timedelta(days=draw(st.integers(-90, 90)))
        steps[place] = replace(steps[place], used_until=day, validity_months=draw(st.none() | st.just(6)))
    if draw(st.booleans()):
        steps = draw(st.permutations(steps))
    return placed(steps)


def placed(steps: Sequence[RouteStep]) -> tuple[RouteStep, ...]:
    return tuple(replace(step, position=place) for place, step in enumerate(steps, 1))


@given(histories(), changed_steps())
def test_whoever_keeps_the_same_steps_stands_as_derived_anew(told: Told, after: tuple[RouteStep, ...]) -> None:
    before = derive(told.facts, STEPS)
    if keepers(STEPS, after)(told.kind, told.enrolled_on):
        assert moved(before, STEPS, after) == derive(told.facts, after)


def test_who_enrolled_before_a_step_keeps_the_same() -> None:
    keeps = keepers(STEPS, placed([*STEPS[:2], NEW, *STEPS[2:]]))
    assert keeps(Kind.FIRST, date(2025, 12, 31))
    assert not keeps(Kind.FIRST, date(2026, 1, 1))


def test_another_order_of_their_own_steps_is_not_the_same() -> None:
    """The last test that waits for the next is another one then."""
    keeps = keepers(STEPS, placed([*STEPS[:2], STEPS[4], STEPS[2], STEPS[3], *STEPS[5:]]))
    assert not keeps(Kind.FIRST, date(2025, 12, 31))
    assert keeps(Kind.RENEWAL, date(2025, 12, 31))
