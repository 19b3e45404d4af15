"""Filtering: after a pause, in place, and the last action wins."""

import re

from playwright.sync_api import Page, Request, Route, expect

from tests.browser import PageAs
from tests.pages.lists import expect_count, names, number_on, query, tab, tile, total

COUNT = re.compile(r"^\d+ resultaten - Toon 1 - \d+$")


def asked(page: Page) -> list[str]:
    """The addresses that htmx asks for from now on."""
    addresses: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "fetch":
            addresses.append(request.url)

    page.on("request", note)
    return addresses


def test_typing_filters_after_a_pause_and_keeps_the_focus(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.clock.install()
    page.goto("/overzicht")
    everybody, addresses = total(page), asked(page)
    keywords = page.get_by_label("Trefwoorden")
    keywords.press_sequentially("jansen")
    assert addresses == []
    page.clock.run_for(400)
    expect(page.locator("#resultaten .chip")).to_have_text("Verwijder filter Trefwoorden: jansen")
    expect(keywords).to_be_focused()
    expect(keywords).to_have_value("jansen")
    assert len(addresses) == 1
    assert 0 < total(page) < everybody
    assert all("Jans" in name for name in names(page))


def test_the_count_is_announced_after_a_filter(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht")
    status = page.locator("#status")
    expect(status).to_be_empty()
    page.get_by_label("Trefwoorden").fill("vries")
    expect(status).to_have_text(COUNT)
    assert status.inner_text() == page.locator("#aantal").inner_text()
    assert status.get_attribute("role") == "status"


def test_a_filtered_address_can_be_shared(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht")
    page.get_by_label("Trefwoorden").fill("vries")
    expect(page).to_have_url(re.compile(r"/overzicht\?trefwoorden=vries$"))
    seen = names(page)
    other = page_as("anna.smit")
    other.goto(page.url)
    assert names(other) == seen
    expect(other.get_by_label("Trefwoorden")).to_have_value("vries")


def test_the_last_action_wins_when_a_tab_follows_typing_at_once(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.clock.install()
    page.goto("/overzicht")
    page.get_by_label("Trefwoorden").press_sequentially("jan")
    tab(page, "CO").click()
    expect(tab(page, "CO")).to_have_attribute("aria-current", "page")
    addresses = asked(page)
    page.clock.run_for(2000)
    expect(page.locator("#aantal")).to_be_focused()
    assert addresses == []
    assert query(page) == {"route": "co", "trefwoorden": "jan"}
    expect_count(page, number_on(tab(page, "CO")))
    expect(page.get_by_label("Trefwoorden")).to_have_value("jan")


def test_a_slow_answer_to_an_earlier_action_is_dropped(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht")
    held: list[Route] = []
    page.route("**/overzicht?*status=lopend*", lambda route: held.append(route))
    with page.expect_request("**/overzicht?*status=lopend*"):
        tile(page, "Lopend").click()
    tile(page, "Afgerond").click()
    expect(tile(page, "Afgerond")).to_have_attribute("aria-current", "true")
    for route in held:
        route.continue_()
    page.evaluate("fetch('/betaalcodes?per_pagina=100').then((answer) => answer.text())")  # arrives after the other
    expect(page.locator("#resultaten .chip")).to_have_text("Verwijder filter Status: Afgerond")
    assert query(page) == {"status": "afgerond"}
    expect(page.locator("#meldingen")).to_be_empty()


def test_a_choice_filters_at_once_and_starts_at_page_one(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?pagina=2")
    page.locator("#veld-uitslag").focus()
    page.locator("#veld-uitslag").select_option("geslaagd")
    expect(page.locator("#aantal")).to_have_text(COUNT)
    assert query(page) == {"uitslag": "geslaagd"}
    expect(page.locator("#veld-uitslag")).to_be_focused()


def test_a_chip_takes_its_filter_off_and_the_form_follows(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?trefwoorden=jan&status=lopend")
    page.locator(".chip", has_text="Trefwoorden").click()
    expect(page.locator("#resultaten .chip")).to_have_count(1)
    expect(page.get_by_label("Trefwoorden")).to_have_value("")
    assert query(page) == {"status": "lopend"}


def test_typing_keeps_sort_order_size_and_tab(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co&sorteer=-aangemeld&per_pagina=50")
    page.get_by_label("Trefwoorden").fill("a")
    expect(page).to_have_url(re.compile("trefwoorden=a"))
    assert query(page) == {"route": "co", "sorteer": "-aangemeld", "per_pagina": "50", "trefwoorden": "a"}


def test_the_download_follows_the_selection(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co")
    page.get_by_label("Trefwoorden").fill("jan")
    expect(page.locator(".download")).to_have_attribute("href", "/overzicht.xlsx?route=co&trefwoorden=jan")


def test_tabs_and_tiles_count_what_they_would_show(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?trefwoorden=jan")
    for label in ("CO", "Alle routes"):
        number = number_on(tab(page, label))
        tab(page, label).click()
        expect(tab(page, label)).to_have_attribute("aria-current", "page")
        expect_count(page, number)
    number = number_on(tile(page, "Lopend"))
    tile(page, "Lopend").click()
    expect(tile(page, "Lopend")).to_have_attribute("aria-current", "true")
    expect_count(page, number)


def test_a_number_in_the_head_of_a_step_filters_to_those(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co")
    passed = page.locator("thead .counts .geslaagd").nth(2)
    number = number_on(passed)
    passed.click()
    expect_count(page, number)
    assert query(page)["uitslag"] == "geslaagd"
    assert set(query(page)) == {"route", "stap", "uitslag"}


def test_paycodes_filter_while_typing_too(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/betaalcodes")
    everything = total(page)
    keywords = page.get_by_label("Trefwoorden")
    keywords.fill("monteurs")
    expect(page.locator("#status")).to_have_text(COUNT)
    expect(keywords).to_be_focused()
    assert 0 < total(page) < everything
    assert query(page) == {"trefwoorden": "monteurs"}
