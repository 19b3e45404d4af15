"""Lists: focus after an action, order, size of a page, and what stands there when nothing does."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import PageAs
from tests.pages.lists import names, query, tile, total

CLICKED = {
    "a tab": ("/overzicht", ".tabs a >> nth=1"),
    "a tile": ("/overzicht", ".tiles a >> nth=2"),
    "the legend": ("/overzicht", ".legend a >> nth=0"),
    "a chip": ("/overzicht?status=lopend&trefwoorden=a", ".chip >> nth=0"),
    "a number in a head": ("/overzicht?route=co", "thead .counts a >> nth=0"),
    "a head of a step": ("/overzicht?route=co", "thead .step > a >> nth=1"),
    "the order": ("/overzicht", "thead .sort >> nth=1"),
    "the next page": ("/overzicht", ".pages [rel=next]"),
    "the size of a page": ("/overzicht", ".choices a[aria-label='50 per pagina']"),
    "a tile of paycodes": ("/betaalcodes", ".tiles a >> nth=1"),
    "a batch": ("/betaalcodes", "tbody a[href*='trefwoorden'] >> nth=0"),
    "the next page of paycodes": ("/betaalcodes", ".pages [rel=next]"),
}


@pytest.mark.parametrize("clicked", CLICKED)
def test_focus_goes_to_the_count_after(page_as: PageAs, clicked: str) -> None:
    address, link = CLICKED[clicked]
    page = page_as("anna.smit")
    page.goto(address)
    with page.expect_response(lambda response: response.request.resource_type == "fetch"):
        page.locator(link).click()
    expect(page.locator("#aantal")).to_be_focused()
    expect(page.locator("#resultaten")).not_to_have_attribute("aria-busy", "true")


def test_the_order_turns_around_and_is_told(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?trefwoorden=e&status=lopend&per_pagina=100")
    forwards, head = names(page), page.locator("thead th").first
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "descending")
    assert query(page)["sorteer"] == "-naam"
    assert names(page) == forwards[::-1]
    assert len(set(forwards)) > 1
    head.get_by_role("link").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    assert names(page) == forwards


def test_a_larger_page_shows_more_rows_and_keeps_the_filter(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?trefwoorden=e")
    assert len(names(page)) == 25
    page.locator(".choices a", has_text="50").click()
    expect(page.locator("tbody tr")).to_have_count(min(50, total(page)))
    assert query(page) == {"trefwoorden": "e", "per_pagina": "50"}
    expect(page.locator(".choices a[aria-current]")).to_have_text("50")


def test_nothing_found_says_which_filter_to_drop(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?status=lopend")
    page.get_by_label("Trefwoorden").fill("zzzz")
    expect(page.locator("#aantal")).to_have_text("0 resultaten")
    expect(page.locator("#status")).to_have_text("0 resultaten")
    expect(page.get_by_role("heading", name="Geen kandidaten gevonden")).to_be_visible()
    suggestion = page.locator(".empty .chip")
    expect(suggestion).to_contain_text("zzzz")
    number = re.search(r"\((\d+)\)", suggestion.inner_text())
    suggestion.click()
    expect(page.locator("#aantal")).not_to_have_text("0 resultaten")
    assert number
    assert total(page) == int(number[1])


def test_an_organisation_without_candidates_reads_how_linking_works(page_as: PageAs) -> None:
    page = page_as("eva.bakker")
    page.goto("/overzicht")
    expect(page.locator("#aantal")).to_have_text("0 resultaten")
    empty = page.locator(".empty")
    expect(empty.get_by_role("heading")).to_have_text("Er zijn nog geen kandidaten aan uw organisatie gekoppeld")
    expect(empty).to_contain_text("BRG")
    page.goto("/betaalcodes")
    expect(page.locator(".empty").get_by_role("heading")).to_have_text("Er zijn nog geen betaalcodes")


def test_the_five_paycodes_of_the_manual(page_as: PageAs) -> None:
    page = page_as("vera.meijer")
    page.goto("/betaalcodes")
    expect(page.locator("#aantal")).to_have_text("5 resultaten - Toon 1 - 5")
    expect(page.locator("tbody tr")).to_have_count(5)
    tile(page, "Gebruikt").click()
    expect(page.locator(".tiles a[aria-current]")).to_contain_text("Gebruikt")
    assert {row.get_attribute("data-status") for row in page.locator("tbody tr").all()} <= {"gebruikt"}


def test_a_paycode_is_copied_with_one_click(page_as: PageAs) -> None:
    page = page_as("vera.meijer", permissions=["clipboard-read", "clipboard-write"])
    page.goto("/betaalcodes")
    code = page.locator("tbody tr .code").first
    code.get_by_role("button").click()
    expect(page.locator("#status")).to_have_text("Gekopieerd")
    assert page.evaluate("navigator.clipboard.readText()") == code.inner_text().strip()
    expect(code.get_by_role("button")).to_be_focused()
