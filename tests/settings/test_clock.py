"""Moments are UTC, days are Dutch."""

from datetime import UTC, date, datetime, timedelta

import time_machine

from app.clock import local, now, today


def test_now_is_aware_and_utc() -> None:
    assert now().utcoffset() == timedelta(0)


@time_machine.travel(datetime(2026, 3, 28, 23, 30, tzinfo=UTC), tick=False)
def test_the_day_begins_at_midnight_in_amsterdam() -> None:
    assert today() == date(2026, 3, 29)
    assert now().date() == date(2026, 3, 28)


def test_summer_time_is_two_hours_ahead_and_winter_time_one() -> None:
    assert local(datetime(2026, 7, 1, 12, tzinfo=UTC)).hour == 14
    assert local(datetime(2026, 12, 1, 12, tzinfo=UTC)).hour == 13


def test_the_hour_that_comes_twice_stays_two_moments() -> None:
    first, second = (local(datetime(2026, 10, 25, hour, 30, tzinfo=UTC)) for hour in (0, 1))
    assert (first.hour, second.hour) == (2, 2)
    assert first.utcoffset() != second.utcoffset()
