"""Overzicht: each filter alone and together, against the world read by hand."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.candidates.by_hand import ByHand, read_world
from tests.candidates.screen import Screen, read
from tests.clients import visitor
from tests.sessions import client_of

SELECTIONS: list[dict[str, str]] = [
    {},
    {"route": "co"},
    {"route": "warmtepomp"},
    {"route": "zonnestroom"},
    {"status": "niet-gestart"},
    {"status": "lopend"},
    {"status": "herkansing"},
    {"status": "afgerond"},
    {"status": "verloopt"},
    {"status": "verlopen"},
    {"profiel": "co"},
    {"profiel": "co/monteur-service-onderhoud"},
    {"profiel": "warmtepomp", "route": "co"},
    {"stap": "theorietoets"},
    {"stap": "praktijktoets"},
    {"stap": "theorie-examen"},
    {"stap": "bewijs", "uitslag": "geslaagd"},
    {"stap": "bewijs", "uitslag": "verlopen"},
    {"stap": "theorietoets", "uitslag": "gezakt", "route": "co"},
    {"stap": "betaling", "uitslag": "open"},
    {"uitslag": "gezakt"},
    {"uitslag": "ingepland", "route": "co"},
    {"uitslag": "verlopen"},
    {"vanaf": "2026-01-01"},
    {"tot": "2025-12-31"},
    {"vanaf": "2025-06-01", "tot": "2026-06-01", "status": "lopend"},
    {"trefwoorden": "jansen"},
    {"trefwoorden": "jansen", "status": "afgerond", "route": "co", "stap": "bewijs", "uitslag": "geslaagd"},
    {"sorteer": "-naam"},
    {"sorteer": "aangemeld", "route": "co"},
    {"sorteer": "-gewijzigd", "status": "lopend"},
]


def check(seen: Screen, world: ByHand, query: dict[str, str]) -> None:
    """That what is shown is what should be: a first page of 100."""
    found = world.found(query)
    assert seen.ids == [each.id for each in found[:100]]
    assert seen.total == len(found)
    tabs = world.tabs(query)
    assert seen.tabs == {label: tabs[label] for label in seen.tabs}
    assert not set(tabs) - set(seen.tabs)
    assert seen.tiles == world.tiles(query)
    if query.get("route") and found:
        assert {step: count for step, count in seen.heads.items() if count} == {
            step: count for step, count in world.heads(query).items() if count
        }


@pytest.mark.parametrize("query", SELECTIONS, ids=urlencode)
async def test_rows_order_and_every_number_are_right(
    demo_readonly: None, application: Any, query: dict[str, str]
) -> None:
    anna = await client_of(application, "anna.smit")
    seen = read(await anna.get("/overzicht", params={**query, "per_pagina": "100"}))
    check(seen, await read_world(["NWT"]), query)


@pytest.mark.parametrize("query", [{}, {"organisatie": "ZPI"}, {"organisatie": "NWT", "route": "co"}], ids=urlencode)
async def test_who_manages_two_organisations_sees_both_and_chooses(
    demo_readonly: None, application: Any, query: dict[str, str]
) -> None:
    bram = await client_of(application, "bram.devries")
    seen = read(await bram.get("/overzicht", params={**query, "per_pagina": "100"}))
    check(seen, await read_world(["NWT", "ZPI"]), query)


async def test_an_administrator_sees_all_of_them(demo_readonly: None, application: Any) -> None:
    administrator = await client_of(application, "beheerder")
    seen = read(await administrator.get("/overzicht?per_pagina=100"))
    check(seen, await read_world(), {})


async def test_another_organisation_sees_only_its_own(demo_readonly: None, application: Any) -> None:
    carla = await client_of(application, "carla.jansen")
    seen = read(await carla.get("/overzicht?per_pagina=100"))
    check(seen, await read_world(["ZPI"]), {})


async def test_without_candidates_the_page_says_how_linking_works(demo_readonly: None, application: Any) -> None:
    eva = await client_of(application, "eva.bakker")
    answer = await eva.get("/overzicht")
    assert read(answer).count_line == "0 resultaten"
    assert "nog geen kandidaten aan uw organisatie gekoppeld" in answer.text
    assert "BRG" in answer.text


async def test_who_manages_no_organisation_sees_nobody(demo_readonly: None, application: Any) -> None:
    niels = await client_of(application, "niels.los")
    answer = await niels.get("/overzicht?trefwoorden=jansen")
    seen = read(answer)
    assert (seen.ids, seen.total, seen.tabs) == ([], 0, {"Alle routes": 0})
    assert "nog niet aan een organisatie gekoppeld" in answer.text


async def test_an_enrolment_manager_may_not_look(demo_readonly: None, application: Any) -> None:
    dirk = await client_of(application, "dirk.visser")
    assert (await dirk.get("/overzicht")).status_code == 403


async def test_a_visitor_is_sent_to_sign_in_and_back(demo_readonly: None, application: Any) -> None:
    answer = await visitor(application).get("/overzicht?route=co")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/inloggen?volgende=%2Foverzicht%3Froute%3Dco"


async def test_a_visitor_inside_a_fragment_takes_the_whole_page_to_sign_in(
    demo_readonly: None, application: Any
) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://testserver.local/overzicht?status=lopend"}
    answer = await visitor(application).get("/overzicht?route=co", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/inloggen?volgende=%2Foverzicht%3Fstatus%3Dlopend"


async def test_a_fragment_carries_the_same_rows_and_numbers(demo_readonly: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    whole = await anna.get("/overzicht?route=co&status=lopend")
    fragment = await anna.get("/overzicht?route=co&status=lopend", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    assert read(fragment) == read(whole)
    assert '<hx-partial hx-target="#stand"' in fragment.text


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
async def test_a_page_that_htmx_restores_or_boosts_is_whole(demo_readonly: None, application: Any, header: str) -> None:
    anna = await client_of(application, "anna.smit")
    answer = await anna.get("/overzicht", headers={"HX-Request": "true", header: "true"})
    assert answer.text.startswith("<!doctype html>")


async def test_chips_say_what_is_on_and_take_it_off(demo_readonly: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    answer = await anna.get("/overzicht?trefwoorden=jansen&status=lopend&vanaf=01-02-2024")
    chips = read(answer).chips
    assert [chip.removeprefix("Verwijder filter ") for chip in chips] == [
        "Trefwoorden: jansen",
        "Status: Lopend",
        "Aangemeld vanaf 01-02-2024",
    ]
    assert 'href="/overzicht?status=lopend&amp;vanaf=2024-02-01"' in answer.text


async def test_nothing_found_says_which_filter_to_drop(demo_readonly: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    world = await read_world(["NWT"])
    answer = await anna.get("/overzicht?trefwoorden=bestaatniet&status=lopend")
    assert "Geen kandidaten gevonden" in answer.text
    assert f"({len(world.found({'status': 'lopend'}))})" in answer.text
    assert 'href="/overzicht?status=lopend"' in answer.text
