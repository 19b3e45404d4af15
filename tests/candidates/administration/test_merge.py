"""Merging two records of one person: seen first, nothing lost, put on record."""

import asyncio
import json
from contextvars import copy_context
from datetime import date

import pytest
from httpx import AsyncClient

from app.database import transaction
from app.names import search_text
from app.tables import Candidate, Enrolment, State
from app.worlds.rows import advance_sequences
from tests.candidates.administration.people import (
    answer,
    candidate_of,
    know,
    person_of,
    recorded,
    row_of,
    said,
)
from tests.candidates.clicks import send
from tests.candidates.handmade import enrol

BORN = date(1990, 4, 22)


async def two(abc: int) -> tuple[int, int, int, int]:
    """Jan and Johan de Vries, each on a route of his own: the persons, then their enrolments."""
    [first] = await enrol(abc)
    [second] = await enrol(None, [("Johan", "de", "Vries")], route="warmtepomp")
    return await candidate_of(first), await candidate_of(second), first, second


async def test_it_shows_both_side_by_side_and_what_moves(vera: AsyncClient, abc: int) -> None:
    jan, johan, _, second = await two(abc)
    await know(johan, birth_date=BORN)
    page = await vera.get(f"/beheer/kandidaten/{jan}/samenvoegen/{johan}")
    for expected in ("Jan de Vries", "Johan de Vries", "22-04-1990", "Onbekend", "Deelnames die meegaan"):
        assert expected in said(page)
    assert f'href="/deelnames/{second}"' in page.text
    assert f'href="/beheer/kandidaten/{johan}/samenvoegen/{jan}"' in page.text
    assert {event["object_id"] for event in await recorded("view")} == {jan, johan}
    assert await Candidate.count() == 2


async def test_all_that_one_has_moves_to_the_other(vera: AsyncClient, abc: int) -> None:
    jan, johan, _, second = await two(abc)
    await know(johan, birth_date=BORN, crt_number="CRT-7")
    done = await answer(vera, f"/beheer/kandidaten/{jan}/samenvoegen/{johan}", "Samenvoegen")
    page = said(await vera.get(done.headers["location"]))
    assert "samengevoegd" in page
    assert "2 deelnames" in page
    moved, kept = await row_of(second), await person_of(jan)
    assert (moved["candidate"], moved["given_name"], moved["sort_key"]) == (jan, "Jan", kept["sort_key"])
    assert moved["search_text"] == search_text("Jan", "de", "Vries", kept["email"], moved["number"])
    assert (kept["birth_date"], kept["crt_number"]) == (BORN, "CRT-7")
    assert kept["search_text"] == search_text("Jan", "de", "Vries", kept["email"], "CRT-7")
    assert (await vera.get(f"/beheer/kandidaten/{johan}")).status_code == 404
    [event] = await recorded("merge")
    assert (event["object_type"], event["object_id"]) == ("candidate", jan)
    assert json.loads(event["details"]) == {"removed": johan, "moved": [second]}


@pytest.mark.parametrize("same", ["route", "number", "day"])
async def test_it_is_refused_where_it_would_lose_something(vera: AsyncClient, abc: int, same: str) -> None:
    jan, johan, _, second = await two(abc)
    if same == "route":
        await enrol(None, route="co", candidate=johan)
    elif same == "number":
        await know(jan, crt_number="CRT-1")
        await know(johan, crt_number="CRT-2")
    else:
        await know(jan, birth_date=BORN)
        await know(johan, birth_date=date(1991, 1, 1))
    sentence = {"route": "lopende deelname aan Vakmanschap CO", "number": "CRT-nummer", "day": "geboortedata"}[same]
    page = await vera.get(f"/beheer/kandidaten/{jan}/samenvoegen/{johan}")
    assert sentence in said(page)
    assert "Samenvoegen</button>" not in page.text
    refused = await send(vera, f"/beheer/kandidaten/{jan}/samenvoegen/{johan}")
    assert refused.status_code == 422
    assert sentence in said(refused)
    assert (await row_of(second))["candidate"] == johan
    assert await recorded("merge") == []


async def test_one_that_is_done_stands_beside_one_that_is_open(vera: AsyncClient, abc: int) -> None:
    jan, johan, _, _ = await two(abc)
    [done] = await enrol(None, route="co", candidate=johan, state=State.COMPLETED)
    assert (await send(vera, f"/beheer/kandidaten/{jan}/samenvoegen/{johan}")).status_code == 303
    assert (await row_of(done))["candidate"] == jan


async def test_somebody_with_himself_or_with_nobody_is_not_found(vera: AsyncClient, abc: int) -> None:
    jan, *_ = await two(abc)
    for other in (jan, 99):
        assert (await vera.get(f"/beheer/kandidaten/{jan}/samenvoegen/{other}")).status_code == 404
        assert (await send(vera, f"/beheer/kandidaten/{jan}/samenvoegen/{other}")).status_code == 404


