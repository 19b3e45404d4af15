"""Unlinking a candidate: asked first, done in place, undone from the message."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import PageAs
from tests.pages.lists import expect_count, number_on, tab, tile, total


@pytest.fixture
def site(worn_server: str) -> str:
    return worn_server


def row_of(page: Page, number: int = 2) -> Locator:
    """A row of the list, found again by its id."""
    key = page.locator("tbody tr").nth(number).get_attribute("data-id")
    return page.locator(f"tbody tr[data-id='{key}']")


def trigger(row: Locator) -> Locator:
    return row.get_by_role("link", name=re.compile("^Ontkoppel kandidaat "))


def name_in(row: Locator) -> str:
    """As the list says it: `Vries, Jan de`."""
    return (trigger(row).get_attribute("aria-label") or "").removeprefix("Ontkoppel kandidaat ")


def open_dialog(page: Page, row: Locator) -> Locator:
    trigger(row).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def numbers(page: Page) -> list[int]:
    """The count line, the tabs and the tile that count the same people."""
    return [total(page), *map(number_on, (tab(page, "CO"), tab(page, "Alle routes"), tile(page, "Alle")))]


def test_the_dialog_names_who_what_and_where(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co")
    dialog = open_dialog(page, row_of(page))
    family, given = name_in(row_of(page)).split(", ")
    expect(dialog.get_by_role("heading")).to_be_focused()
    for words in (family, given.split(" ")[0], "CO", "Noorderwind Warmtetechniek", "30 dagen"):
        expect(dialog).to_contain_text(words)
    expect(dialog.get_by_role("button")).to_have_text(["Ontkoppelen"])


@pytest.mark.parametrize("how", ["Escape", "Annuleer"])
def test_the_dialog_closes_and_focus_returns(page_as: PageAs, how: str) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht")
    row, everybody = row_of(page), total(page)
    dialog = open_dialog(page, row)
    if how == "Escape":
        page.keyboard.press("Escape")
    else:
        dialog.get_by_role("link", name="Annuleer").click()
    expect(dialog).to_be_hidden()
    expect(trigger(row)).to_be_focused()
    assert total(page) == everybody


def test_unlinking_happens_in_place_and_counts_follow(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co")
    row, address = row_of(page), page.url
    before = [
        total(page),
        number_on(tab(page, "CO")),
        number_on(tab(page, "Alle routes")),
        number_on(tile(page, "Alle")),
    ]
    open_dialog(page, row).get_by_role("button", name="Ontkoppelen").click()
    expect(row).to_have_count(0)
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#aantal")).to_be_focused()
    assert page.url == address
    after = [
        total(page),
        number_on(tab(page, "CO")),
        number_on(tab(page, "Alle routes")),
        number_on(tile(page, "Alle")),
    ]
    assert after == [number - 1 for number in before]
    expect(page.locator("#meldingen")).to_contain_text("is ontkoppeld.")


def test_the_message_undoes_it(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co")
    row, everybody, tiles = row_of(page), total(page), page.locator(".tiles").inner_text()
    open_dialog(page, row).get_by_role("button", name="Ontkoppelen").click()
    undo = page.locator("#meldingen").get_by_role("button", name="Ongedaan maken")
    undo.click()
    expect(row).to_have_count(1)
    expect(page.locator("#meldingen")).to_contain_text("is weer gekoppeld.")
    expect(undo).to_have_count(0)
    expect(page.locator("#aantal")).to_be_focused()
    expect_count(page, everybody)
    expect(page.locator(".tiles")).to_have_text(re.compile(re.sub(r"\s+", r"\\s*", tiles)), use_inner_text=True)


def test_of_several_enrolments_one_chooses(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?trefwoorden=ruben+van+den+berg")
    rows, everybody = page.locator("tbody tr"), total(page)
    dialog = open_dialog(page, row_of(page, 0))
    expect(dialog.get_by_role("checkbox")).to_have_count(1)
    dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name="Ontkoppelen").click()
    expect(rows).to_have_count(everybody - 2)
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(rows).to_have_count(everybody)


def test_unlinked_in_another_tab_meanwhile_is_no_failure(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co")
    row, other = row_of(page), page.context.new_page()
    dialog = open_dialog(page, row)
    other.goto(f"/deelnames/{row.get_attribute('data-id')}/ontkoppelen")
    other.get_by_role("button", name="Ontkoppelen").click()
    expect(other).to_have_url(re.compile("/ontkoppeld"))
    dialog.get_by_role("button", name="Ontkoppelen").click()
    expect(row).to_have_count(0)
    expect(page.locator("#meldingen")).to_contain_text("is ontkoppeld.")


def test_the_page_of_what_was_unlinked_undoes_it_too(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co")
    row = row_of(page)
    key = row.get_attribute("data-id")
    open_dialog(page, row).get_by_role("button", name="Ontkoppelen").click()
    expect(row).to_have_count(0)
    page.goto("/ontkoppeld")
    page.locator(f"tr[data-id='{key}']").get_by_role("button", name="Ongedaan maken").click()
    expect(page.locator(".notice")).to_contain_text("is weer gekoppeld")
    page.goto("/overzicht?route=co")
    expect(row).to_have_count(1)


def test_asked_about_somebody_who_is_gone_the_list_stays_and_a_message_says_so(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co")
    row, other = row_of(page), page.context.new_page()
    other.goto(f"/deelnames/{row.get_attribute('data-id')}/ontkoppelen")
    other.get_by_role("button", name="Ontkoppelen").click()
    expect(other).to_have_url(re.compile("/ontkoppeld"))
    trigger(row).click()
    expect(page.locator("#meldingen")).to_contain_text("Dit is er niet meer voor u")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(row).to_have_count(1)
    expect(trigger(row)).to_be_focused()


def test_the_way_back_waits_and_other_messages_leave_by_themselves(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.clock.install()
    page.goto("/overzicht?route=co")
    open_dialog(page, row_of(page)).get_by_role("button", name="Ontkoppelen").click()
    undo = page.get_by_role("button", name="Ongedaan maken")
    expect(undo).to_be_visible()
    page.clock.run_for(600_000)
    undo.click()
    expect(page.locator("#meldingen")).to_contain_text("is weer gekoppeld.")
    page.locator("h1").hover()
    page.clock.run_for(9_000)
    expect(page.locator("#meldingen")).to_be_empty()


def test_a_message_that_is_closed_leaves_the_focus_on_the_list(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co")
    open_dialog(page, row_of(page)).get_by_role("button", name="Ontkoppelen").click()
    close = page.get_by_role("button", name="Sluit melding")
    close.focus()
    page.keyboard.press("Enter")
    expect(close).to_have_count(0)
    expect(page.locator("#aantal")).to_be_focused()
