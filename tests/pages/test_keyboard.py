"""Without a mouse: in a sensible order, always visible, and nothing that traps."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize, expect

from tests.browser import PageAs

FOCUSED = "() => document.activeElement.textContent.trim() || document.activeElement.getAttribute('aria-label')"
ADDRESSES = ("/overzicht", "/betaalcodes", "/profiel/bewerken", "/ondersteuning")


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_first_stop_skips_to_the_content(page_as: PageAs, address: str) -> None:
    page = page_as("anna.smit")
    page.goto(address)
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Naar de inhoud")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def stops(page: Page, number: int) -> list[str]:
    """What the tab key passes, from the top of the page."""
    found = []
    for _ in range(number):
        page.keyboard.press("Tab")
        found.append(re.sub(r"\s+", " ", page.evaluate(FOCUSED) or ""))
    return found


def test_the_tab_key_passes_in_the_order_of_reading(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht")
    passed = stops(page, 8)
    assert passed[:3] == ["Naar de inhoud", "EvenementenportaalVakmanschap Techniek", "Overzicht"]
    assert passed[3:6] == ["Betaalcodes", "Anna Smit", "Accountmenu"]
    assert passed[6] == "Download selectie (Excel)"
    assert passed[7].startswith("Alle routes")


def test_the_tab_key_reaches_the_end_of_the_page(page_as: PageAs) -> None:
    page = page_as("vera.meijer")
    page.goto("/betaalcodes")
    last = page.get_by_role("link", name="Ondersteuning")
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == "Ondersteuning":
            break
    expect(last).to_be_focused()


IN_SIGHT = """() => {
  const { left, top, width, height } = document.activeElement.getBoundingClientRect();
  const there = document.elementFromPoint(left + width / 2, top + height / 2);
  return document.activeElement.contains(there) || there?.contains(document.activeElement);
}"""


def test_what_has_the_focus_is_not_behind_the_head_of_the_table(page_as: PageAs) -> None:
    page = page_as("anna.smit", viewport=ViewportSize(width=1280, height=600))
    page.goto("/overzicht?route=co&per_pagina=50")
    page.locator("tbody tr").nth(30).locator("th a").focus()
    for key in ["Shift+Tab"] * 30 + ["Tab"] * 30:
        page.keyboard.press(key)
        assert page.evaluate(IN_SIGHT), page.evaluate("document.activeElement.outerHTML")


def menu_of(page: Page) -> tuple[Locator, Locator]:
    return page.locator(".menu > summary"), page.get_by_role("link", name="Bewerk profiel")


def test_the_account_menu_by_keyboard(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht")
    summary, first = menu_of(page)
    summary.focus()
    page.keyboard.press("Enter")
    expect(first).to_be_visible()
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Escape")
    expect(first).to_be_hidden()
    expect(summary).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/profiel/bewerken$"))


def test_a_click_elsewhere_closes_the_account_menu(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht")
    summary, first = menu_of(page)
    summary.click()
    expect(first).to_be_visible()
    page.locator("h1").click()
    expect(first).to_be_hidden()


def test_unlinking_by_keyboard_alone(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht")
    trigger = page.locator("tbody a[href*='/ontkoppelen']").first
    trigger.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ontkoppelen")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Annuleer")).to_be_focused()
    page.keyboard.press("Enter")
    expect(trigger).to_be_focused()


def test_a_refused_form_puts_the_focus_on_what_is_wrong(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/profiel/bewerken")
    page.get_by_label("Voornaam").fill("")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator("#fouten")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Voornaam")).to_be_focused()
    expect(page.get_by_label("Voornaam")).to_have_attribute("aria-invalid", "true")


def test_a_password_is_shown_and_hidden(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context().new_page()
    page.goto("/inloggen")
    password = page.locator("[name=wachtwoord]")
    password.fill("Merel!9bruggen")
    button = page.get_by_role("button", name="Toon wachtwoord")
    button.press("Enter")
    expect(password).to_have_attribute("type", "text")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.press("Enter")
    expect(password).to_have_attribute("type", "password")
    expect(password).to_have_value("Merel!9bruggen")


def test_the_demo_accounts_fill_in_the_form(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context().new_page()
    page.goto("/inloggen")
    page.get_by_role("button", name="Kies anna.smit").click()
    page.get_by_role("button", name="Inloggen").click()
    expect(page).to_have_url(re.compile("/overzicht$"))
