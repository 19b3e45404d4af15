"""Pages of the Overzicht: sizes, order over the pages, and a page past the end."""

from typing import Any

import pytest

from tests.candidates.by_hand import read_world
from tests.candidates.handmade import enrol, organisation_of
from tests.candidates.screen import read
from tests.sessions import client_of


@pytest.mark.parametrize("size", [25, 50, 100])
async def test_the_pages_together_are_the_whole_list(demo_readonly: None, application: Any, size: int) -> None:
    anna = await client_of(application, "anna.smit")
    expected = [each.id for each in (await read_world(["NWT"])).found({})]
    shown: list[int] = []
    for number in range(1, -(-len(expected) // size) + 1):
        seen = read(await anna.get(f"/overzicht?per_pagina={size}&pagina={number}"))
        first = len(shown) + 1
        shown += seen.ids
        assert seen.count_line == f"{len(expected)} resultaten - Toon {first} - {len(shown)}"
    assert shown == expected


@pytest.mark.parametrize("number", ["99", "1000000", "9" * 18])
async def test_a_page_past_the_end_is_the_last(demo_readonly: None, application: Any, number: str) -> None:
    anna = await client_of(application, "anna.smit")
    total = len((await read_world(["NWT"])).enrolments)
    answer = await anna.get(f"/overzicht?pagina={number}")
    assert read(answer).count_line.endswith(f"- Toon {total - (total - 1) % 25} - {total}")
    last = -(-total // 25)
    assert f"(pagina {last} van {last})" in answer.text


async def test_one_is_counted_as_one(db: None, application: Any) -> None:
    await enrol(await organisation_of("kim", "ABC"))
    kim = await client_of(application, "kim")
    assert read(await kim.get("/overzicht")).count_line == "1 resultaat - Toon 1 - 1"


async def test_who_sorts_alike_stands_on_one_page_only(db: None, application: Any) -> None:
    ids = await enrol(await organisation_of("kim", "ABC"), [("Jan", "de", "Vries")] * 60)
    kim = await client_of(application, "kim")
    for sort in ("naam", "-naam", "aangemeld", "-gewijzigd"):
        pages = [read(await kim.get(f"/overzicht?sorteer={sort}&pagina={number}")) for number in (1, 2, 3)]
        assert sorted(each for page in pages for each in page.ids) == ids


async def test_links_keep_the_selection_and_another_filter_starts_at_page_one(
    demo_readonly: None, application: Any
) -> None:
    anna = await client_of(application, "anna.smit")
    answer = await anna.get("/overzicht?trefwoorden=a&sorteer=-aangemeld&pagina=2")
    assert 'href="/overzicht?trefwoorden=a&amp;sorteer=-aangemeld&amp;pagina=3"' in answer.text
    assert 'href="/overzicht?route=co&amp;trefwoorden=a&amp;sorteer=-aangemeld"' in answer.text
