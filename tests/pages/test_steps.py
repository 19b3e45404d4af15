"""The steps of a row: signs with words on hover, and all of them behind one button."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import PageAs

TOUCH: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def steps_of(page: Page) -> Locator:
    return page.locator("#stappen")


def button_in(row: Locator) -> Locator:
    return row.locator("[data-steps]")


def words_in(row: Locator) -> list[str]:
    return [each.strip() for each in row.locator("[data-stap] > span").all_text_contents()]


@pytest.mark.parametrize("address", ["/overzicht", "/overzicht?route=co"])
def test_the_button_opens_all_steps_by_keyboard(page_as: PageAs, address: str) -> None:
    page = page_as("anna.smit")
    page.goto(address)
    row = page.locator("tbody tr").nth(3)
    button_in(row).focus()
    page.keyboard.press("Enter")
    expect(steps_of(page)).to_be_visible()
    expect(steps_of(page).get_by_role("listitem")).to_have_text(words_in(row))
    expect(steps_of(page).get_by_role("heading")).to_have_text(row.locator("th a").inner_text())
    expect(steps_of(page).get_by_role("heading")).to_be_focused()
    page.keyboard.press("Escape")
    expect(steps_of(page)).to_be_hidden()
    expect(button_in(row)).to_be_focused()


def test_the_button_to_close_gives_the_focus_back(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht")
    row = page.locator("tbody tr").first
    button_in(row).click()
    steps_of(page).get_by_role("button", name="Sluit").click()
    expect(steps_of(page)).to_be_hidden()
    expect(button_in(row)).to_be_focused()


@pytest.mark.parametrize("what", ["[data-steps]", "[data-stap] >> nth=1"])
def test_a_touch_opens_all_steps(page_as: PageAs, what: str) -> None:
    page = page_as("anna.smit", **TOUCH)
    page.goto("/overzicht?route=co")
    row = page.locator("tbody tr").nth(1)
    row.locator(what).tap()
    expect(steps_of(page)).to_be_visible()
    expect(steps_of(page).get_by_role("listitem")).to_have_text(words_in(row))
    box = steps_of(page).bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.locator("h1").tap(force=True, position={"x": 1, "y": 1})
    expect(steps_of(page)).to_be_hidden()


def test_a_sign_says_its_words_on_hover_until_escape(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co")
    sign = page.locator("tbody tr").nth(2).locator("[data-stap]").nth(1)
    words = sign.locator("> span")
    expect(words).to_have_css("clip-path", "inset(50%)")
    sign.hover()
    expect(words).to_have_css("clip-path", "none")
    box = words.bounding_box()
    assert box
    assert box["width"] > 40
    words.hover()  # the pointer can reach the words without losing them
    expect(words).to_have_css("clip-path", "none")
    page.keyboard.press("Escape")
    expect(words).to_have_css("clip-path", "inset(50%)")


def test_no_sign_is_a_stop_of_the_tab_key(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co")
    row = page.locator("tbody tr").first
    reachable = row.locator("a[href], button, [tabindex]")
    expect(reachable).to_have_count(3)
    assert words_in(row)
    assert all(words_in(row))
