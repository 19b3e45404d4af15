"""Logboek: a sentence for everything that happened, found by who, where, what and when."""

import json
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.clock import AMSTERDAM
from app.database import recorded_statements
from app.log import overview, queries
from app.tables import AuditEvent, User
from tests.clients import sign_in, visitor
from tests.log.events import START, enrolment, happened, organisation, user
from tests.paycodes.page import FRAGMENT, Shown, show
from tests.sessions import client_of

LIST = "/beheer/logboek"


@pytest.fixture
async def administrator(application: Any, demo: None) -> Any:
    """Five days on which something happened."""
    anna, carla, nwt, zpi = (
        await user("anna.smit"),
        await user("carla.jansen"),
        *[await organisation(code) for code in ("NWT", "ZPI")],
    )
    theirs, other = await enrolment("NWT"), await enrolment("ZPI")
    await happened(
        {"action": "sign_in", "object_type": "user", "object_id": anna, "outcome": "refused"},
        {"action": "sign_in", "object_type": "user", "object_id": anna, "actor": anna},
        {"object_type": "enrolment", "object_id": theirs["id"], "actor": anna, "organisation": nwt},
        {"action": "unlink", "object_type": "enrolment", "object_id": other["id"], "actor": carla, "organisation": zpi},
        {
            "action": "download",
            "object_type": "download",
            "actor": anna,
            "organisation": nwt,
            "details": {"list": "kandidaten", "filters": "keywords since", "rows": 12},
        },
        {"action": "record_result", "object_type": "enrolment", "object_id": theirs["id"], "origin": "portaal"},
    )
    async with await client_of(application, "beheerder") as client:
        yield client


def sentences(page: Shown) -> list[str]:
    return page.texts("//tbody//th")


async def test_what_happened_last_comes_first_in_a_sentence_each(administrator: AsyncClient) -> None:
    theirs, other = await enrolment("NWT"), await enrolment("ZPI")
    page = await show(administrator, LIST)
    assert page.count_line == "6 resultaten - Toon 1 - 6"
    names = [f"{each['given_name']} " for each in (theirs, other)]
    told = sentences(page)
    assert told[0].startswith(f"Het portaal legde een uitslag vast van {names[0]}")
    assert (
        told[1] == "Anna Smit (anna.smit) downloadde een bestand."
        " lijst: kandidaten, filters: trefwoorden, vanaf, 12 rijen"
    )
    assert told[2].startswith(f"Carla Jansen (carla.jansen) ontkoppelde {names[1]}")
    assert f"({theirs['number'][:4]}-{theirs['number'][4:]})" in told[3]
    assert told[4] == "Anna Smit (anna.smit) logde in."
    assert told[5] == "Een bezoeker probeerde in te loggen als Anna Smit (anna.smit). Geweigerd"
    assert page.rows[3][0] == (START + timedelta(days=2)).astimezone(AMSTERDAM).strftime("%d-%m-%Y %H:%M")
    assert page.rows[3][2:] == ["Noorderwind Warmtetechniek (demo) (NWT)", "192.0.2.0/24"]
    assert page.root.xpath(f"//tbody//a[@href='/deelnames/{theirs['id']}']")


async def test_names_are_those_of_now(administrator: AsyncClient) -> None:
    await User.update({User.family_name: "<b>Smits"}).where(User.username == "anna.smit")
    assert "Anna <b>Smits (anna.smit) logde in." in sentences(await show(administrator, LIST))
    await happened({"object_type": "enrolment", "object_id": 999_999, "actor": 999_999})
    gone = "die er niet meer is (nummer 999999)"
    told = sentences(await show(administrator, LIST, sorteer="moment"))[1]
    assert told == f"een account {gone} bekeek de gegevens van een deelname {gone}."


FOUND: tuple[tuple[dict[str, str], list[int]], ...] = (
    ({"persoon": "Anna.Smit"}, [4, 2, 1, 0]),
    ({"persoon": "niemand"}, []),
    ({"organisatie": "ZPI"}, [3]),
    ({"soort": "unlink"}, [3]),
    ({"soort": "inzage", "tot": "2026-03-31"}, [4, 2]),
    ({"soort": "account", "persoon": "anna.smit"}, [1, 0]),
    ({"soort": "inzage", "persoon": "anna.smit", "organisatie": "NWT"}, [4, 2]),
    ({"vanaf": "2026-03-02", "tot": "03-03-2026"}, [2, 1]),
    ({"vanaf": "2026-03-02", "soort": "view"}, [2]),
    ({"sorteer": "moment", "tot": "2026-03-31"}, [0, 1, 2, 3, 4, 5]),
)