async def test_likely_doubles_are_offered_and_others_found(vera: AsyncClient, abc: int) -> None:
    names = [("Jan", "de", "Vries"), ("Johan", "de", "Vries"), ("Jan", "de", "Vries"), ("Jan", "de", "Vriess")]
    names += [("Eva", "", "Smit"), ("Jan", "de", "Vries"), ("Piet", "", "Bos")]
    jan, mail, name, day, number, born_else, other = [await candidate_of(each) for each in await enrol(abc, names)]
    await know(jan, email_key="jan@example.org", birth_date=BORN, crt_number="CRT 1234-5")
    await know(mail, email_key="jan@example.org")
    await know(day, birth_date=BORN)
    await know(number, crt_number="CRT-12345", search_text="eva smit crt12345")
    await know(born_else, birth_date=date(1991, 1, 1))
    page = await vera.get(f"/beheer/kandidaten/{jan}/samenvoegen?trefwoorden=bos")
    words = said(page)
    for reason in ("Hetzelfde e-mailadres", "Dezelfde geboortedatum, bijna dezelfde naam", "Hetzelfde CRT-nummer"):
        assert reason in words
    offered = {each for each in (mail, name, day, number, born_else, other) if f"samenvoegen/{each}" in page.text}
    assert offered == {mail, name, day, number, other}
    assert "1 resultaat" in words


@pytest.mark.parametrize("query", ["trefwoorden=%00", "pagina=x"])
async def test_a_search_that_cannot_be_read_says_so(vera: AsyncClient, abc: int, query: str) -> None:
    jan, *_ = await two(abc)
    assert (await vera.get(f"/beheer/kandidaten/{jan}/samenvoegen?{query}")).status_code == 400


async def test_two_at_once_merge_once(vera: AsyncClient, abc: int) -> None:
    jan, johan, first, second = await two(abc)
    urls = [f"/beheer/kandidaten/{jan}/samenvoegen/{johan}", f"/beheer/kandidaten/{johan}/samenvoegen/{jan}"] * 3
    answers = await asyncio.gather(*(send(vera, url) for url in urls))
    assert sorted(each.status_code for each in answers) == [303] + [404] * 5
    [event] = await recorded("merge")
    assert {(await row_of(each))["candidate"] for each in (first, second)} == {event["object_id"]}


async def test_who_enrols_meanwhile_is_not_lost(vera: AsyncClient, abc: int) -> None:
    """Whichever comes first: an enrolment moves along, or is of somebody who is there."""
    from app.enrolment.enrolling import Enrolling, Person
    from app.enrolment.enrolling import enrol as enrol_somebody
    from app.tables import LinkSource, Route

    routes = {row["slug"]: row["id"] for row in await Route.select(Route.id, Route.slug)}

    async def enrols(email: str) -> int:
        person = Person("neutral", "Johan", "de", "Vries", email)
        asked = Enrolling(person, routes["zonnestroom"], None, None, LinkSource.WEBSITE, None, None)
        async with transaction():
            return (await enrol_somebody(None, asked)).id

    for _ in range(6):
        jan, johan, *_ = await two(abc)
        async with transaction(as_owner=True):
            await advance_sequences()
        url = f"/beheer/kandidaten/{jan}/samenvoegen/{johan}"
        email = (await person_of(johan))["email"]
        merged, added = await asyncio.gather(send(vera, url), enrols(email))
        assert merged.status_code == 303
        row = await row_of(added)
        assert (await person_of(row["candidate"]))["sort_key"] == row["sort_key"]
        assert not await Enrolment.exists().where(Enrolment.candidate == johan)


async def test_whoever_holds_the_removed_record_is_waited_for(vera: AsyncClient, abc: int) -> None:
    """An enrolment that is being written as the merge begins moves along."""
    jan, johan, _, _ = await two(abc)
    async with transaction(as_owner=True):
        await advance_sequences()
    outside = copy_context()
    async with transaction():
        [added] = await enrol_inside(johan)
        merge = send(vera, f"/beheer/kandidaten/{jan}/samenvoegen/{johan}")
        merging = asyncio.create_task(merge, context=outside)
        await asyncio.sleep(0.3)
        assert not merging.done()
    assert (await merging).status_code == 303
    assert (await row_of(added))["candidate"] == jan


async def enrol_inside(candidate: int) -> list[int]:
    """In the transaction of who calls."""
    from app.clock import now
    from app.tables import Route

    route = await Route.select(Route.id).where(Route.slug == "zonnestroom").first()
    assert route
    row = Enrolment(
        candidate=candidate,
        route=route["id"],
        number="WACHTTT2",
        enrolled_at=now(),
        given_name="Johan",
        name_particle="de",
        family_name="Vries",
        sort_key="vries\tjohan\tde",
        search_text="johan de vries",
        progress="poo--o",
        progress_notes="|||||",
        changed_at=now(),
    )
    return [each["id"] for each in await Enrolment.insert(row).returning(Enrolment.id)]
