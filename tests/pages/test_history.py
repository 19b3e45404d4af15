"""Back and forward: the right page, with the right values in its form."""

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.browser import PageAs
from tests.pages.lists import names, query, tab


@dataclass(frozen=True)
class Seen:
    """What a page of the list shows, to compare with what it shows later."""

    query: dict[str, str]
    count: str
    names: tuple[str, ...]
    keywords: str
    outcome: str


def seen(page: Page) -> Seen:
    return Seen(
        query=query(page),
        count=page.locator("#aantal").inner_text(),
        names=tuple(names(page)),
        keywords=page.locator("#veld-trefwoorden").input_value(),
        outcome=page.locator("#veld-uitslag").input_value(),
    )


def expect_seen(page: Page, what: Seen) -> None:
    expect(page.locator("#aantal")).to_have_text(what.count)
    expect(page.locator("#veld-trefwoorden")).to_have_value(what.keywords)
    assert seen(page) == what


def walk(page: Page) -> list[Seen]:
    """Filter, tab, second page: what each showed."""
    page.goto("/overzicht")
    page.get_by_label("Trefwoorden").fill("e")
    expect(page).to_have_url(re.compile("trefwoorden=e"))
    expect(page.locator("#resultaten .chip")).to_have_count(1)
    stations = [seen(page)]
    tab(page, "CO").click()
    expect(page.locator("#resultaten .by-step")).to_be_visible()
    stations.append(seen(page))
    page.get_by_role("link", name="Volgende").click()
    expect(page.locator("#aantal")).to_contain_text("Toon 26")
    return [*stations, seen(page)]


def test_back_and_forward_through_filter_tab_page_and_details(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    filtered, on_tab, second = walk(page)
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Overzicht")
    for station in (second, on_tab, filtered):
        page.go_back()
        expect_seen(page, station)
    for station in (on_tab, second):
        page.go_forward()
        expect_seen(page, station)
    page.go_forward()
    expect(page).to_have_url(re.compile(r"/deelnames/\d+\?"))


def test_the_link_on_the_details_leads_back_to_the_same_selection(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    *_, second = walk(page)
    page.locator("tbody th a").first.click()
    page.get_by_role("link", name="Terug naar het overzicht").click()
    expect_seen(page, second)


def test_the_neighbours_on_the_details_follow_the_selection(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co&sorteer=-aangemeld")
    second, third = page.locator("tbody tr").nth(1), page.locator("tbody tr").nth(2)
    numbers = [second.get_attribute("data-id"), third.get_attribute("data-id")]
    second.locator("th a").click()
    page.get_by_role("link", name="Volgende kandidaat").click()
    expect(page).to_have_url(re.compile(rf"/deelnames/{numbers[1]}\?"))
    page.get_by_role("link", name="Vorige kandidaat").click()
    expect(page).to_have_url(re.compile(rf"/deelnames/{numbers[0]}\?"))
    page.get_by_role("link", name="Terug naar het overzicht").click()
    assert query(page) == {"route": "co", "sorteer": "-aangemeld"}


def test_a_reload_shows_what_the_address_says(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    *_, second = walk(page)
    page.reload()
    expect_seen(page, second)


def test_the_title_follows_the_page_of_the_list(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht")
    expect(page).to_have_title(re.compile(r"^Overzicht \(pagina 1 van \d\) - Evenementenportaal$"))
    page.get_by_role("link", name="Volgende").click()
    expect(page).to_have_title(re.compile(r"^Overzicht \(pagina 2 van \d\) - Evenementenportaal$"))
