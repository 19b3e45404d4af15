"""An administrator makes a key, sees it once, and revokes it."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response
from lxml import html

from app.clock import local, months_after, now, today
from app.sessions import hash_token
from app.tables import ApiKey, ApiScope, AuditEvent
from tests.api.world import make_key, system
from tests.candidates.handmade import administrator
from tests.clients import post, submit
from tests.sessions import client_of

KEYS, NEW = "/beheer/api-sleutels", "/beheer/api-sleutels/nieuw"
ASKED = {"naam": "HR van ABC", "bron": "hr-abc", "organisatie": "ABC", "enrolments:read": "1"}


@pytest.fixture
async def ada(abc: int, application: Any) -> AsyncClient:
    await administrator("ada")
    return await client_of(application, "ada")


def secret_in(answer: Response) -> str:
    assert answer.status_code == 200, answer.text
    [found] = html.fromstring(answer.text).xpath("//code[@class='secret']/text()")
    return str(found)


async def only_key() -> dict[str, Any]:
    [row] = await ApiKey.select()
    return row


async def test_a_key_is_shown_once_and_only_its_hash_is_kept(ada: AsyncClient, abc: int, application: Any) -> None:
    secret = secret_in(await submit(ada, NEW, **ASKED))
    row = await only_key()
    assert (row["key_hash"], row["prefix"]) == (hash_token(secret), secret[:12])
    assert (row["name"], row["source"], row["scopes"]) == ("HR van ABC", "hr-abc", "enrolments:read")
    assert (row["organisation"], local(row["expires_at"]).date()) == (abc, months_after(today(), 12))
    assert secret not in str(row)
    listed = (await ada.get(KEYS)).text
    assert secret not in listed
    for words in ("HR van ABC", "hr-abc", secret[:12], "Nog nooit", "Werkt", "Deelnames van de organisatie lezen"):
        assert words in listed
    assert (await system(application, secret).get("/api/v1/enrolments")).status_code == 200
    assert "Nog nooit" not in (await ada.get(KEYS)).text
    [event] = await AuditEvent.select().where(AuditEvent.action == "make_api_key")
    assert (event["object_id"], event["organisation"]) == (row["id"], abc)
    assert "API-sleutel gemaakt" in (await ada.get("/beheer/logboek")).text


async def test_a_form_that_is_sent_twice_makes_one_key_and_shows_it_once(ada: AsyncClient) -> None:
    form = html.fromstring((await ada.get(NEW)).text).xpath("//main//form[@method='post']")[0]
    fields = dict(form.form_values()) | ASKED
    secret = secret_in(await post(ada, NEW, fields))
    again = await post(ada, NEW, fields)
    assert (again.status_code, again.headers["location"]) == (303, f"{KEYS}?gedaan=gemaakt")
    assert secret not in again.text
    assert await ApiKey.count() == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"naam": ""}, "Vul in waarvoor"),
        ({"naam": "x" * 81}, "te lang"),
        ({"bron": ""}, "Vul in hoe het systeem heet"),
        ({"bron": "HR systeem"}, "kleine letters"),
        ({"bron": "handmatig"}, "gebruikt het portaal zelf"),
        ({"bron": "bestand"}, "gebruikt het portaal zelf"),
        ({"enrolments:read": ""}, "ten minste één recht"),
        ({"organisatie": ""}, "van één organisatie"),
        ({"organisatie": "ZZZ"}, "uit de lijst"),
        ({"geldig": "ooit"}, "Vul een datum in"),
        ({"geldig": "2020-01-01"}, "vanaf vandaag"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    ada: AsyncClient, changed: dict[str, str], said: str
) -> None:
    answer = await submit(ada, NEW, **ASKED | changed)
    assert answer.status_code == 422
    page = html.fromstring(answer.text)
    assert said in page.xpath("//*[@id='fouten']")[0].text_content()
    shown = dict(page.xpath("//main//form[@method='post']")[0].form_values())
    kept = {name: typed for name, typed in (ASKED | changed).items() if typed and typed != "ZZZ"}
    assert kept.items() <= shown.items()
    assert await ApiKey.count() == 0


async def test_a_key_that_only_reports_may_be_of_nobody(ada: AsyncClient, application: Any) -> None:
    asked = {"naam": "Toetsen", "bron": "toets", "results:write": "1"}
    secret = secret_in(await submit(ada, NEW, **asked))
    assert (await only_key())["organisation"] is None
    assert (await system(application, secret).post("/api/v1/results", json={})).status_code == 200


async def test_a_revoked_key_opens_nothing_from_the_next_call_on(ada: AsyncClient, application: Any) -> None:
    client = system(application, await make_key(ApiScope.RESULTS_WRITE))
    assert (await client.post("/api/v1/results", json={})).status_code == 200
    address = f"{KEYS}/{(await only_key())['id']}/intrekken"
    assert "Wilt u de sleutel toets intrekken?" in (await ada.get(address)).text
    answer = await submit(ada, address)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{KEYS}?gedaan=ingetrokken")
    assert (await client.post("/api/v1/results", json={})).status_code == 401
    listed = (await ada.get(answer.headers["location"])).text
    assert "De sleutel is ingetrokken." in listed
    assert "/intrekken" not in listed
    for gone in (address, f"{KEYS}/99/intrekken", f"{KEYS}/x/intrekken"):
        assert (await ada.get(gone)).status_code == 404
    assert await AuditEvent.count().where(AuditEvent.action == "revoke_api_key") == 1


async def test_a_key_past_its_day_is_listed_as_such(ada: AsyncClient) -> None:
    assert "Er zijn nog geen API-sleutels" in (await ada.get(KEYS)).text
    await make_key(ApiScope.RESULTS_WRITE, expires_at=now() - timedelta(days=1))
    assert "Verlopen" in (await ada.get(KEYS)).text


async def test_they_are_searched_and_counted_by_status_and_paged(ada: AsyncClient) -> None:
    for place in range(30):
        await make_key(ApiScope.RESULTS_WRITE, source=f"toets-{place}")
    await make_key(ApiScope.RESULTS_WRITE, source="hr_oud", expires_at=now() - timedelta(days=1))
    await ApiKey.update({ApiKey.revoked_at: now()}).where(ApiKey.source.is_in(["toets-0", "toets-1"]))
    for query, wanted in {
        "": "31 resultaten - Toon 1 - 25",
        "pagina=99": "31 resultaten - Toon 26 - 31",
        "status=werkt&per_pagina=50": "28 resultaten - Toon 1 - 28",
        "status=verlopen": "1 resultaat - Toon 1 - 1",
        "status=ingetrokken": "2 resultaten - Toon 1 - 2",
        "trefwoorden=TOETS-2": "11 resultaten - Toon 1 - 11",
        "trefwoorden=hr_&status=verlopen": "1 resultaat - Toon 1 - 1",
        "trefwoorden=hr%25": "0 resultaten",
    }.items():
        page = html.fromstring((await ada.get(f"{KEYS}?{query}")).text)
        assert page.xpath("string(//*[@id='aantal'])").strip() == wanted, query
    page = html.fromstring((await ada.get(KEYS)).text)
    tiles = [" ".join(each.text_content().split()) for each in page.xpath("//*[@class='tiles']//a")]
    assert tiles == ["31 Alle", "28 Werkt", "1 Verlopen", "2 Ingetrokken"]
    assert (await ada.get(f"{KEYS}?status=ooit")).status_code == 400


async def test_only_administrators_come_here(abc: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    for address in (KEYS, NEW, f"{KEYS}/1/intrekken"):
        assert (await kim.get(address)).status_code == 403
