"""A bucket holds so many tries and empties with time; whoever comes at once, no more get through."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from app.tables import Attempt
from app.throttle import Limit, Throttled, forget, forgive, hit, is_let_through, status_of

FEW = Limit("test", most=5, every=timedelta(seconds=60))
START = datetime(2026, 3, 29, 0, 59, 30, tzinfo=UTC)


async def let_through(tries: int, limit: Limit = FEW, key: str = "a") -> int:
    outcomes = await asyncio.gather(*(hit(limit, key) for _ in range(tries)), return_exceptions=True)
    assert all(isinstance(each, Throttled | None) for each in outcomes), outcomes
    return outcomes.count(None)


async def test_of_forty_at_once_no_more_get_through_than_the_limit(db: None) -> None:
    assert await let_through(40) == FEW.most


async def test_keys_and_kinds_have_buckets_of_their_own(db: None) -> None:
    assert await let_through(9) == 5
    assert await let_through(9, key="b") == 5
    assert await let_through(9, Limit("other", 5, FEW.every)) == 5


async def test_room_comes_back_with_time_and_what_was_refused_costs_nothing(db: None) -> None:
    with time_machine.travel(START, tick=False) as clock:
        assert await let_through(20) == 5
        clock.shift(59)
        assert await let_through(20) == 0
        clock.shift(2)
        assert await let_through(20) == 1
        clock.shift(3600)
        assert await let_through(20) == 5


async def test_a_clock_that_is_set_back_neither_locks_nor_opens(db: None) -> None:
    with time_machine.travel(START, tick=False) as clock:
        assert await let_through(3) == 3
        clock.shift(-7200)
        assert await let_through(20) == 2
        clock.shift(61)
        assert await let_through(20) == 1


async def test_who_is_refused_hears_when_to_come_back(db: None) -> None:
    await let_through(5)
    with pytest.raises(Throttled) as refused:
        await hit(FEW, "a")
    assert (refused.value.status_code, refused.value.headers) == (429, {"Retry-After": "60"})


async def test_a_right_try_can_be_taken_back(db: None) -> None:
    await let_through(5)
    await forgive(FEW, "a")
    assert await let_through(5) == 1


async def test_what_is_one_too_many_is_left_out_in_silence(db: None) -> None:
    assert [await is_let_through(FEW, "a") for _ in range(7)] == [True] * 5 + [False] * 2
    assert await is_let_through(FEW)


def test_a_form_that_was_not_looked_at_says_why_before_what_is_wrong_in_it() -> None:
    wrong = {"naam": "Vul een naam in."}
    assert [status_of(errors, refusal) for errors in ({}, wrong) for refusal in (None, Throttled(FEW))] == [
        *(200, 429),
        *(422, 429),
    ]


async def test_who_tried_cannot_be_read_and_is_forgotten(db: None) -> None:
    with time_machine.travel(START, tick=False) as clock:
        await hit(FEW, "192.0.2.0/24")
        row = await Attempt.select().first()
        assert row is not None
        assert "192" not in row["key_hash"]
        clock.shift(timedelta(days=1))
        await forget()
        assert await Attempt.count() == 1
        clock.shift(timedelta(seconds=1))
        await forget()
        assert await Attempt.count() == 0
