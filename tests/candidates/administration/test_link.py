"""Linking by hand, ending a link, and restoring one: asked first, settled once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient, Response

from app.tables import Organisation, OrganisationRoute, UnlinkCause, Unlinking
from tests.candidates.administration.people import answer, candidate_of, recorded, row_of, said
from tests.candidates.clicks import press, send, token_of, unlink
from tests.candidates.handmade import MADE_AT, enrol, linked_to, organisation_of
from tests.clients import post
from tests.sessions import client_of


async def url_of(enrolment: int) -> str:
    return f"/beheer/kandidaten/{await candidate_of(enrolment)}/deelnames/{enrolment}"


async def link(client: AsyncClient, enrolment: int, code: str) -> Response:
    return await answer(client, f"{await url_of(enrolment)}/koppelen?organisatie={code}", "Koppelen")


async def object_to(enrolment: int) -> None:
    """As the link in a letter does."""
    from app.candidates.unlinking import end_links
    from app.database import transaction
    from app.tables import Enrolment

    async with transaction():
        await end_links(Enrolment.id == enrolment, UnlinkCause.OBJECTION, by=None)


async def test_it_asks_which_and_then_whether_saying_what_they_will_see(vera: AsyncClient, abc: int) -> None:
    [free] = await enrol(None)
    page = await vera.get(f"{await url_of(free)}/koppelen")
    assert 'value="ABC"' in page.text
    assert "Koppelen</button>" not in page.text
    asked = await vera.get(f"{await url_of(free)}/koppelen?organisatie=ABC")
    assert "Organisatie ABC ziet daarna de naam, het e-mailadres en de voortgang" in said(asked)
    assert await linked_to(free) is None


async def test_it_is_linked_as_an_administrator_and_put_on_record(vera: AsyncClient, abc: int) -> None:
    [free] = await enrol(None)
    done = await link(vera, free, "ABC")
    assert "De deelname is gekoppeld." in said(await vera.get(done.headers["location"]))
    row = await row_of(free)
    assert (row["organisation"], row["link_source"]) == (abc, "administrator")
    assert row["linked_by"] is not None
    assert row["changed_at"] > MADE_AT
    [event] = await recorded("link")
    assert (event["object_id"], event["organisation"], event["actor"]) == (free, abc, row["linked_by"])


@pytest.mark.parametrize("code", ["", "ZZZ", "OFF", "ELS"])
async def test_only_whose_code_is_active_on_the_route_can_be_chosen(vera: AsyncClient, abc: int, code: str) -> None:
    off, els = await organisation_of("off", "OFF"), await organisation_of("els", "ELS")
    await Organisation.update({Organisation.active: False}).where(Organisation.id == off)
    await OrganisationRoute.delete().where(OrganisationRoute.organisation == els)
    [free] = await enrol(None)
    page = await vera.get(f"{await url_of(free)}/koppelen?organisatie={code}")
    assert page.status_code == 400
    refused = await post(vera, f"{await url_of(free)}/koppelen", {"_csrf": await token_of(vera), "organisatie": code})
    assert refused.status_code == 422
    assert "Kies een organisatie uit de lijst." in said(refused)
    assert await linked_to(free) is None


async def test_of_many_who_link_at_once_one_does(vera: AsyncClient, abc: int) -> None:
    other = await organisation_of("els", "DEF")
    [free] = await enrol(None)
    token, url = await token_of(vera), f"{await url_of(free)}/koppelen"
    codes = ["ABC", "DEF"] * 6
    answers = await asyncio.gather(*(post(vera, url, {"_csrf": token, "organisatie": code}) for code in codes))
    ends = sorted(each.headers["location"].partition("=")[2] for each in answers)
    assert ends == ["elders"] * 11 + ["gekoppeld"]
    [event] = await recorded("link")
    assert await linked_to(free) == event["organisation"]
    assert event["organisation"] in (abc, other)


async def test_a_link_that_is_there_stays(vera: AsyncClient, abc: int) -> None:
    await organisation_of("els", "DEF")
    [linked] = await enrol(abc)
    assert "al gekoppeld aan Organisatie ABC" in said(await vera.get(f"{await url_of(linked)}/koppelen"))
    refused = await post(
        vera, f"{await url_of(linked)}/koppelen", {"_csrf": await token_of(vera), "organisatie": "DEF"}
    )
    assert refused.headers["location"].endswith("elders")
    assert await linked_to(linked) == abc


async def test_ending_it_asks_first_and_goes_back_to_the_person(vera: AsyncClient, abc: int) -> None:
    [linked] = await enrol(abc)
    done = await answer(vera, f"{await url_of(linked)}/ontkoppelen", "Ontkoppelen")
    page = said(await vera.get(done.headers["location"]))
    assert "De deelname is ontkoppeld." in page
    assert "Organisatie ABC: ontkoppeld op" in page
    assert await linked_to(linked) is None
    [kept] = await Unlinking.select()
    assert kept["cause"] == UnlinkCause.ADMINISTRATOR


@pytest.mark.parametrize("who", ["vera", "kim"])
async def test_what_anybody_ended_is_restored_also_after_thirty_days(
    vera: AsyncClient, abc: int, application: Any, who: str
) -> None:
    [linked] = await enrol(abc)
    url = await url_of(linked)
    await unlink(await client_of(application, who), linked)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=400)):
        vera = await client_of(application, "vera")
        done = await answer(vera, f"{url}/herstellen", "Herstellen")
        assert "De koppeling is hersteld." in said(await vera.get(done.headers["location"]))
    row = await row_of(linked)
    assert (row["organisation"], row["link_source"]) == (abc, "website")
    [event] = await recorded("restore_link")
    assert f'"cause": "{"administrator" if who == "vera" else "manager"}"' in event["details"]


async def test_twice_is_harmless_and_answers_the_same(vera: AsyncClient, abc: int) -> None:
    [linked] = await enrol(abc)
    url = await url_of(linked)
    for verb, action in (("ontkoppelen", "unlink"), ("herstellen", "restore_link")):
        answers = [await send(vera, f"{url}/{verb}") for _ in range(2)]
        assert answers[0].headers["location"] == answers[1].headers["location"]
        assert len(await recorded(action)) == 1


async def test_what_was_never_ended_cannot_be_restored(vera: AsyncClient, abc: int) -> None:
    [free] = await enrol(None)
    assert (await send(vera, f"{await url_of(free)}/herstellen")).status_code == 404


async def test_an_objection_is_not_undone_and_the_page_says_why(vera: AsyncClient, abc: int) -> None:
    [linked] = await enrol(abc)
    url = await url_of(linked)
    await object_to(linked)
    page = await vera.get(url.partition("/deelnames")[0])
    assert "kan niet worden hersteld: de kandidaat maakte bezwaar" in said(page)
    assert "/herstellen" not in page.text
    done = await send(vera, f"{url}/herstellen")
    assert "Die kan niemand herstellen." in said(await vera.get(done.headers["location"]))
    assert await linked_to(linked) is None


async def test_an_objection_also_stops_what_was_ended_before_it(vera: AsyncClient, abc: int, application: Any) -> None:
    [linked] = await enrol(abc)
    kim = await client_of(application, "kim")
    await unlink(kim, linked)
    await link(vera, linked, "ABC")
    await object_to(linked)
    assert (await send(kim, f"/deelnames/{linked}/herstellen")).status_code == 404
    await send(vera, f"{await url_of(linked)}/herstellen")
    assert await linked_to(linked) is None


async def test_after_an_objection_it_is_linked_anew_only_when_the_candidate_asks(vera: AsyncClient, abc: int) -> None:
    [linked] = await enrol(abc)
    await object_to(linked)
    asked = await vera.get(f"{await url_of(linked)}/koppelen?organisatie=ABC")
    assert "maakte eerder bezwaar" in said(asked)
    refused = await press(vera, asked, "Koppelen")
    assert refused.status_code == 422
    assert await linked_to(linked) is None
    fields = {"_csrf": await token_of(vera), "organisatie": "ABC", "gevraagd": "1"}
    assert (await post(vera, f"{await url_of(linked)}/koppelen", fields)).status_code == 303
    assert await linked_to(linked) == abc


async def test_what_ended_after_that_is_restored_and_the_objection_stays_on_record(vera: AsyncClient, abc: int) -> None:
    [linked] = await enrol(abc)
    url = await url_of(linked)
    await object_to(linked)
    fields = {"_csrf": await token_of(vera), "organisatie": "ABC", "gevraagd": "1"}
    await post(vera, f"{url}/koppelen", fields)
    await send(vera, f"{url}/ontkoppelen")
    done = await answer(vera, f"{url}/herstellen", "Herstellen")
    assert done.headers["location"].endswith("hersteld")
    assert await linked_to(linked) == abc
    rows = await Unlinking.select().order_by(Unlinking.id)
    assert [(row["cause"], row["restored_at"] is None) for row in rows] == [
        (UnlinkCause.OBJECTION, True),
        (UnlinkCause.ADMINISTRATOR, False),
    ]
