"""What looks over the shoulder of the suite sees: with the first wall down, an answer fails the test that asked."""

from typing import Any

import pytest

from app.access import EVERYTHING, Access
from app.piccolo_conf import DB
from app.tables import Enrolment
from tests.sessions import client_of
from tests.watch import Answer, marks_in, telling

pytestmark = pytest.mark.skipif(DB.engine_type == "postgres", reason="the second wall shows nothing to see")


@pytest.mark.parametrize("address", ["/overzicht?per_pagina=100", "/betaalcodes?per_pagina=100"])
async def test_a_foreign_mark_is_seen(
    demo_readonly: None, application: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    carla = await client_of(application, "carla.jansen")
    assert (await carla.get(address)).status_code == 200
    monkeypatch.setattr(Access, "enrolments", EVERYTHING)
    monkeypatch.setattr(Access, "paycodes", EVERYTHING)
    with pytest.raises(AssertionError, match=f"{address.partition('?')[0]} shows"):
        await carla.get(address)


async def test_a_foreign_mark_in_details_is_seen(
    demo_readonly: None, application: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = await Enrolment.select(Enrolment.id).where(Enrolment.organisation.code == "NWT").first()
    assert foreign
    carla = await client_of(application, "carla.jansen")
    monkeypatch.setattr(Access, "enrolments", EVERYTHING)
    with pytest.raises(AssertionError, match="shows"):
        await carla.get(f"/deelnames/{foreign['id']}")


async def test_the_marks_in_a_workbook_are_seen(demo_readonly: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    workbook = (await anna.get("/overzicht.xlsx")).content
    numbers = await Enrolment.select(Enrolment.number).where(Enrolment.organisation.code == "NWT").output(as_list=True)
    assert set(numbers) <= marks_in(Answer(body=bytearray(workbook)).text)


@pytest.mark.parametrize(
    "line",
    ["sent to jan@example.org", "number A2C4-E678", "number A2C4E678", "GET /overzicht?trefwoorden=jan", "sessie=abc"],
)
def test_a_line_that_tells_is_seen(line: str) -> None:
    assert telling(f"started\n{line}\nended") == [line]


def test_lines_that_tell_nothing_are_let_through() -> None:
    assert not telling(
        "2026-11-26T09:31:38.270871Z [warning] no_second_wall\n[INFO] Started worker-1\nHTTP/1.1 POSTGRES"
    )
