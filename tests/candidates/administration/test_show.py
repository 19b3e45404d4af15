"""The page of one person: who that is, every enrolment, and what can be done."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.database import recorded_statements
from tests.candidates.administration.people import candidate_of, recorded, said
from tests.candidates.clicks import send
from tests.candidates.handmade import enrol
from tests.clients import visitor
from tests.sessions import client_of

PATHS = ("", "/bewerken", "/samenvoegen", "/samenvoegen/{other}", "/deelnames/{enrolment}/koppelen")


async def test_it_shows_the_person_and_every_enrolment(vera: AsyncClient, abc: int) -> None:
    [first] = await enrol(abc)
    person = await candidate_of(first)
    [second] = await enrol(None, route="warmtepomp", candidate=person)
    page = await vera.get(f"/beheer/kandidaten/{person}")
    words = said(page)
    for expected in ("Jan de Vries", f"kandidaat.{first}@example.org", "2 deelnames", "Organisatie ABC", "N000-0001"):
        assert expected in words
    for enrolment in (first, second):
        assert f'href="/deelnames/{enrolment}"' in page.text
    assert f"/deelnames/{first}/ontkoppelen" in page.text
    assert f"/deelnames/{second}/koppelen" in page.text
    assert f"/deelnames/{first}/koppelen" not in page.text


async def test_opening_it_is_put_on_record(vera: AsyncClient, abc: int) -> None:
    person = await candidate_of((await enrol(abc))[0])
    await vera.get(f"/beheer/kandidaten/{person}")
    [event] = await recorded("view")
    assert (event["object_type"], event["object_id"]) == ("candidate", person)


async def test_it_takes_the_same_statements_whatever_somebody_has(vera: AsyncClient, abc: int) -> None:
    person = await candidate_of((await enrol(abc))[0])
    counts = []
    for route in ("warmtepomp", "zonnestroom"):
        with recorded_statements() as statements:
            await vera.get(f"/beheer/kandidaten/{person}")
        counts.append(len(statements))
        await enrol(abc, route=route, candidate=person)
    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize("key", ["99", "0", "abc", "1 OR 1=1", str(2**63)])
async def test_who_is_not_there_is_not_found(vera: AsyncClient, key: str) -> None:
    for path in PATHS:
        assert (await vera.get(f"/beheer/kandidaten/{key}{path.format(other=1, enrolment=1)}")).status_code == 404


async def test_an_enrolment_of_somebody_else_is_not_found(vera: AsyncClient, abc: int) -> None:
    first, second = await enrol(abc, [("Jan", "de", "Vries"), ("Eva", "", "Smit")])
    person = await candidate_of(first)
    for verb in ("koppelen", "ontkoppelen", "herstellen"):
        url = f"/beheer/kandidaten/{person}/deelnames/{second}/{verb}"
        assert (await vera.get(url)).status_code == 404
        assert (await send(vera, url)).status_code == 404


async def test_a_manager_may_not_and_a_visitor_signs_in(abc: int, application: Any) -> None:
    [first] = await enrol(abc)
    person = await candidate_of(first)
    kim = await client_of(application, "kim")
    async with visitor(application) as nobody:
        for path in PATHS:
            url = f"/beheer/kandidaten/{person}{path.format(other=person, enrolment=first)}"
            assert (await kim.get(url)).status_code == 403
            assert (await nobody.get(url)).headers["location"].startswith("/inloggen?volgende=")
    assert await recorded("view") == []


async def test_htmx_gets_the_page_without_what_stands_around_it(vera: AsyncClient, abc: int) -> None:
    person = await candidate_of((await enrol(abc))[0])
    answer = await vera.get(f"/beheer/kandidaten/{person}", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "Jan de Vries" in answer.text
