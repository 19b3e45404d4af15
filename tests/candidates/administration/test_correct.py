"""Correcting a person: what enrolments copy follows in the same transaction."""

import asyncio
import json
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient, Response

from app.names import search_text, sort_key
from tests.candidates.administration.people import candidate_of, know, person_of, recorded, row_of, said
from tests.candidates.clicks import token_of
from tests.candidates.handmade import MADE_AT, enrol
from tests.candidates.screen import read
from tests.clients import post, submit
from tests.sessions import client_of

NEW = {
    "aanhef": "ms",
    "voornaam": "Johanna",
    "tussenvoegsel": "van 't",
    "achternaam": "Hof",
    "emailadres": "johanna@example.org",
    "geboortedatum": "22-04-1990",
    "crtnummer": "crt 12-34",
}


async def change(client: AsyncClient, candidate: int, **values: str) -> Response:
    return await submit(client, f"/beheer/kandidaten/{candidate}/bewerken", **values)


async def test_the_person_and_all_enrolments_follow(vera: AsyncClient, abc: int) -> None:
    [first] = await enrol(abc)
    person = await candidate_of(first)
    [second] = await enrol(None, route="warmtepomp", candidate=person)
    answer = await change(vera, person, **NEW)
    assert answer.headers["location"] == f"/beheer/kandidaten/{person}?gedaan=gecorrigeerd"
    row, name = await person_of(person), ("Johanna", "van 't", "Hof")
    assert (row["salutation"], row["birth_date"], row["crt_number"]) == ("ms", date(1990, 4, 22), "CRT 12-34")
    assert (row["email"], row["email_key"]) == ("johanna@example.org", "johanna@example.org")
    assert (row["sort_key"], row["search_text"]) == (sort_key(*name), search_text(*name, row["email"], "CRT 12-34"))
    for enrolment in (first, second):
        copied = await row_of(enrolment)
        assert (copied["given_name"], copied["name_particle"], copied["family_name"]) == name
        assert copied["sort_key"] == sort_key(*name)
        assert copied["search_text"] == search_text(*name, row["email"], copied["number"])
        assert copied["changed_at"] > MADE_AT


async def test_lists_find_the_new_name_and_no_longer_the_old(vera: AsyncClient, abc: int, application: Any) -> None:
    [first] = await enrol(abc)
    person = await candidate_of(first)
    await change(vera, person, **NEW)
    kim = await client_of(application, "kim")
    found = [read(await kim.get(f"/overzicht?trefwoorden={word}")).ids for word in ("hof", "vries", "johanna@")]
    assert found == [[first], [], [first]]
    for word, line in (("hof", "1 resultaat"), ("vries", "0 resultaten"), ("crt", "1 resultaat")):
        assert line in (await vera.get(f"/beheer/kandidaten?trefwoorden={word}")).text


async def test_the_record_says_which_fields_and_never_what(vera: AsyncClient, abc: int) -> None:
    person = await candidate_of((await enrol(abc))[0])
    await change(vera, person, achternaam="Bakker", crtnummer="CRT-9")
    [event] = await recorded("correct_candidate")
    assert (event["object_type"], event["object_id"]) == ("candidate", person)
    assert json.loads(event["details"]) == {"fields": "family_name crt_number"}


async def test_what_stayed_the_same_is_no_change(vera: AsyncClient, abc: int) -> None:
    [first] = await enrol(abc)
    person = await candidate_of(first)
    assert (await change(vera, person)).status_code == 303
    assert await recorded("correct_candidate") == []
    await change(vera, person, crtnummer="CRT-9")
    assert (await row_of(first))["changed_at"] == MADE_AT


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"achternaam": " "}, "Vul de achternaam in."),
        ({"emailadres": "geen adres"}, "Vul een geldig e-mailadres in"),
        ({"geboortedatum": "31-02-1990"}, "Vul een geboortedatum in als dd-mm-jjjj"),
        ({"aanhef": "x"}, "Kies een aanhef"),
        ({"voornaam": "x" * 81}, "Dit is te lang"),
    ],
)
async def test_what_is_not_right_is_said_and_kept(
    vera: AsyncClient, abc: int, values: dict[str, str], sentence: str
) -> None:
    person = await candidate_of((await enrol(abc))[0])
    before = await person_of(person)
    answer = await change(vera, person, **(NEW | values))
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert 'value="Hof"' in answer.text or values.get("achternaam")
    assert await person_of(person) == before


@pytest.mark.parametrize("by", ["name", "number"])
async def test_who_exists_already_is_offered_to_merge(vera: AsyncClient, abc: int, by: str) -> None:
    first, second = await enrol(abc, [("Jan", "de", "Vries"), ("Johan", "de", "Vries")])
    person, other = await candidate_of(first), await candidate_of(second)
    await know(other, email="jan@example.org", email_key="jan@example.org", crt_number="CRT-1")
    same = {"voornaam": "Johan", "emailadres": "JAN@example.org"} if by == "name" else {"crtnummer": "CRT-1"}
    answer = await change(vera, person, **same)
    assert answer.status_code == 422
    assert "Deze persoon bestaat al: samenvoegen?" in said(answer)
    assert f'href="/beheer/kandidaten/{person}/samenvoegen/{other}"' in answer.text
    assert (await person_of(person))["given_name"] == "Jan"
    assert await recorded("correct_candidate") == []


async def test_two_who_correct_at_once_leave_one_of_the_two_everywhere(vera: AsyncClient, abc: int) -> None:
    [first] = await enrol(abc)
    person = await candidate_of(first)
    token, url = await token_of(vera), f"/beheer/kandidaten/{person}/bewerken"
    names = [f"Naam{place}" for place in range(8)]
    fields = [NEW | {"_csrf": token, "achternaam": name} for name in names]
    answers = await asyncio.gather(*(post(vera, url, each) for each in fields))
    assert {answer.status_code for answer in answers} == {303}
    assert (await person_of(person))["family_name"] == (await row_of(first))["family_name"] in names
    assert (await person_of(person))["sort_key"] == (await row_of(first))["sort_key"]