async def test_a_filter_narrows(administrator: AsyncClient) -> None:
    first = min(row["id"] for row in await AuditEvent.select(AuditEvent.id).where(AuditEvent.at >= START))
    for query, found in FOUND:
        page = await show(administrator, LIST, **query)
        assert page.answer.status_code == 200
        assert page.root.xpath("//tbody/tr/@data-id") == [str(first + place) for place in found], query


async def test_a_candidate_is_found_by_the_number_of_an_enrolment(administrator: AsyncClient) -> None:
    number = (await enrolment("NWT"))["number"]
    for spelt in (number, f" {number[:4]} - {number[4:]} ", number.lower()):
        told = sentences(await show(administrator, LIST, persoon=spelt))
        assert [each.split(" ")[2] for each in told] == ["legde", "(anna.smit)"]
        assert len(sentences(await show(administrator, LIST, persoon=spelt, soort="view"))) == 1


async def test_what_was_done_to_a_record_before_it_was_merged_is_found_too(administrator: AsyncClient) -> None:
    theirs = await enrolment("NWT")
    kept = theirs["candidate"]
    await happened(
        {"action": "change_candidate", "object_type": "candidate", "object_id": 900_002},
        {"action": "merge", "object_type": "candidate", "object_id": 900_001, "details": {"removed": 900_002}},
        {"action": "merge", "object_type": "candidate", "object_id": kept, "details": {"removed": 900_001}},
        {"action": "change_candidate", "object_type": "candidate", "object_id": 900_003},
    )
    page = await show(administrator, LIST, persoon=theirs["number"])
    assert page.count_line.startswith("5 resultaten")


async def test_looking_is_on_record_with_which_filters_and_not_with_what(administrator: AsyncClient) -> None:
    await show(administrator, LIST, persoon="anna.smit", vanaf="2026-03-02")
    [event] = await AuditEvent.select().where(AuditEvent.action == "view_log")
    assert event["actor"] == await user("beheerder")
    assert json.loads(event["details"]) == {"filters": "person since"}
    told = sentences(await show(administrator, LIST, soort="view_log"))
    assert [each.partition(" (beheerder) ")[2] for each in told] == ["bekeek het logboek. filters: persoon, vanaf"]


async def test_what_cannot_be_read_shows_nothing(administrator: AsyncClient) -> None:
    unreadable = ("soort=alles", "vanaf=ooit", "organisatie=XXX", "persoon=%00", "vanaf=2026-02-02&tot=2026-01-01")
    for query in unreadable:
        page = await show(administrator, f"{LIST}?{query}")
        assert page.answer.status_code == 400, query
        assert page.rows == []
        assert page.problems


async def test_htmx_gets_the_regions_that_changed(administrator: AsyncClient) -> None:
    answer = await administrator.get(f"{LIST}?soort=view", headers=FRAGMENT)
    assert "<html" not in answer.text
    assert 'id="resultaten"' in answer.text


async def test_it_counts_and_pages_so_far_and_no_further(
    administrator: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await AuditEvent.insert(
        *(AuditEvent(at=START, action="sign_out", object_type="user", origin="onbekend") for _ in range(200))
    )
    for module in (queries, overview):
        monkeypatch.setattr(module, "MOST", 100)
    last = await show(administrator, LIST, soort="sign_out", pagina=99)
    assert last.count_line == "Meer dan 10.000 resultaten - Toon 76 - 100"
    assert "Kies een kortere periode" in last.answer.text
    other = await show(administrator, LIST, soort="unlink")
    assert other.count_line == "1 resultaat - Toon 1 - 1"


async def test_the_number_of_statements_does_not_grow(administrator: AsyncClient) -> None:
    async def selects(**query: Any) -> int:
        with recorded_statements() as statements:
            await show(administrator, LIST, **query)
        return sum(each.lstrip().startswith("SELECT") for each in statements)

    few = await selects()
    theirs = await enrolment("NWT")
    await AuditEvent.insert(
        *(
            AuditEvent(
                at=START, action="view", object_type="enrolment", object_id=theirs["id"] + place, origin="onbekend"
            )
            for place in range(100)
        )
    )
    assert await selects(per_pagina=100) == few <= 8


@pytest.mark.parametrize("username", ["anna.smit", "dirk.visser"])
async def test_others_have_no_access(client: AsyncClient, demo_readonly: None, username: str) -> None:
    await sign_in(client, username)
    assert [(await client.get(path)).status_code for path in (LIST, f"{LIST}.xlsx")] == [403, 403]


async def test_a_visitor_is_sent_to_sign_in(application: Any, demo_readonly: None) -> None:
    async with visitor(application) as nobody:
        answer = await nobody.get(LIST)
    assert answer.headers["location"] == "/inloggen?volgende=%2Fbeheer%2Flogboek"
