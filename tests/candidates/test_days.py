"""`vanaf` and `tot` are days in Amsterdam, both included, in winter and in summer."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.candidates.handmade import enrol, organisation_of
from tests.candidates.screen import read
from tests.sessions import client_of

# In UTC: one hour earlier than in Amsterdam, in summer two.
EDGES = {
    "winter": (datetime(2026, 1, 14, 22, 59, 59, tzinfo=UTC), datetime(2026, 1, 14, 23, 0, tzinfo=UTC), "2026-01-14"),
    "summer": (datetime(2026, 7, 14, 21, 59, 59, tzinfo=UTC), datetime(2026, 7, 14, 22, 0, tzinfo=UTC), "2026-07-14"),
    "the day summer time starts": (
        datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC),
        datetime(2026, 3, 29, 22, 0, tzinfo=UTC),
        "2026-03-29",
    ),
}


@pytest.mark.parametrize("season", EDGES)
async def test_tot_includes_the_last_second_of_that_day(db: None, application: Any, season: str) -> None:
    last, next_day, day = EDGES[season]
    organisation = await organisation_of("kim", "ABC")
    inside, _ = await enrol(organisation, [("A", "", "Eerste"), ("B", "", "Tweede")], at=(last, next_day))
    kim = await client_of(application, "kim")
    assert read(await kim.get(f"/overzicht?tot={day}")).ids == [inside]


@pytest.mark.parametrize("season", EDGES)
async def test_vanaf_includes_the_first_moment_of_that_day(db: None, application: Any, season: str) -> None:
    before, first, _ = EDGES[season]
    organisation = await organisation_of("kim", "ABC")
    _, inside = await enrol(organisation, [("A", "", "Eerste"), ("B", "", "Tweede")], at=(before, first))
    kim = await client_of(application, "kim")
    day = (first + timedelta(hours=2)).strftime("%d-%m-%Y")
    assert read(await kim.get(f"/overzicht?vanaf={day}")).ids == [inside]


async def test_a_day_is_shown_as_in_amsterdam(db: None, application: Any) -> None:
    organisation = await organisation_of("kim", "ABC")
    await enrol(organisation, at=(datetime(2026, 1, 14, 23, 0, tzinfo=UTC),))
    kim = await client_of(application, "kim")
    assert ">15-01-2026<" in (await kim.get("/overzicht")).text
