"""Undo of an unlink: for thirty days, once, and not over somebody else's link."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from app.tables import AuditEvent, Enrolment, LinkSource, Unlinking
from tests.candidates.clicks import FRAGMENT, press, send, unlink
from tests.candidates.handmade import enrol, linked_to, organisation_of
from tests.candidates.screen import read
from tests.clients import post, visitor
from tests.sessions import client_of


async def link(enrolment: int, organisation: int) -> None:
    now = datetime.now(UTC)
    await Enrolment.update(
        {
            Enrolment.organisation: organisation,
            Enrolment.link_source: LinkSource.ADMINISTRATOR,
            Enrolment.linked_at: now,
        }
    ).where(Enrolment.id == enrolment)


async def test_the_toast_undoes_it_in_the_same_selection(demo: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    before = read(await anna.get("/overzicht?route=co&sorteer=-naam"))
    unlinked = await unlink(anna, before.ids[2], "?route=co&sorteer=-naam", **FRAGMENT)
    answer = await press(anna, unlinked, "Ongedaan maken", **FRAGMENT)
    assert answer.status_code == 200
    assert "is weer gekoppeld." in answer.text
    assert read(answer) == before


async def test_without_javascript_the_list_undoes_it(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    organisation = await linked_to(jan)
    unlinked = await unlink(kim, jan)
    answer = await press(kim, await kim.get(unlinked.headers["location"]), "Ongedaan maken voor Jan de Vries")
    assert (answer.status_code, answer.headers["location"]) == (303, "/ontkoppeld?gedaan=hersteld")
    assert "weer gekoppeld" in (await kim.get(answer.headers["location"])).text
    assert await linked_to(jan) == organisation


async def test_where_the_link_came_from_comes_back_and_who_did_it_is_written_down(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    await unlink(kim, jan)
    await send(kim, f"/deelnames/{jan}/herstellen")
    row = await Enrolment.select().where(Enrolment.id == jan).first()
    [kept] = await Unlinking.select()
    assert row
    assert row["link_source"] == LinkSource.WEBSITE
    assert kept["restored_by"] == kept["unlinked_by"] is not None
    assert await AuditEvent.count().where(AuditEvent.action == "restore_link") == 1


async def test_it_can_be_unlinked_and_undone_again(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    for _ in range(3):
        await send(kim, f"/deelnames/{jan}/ontkoppelen")
        assert await linked_to(jan) is None
        await send(kim, f"/deelnames/{jan}/herstellen")
        assert await linked_to(jan) is not None
    assert await Unlinking.count() == 3


async def test_twice_is_harmless_and_answers_the_same(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    await unlink(kim, jan)
    answers = [await send(kim, f"/deelnames/{jan}/herstellen", **FRAGMENT) for _ in range(2)]
    assert all("Jan de Vries is weer gekoppeld." in answer.text for answer in answers)
    assert await AuditEvent.count().where(AuditEvent.action == "restore_link") == 1


async def test_twenty_at_once_undo_once(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    unlinked = await unlink(kim, jan, **FRAGMENT)
    token = unlinked.text.split('name="_csrf" value="')[1].split('"')[0]
    url = f"/deelnames/{jan}/herstellen"
    answers = await asyncio.gather(*(post(kim, url, {"_csrf": token}, **FRAGMENT) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert all("is weer gekoppeld." in answer.text for answer in answers)
    [kept] = await Unlinking.select()
    assert kept["restored_at"] is not None
    assert await AuditEvent.count().where(AuditEvent.action == "restore_link") == 1
    assert await linked_to(jan) is not None


async def test_it_is_refused_when_meanwhile_linked_elsewhere(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    await unlink(kim, jan)
    elsewhere = await organisation_of("els", "DEF")
    await link(jan, elsewhere)
    answer = await send(kim, f"/deelnames/{jan}/herstellen", **FRAGMENT)
    assert answer.status_code == 200
    assert "intussen aan een andere organisatie gekoppeld" in answer.text
    page = await send(kim, f"/deelnames/{jan}/herstellen")
    assert page.headers["location"] == "/ontkoppeld?gedaan=elders"
    assert "intussen aan een andere organisatie gekoppeld" in (await kim.get(page.headers["location"])).text
    assert await linked_to(jan) == elsewhere


async def test_an_undone_unlink_gives_no_second_link_later(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    await unlink(kim, jan)
    await send(kim, f"/deelnames/{jan}/herstellen")
    await organisation_of("els", "DEF")
    await Enrolment.update(
        {Enrolment.organisation: None, Enrolment.link_source: None, Enrolment.linked_at: None}
    ).where(Enrolment.id == jan)
    await send(kim, f"/deelnames/{jan}/herstellen")
    assert await linked_to(jan) is None


async def test_several_come_back_together(db: None, application: Any) -> None:
    ids = await enrol(await organisation_of("kim", "ABC"), [("A", "", "Een"), ("B", "", "Twee"), ("C", "", "Drie")])
    kim = await client_of(application, "kim")
    unlinked = await send(kim, f"/deelnames/{ids[0]}/ontkoppelen", ids[1], **FRAGMENT)
    assert read(unlinked).ids == [ids[2]]
    assert read(await send(kim, f"/deelnames/{ids[0]}/herstellen", ids[1], **FRAGMENT)).total == 3


@pytest.mark.parametrize(("days", "status"), [(29, 303), (31, 404)])
async def test_after_thirty_days_it_is_over(jan: int, application: Any, days: int, status: int) -> None:
    await unlink(await client_of(application, "kim"), jan)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=days)):
        kim = await client_of(application, "kim")
        listed = f'data-id="{jan}"' in (await kim.get("/ontkoppeld")).text
        answer = await send(kim, f"/deelnames/{jan}/herstellen")
    assert (listed, answer.status_code) == (status == 303, status)
    assert (await linked_to(jan) is None) == (status == 404)


async def test_a_stranger_finds_nothing_to_undo(jan: int, application: Any) -> None:
    await unlink(await client_of(application, "kim"), jan)
    await organisation_of("els", "DEF")
    els = await client_of(application, "els")
    assert (await send(els, f"/deelnames/{jan}/herstellen")).status_code == 404
    assert await linked_to(jan) is None


async def test_what_was_never_unlinked_is_not_found(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    assert (await send(kim, f"/deelnames/{jan}/herstellen")).status_code == 404


async def test_a_visitor_is_sent_to_sign_in(jan: int, application: Any) -> None:
    await unlink(await client_of(application, "kim"), jan)
    async with visitor(application) as nobody:
        answer = await post(nobody, f"/deelnames/{jan}/herstellen", {})
    assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen")
    assert await linked_to(jan) is None
