"""Enrolling in a browser: with scripts, and a whole enrolment without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

CODE = "EXZA-8F5E-XG5W-U22J"


@pytest.fixture
def site(worn_server: str) -> str:
    return worn_server


def fill_in(page: Page, family_name: str) -> None:
    page.get_by_label("De heer").check()
    page.get_by_label("Voornaam").fill("Jan")
    page.get_by_label("Achternaam").fill(family_name)
    page.locator("[name=emailadres]").fill(f"{family_name}@example.org")
    page.locator("[name=profiel]").first.check()


def test_the_paycode_of_the_qr_code_is_filled_in_and_is_told_to_nobody_before_the_form_is_sent(page: Page) -> None:
    told: list[str] = []
    page.on("request", lambda each: told.append(f"{each.url} {each.headers} {each.post_data}"))
    page.goto(f"/aanmelden/co#betaalcode={CODE}")
    expect(page.get_by_label("Betaalcode")).to_have_value(CODE)
    expect(page).to_have_url(re.compile("/aanmelden/co$"))
    page.goto(f"/aanmelden#betaalcode={CODE}")
    page.get_by_role("link", name="Vakmanschap Warmtepomp").click()
    expect(page.get_by_label("Betaalcode")).to_have_value(CODE)
    expect(page).to_have_url(re.compile("/aanmelden/warmtepomp$"))
    fill_in(page, "Scanner")
    page.get_by_label("Organisatiecode").press_sequentially("nwt")
    expect(page.locator("#koppeling")).to_contain_text("Noorderwind Warmtetechniek")
    page.get_by_label("Ja, koppel mijn aanmelding").check()
    assert not any(sign in each for each in told for sign in (CODE, CODE.replace("-", "")))
    page.get_by_role("button", name="Aanmelden", exact=True).click()
    expect(page.locator("#fouten")).to_be_visible()
    assert any(f"betaalcode={CODE}" in each for each in told)


def test_a_typed_organisation_code_is_shown_and_agreed_to_in_one_go(page: Page) -> None:
    page.goto("/aanmelden/co")
    fill_in(page, "Typer")
    code = page.get_by_label("Organisatiecode")
    code.press_sequentially("xyz")
    expect(page.locator("#koppeling .error")).to_be_visible()
    code.fill("nwt")
    expect(page.locator("#koppeling")).to_contain_text("Noorderwind Warmtetechniek")
    page.get_by_label("Ja, koppel mijn aanmelding").check()
    page.get_by_role("button", name="Aanmelden", exact=True).click()
    expect(page).to_have_url(re.compile("/aanmelden/co/ontvangen$"))


def test_without_scripts_the_link_is_asked_on_a_page_and_nothing_typed_is_lost(
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/aanmelden/co")
    fill_in(page, "Zonder")
    page.get_by_label("Organisatiecode").fill("NWT")
    page.get_by_role("button", name="Aanmelden", exact=True).click()
    expect(page.get_by_role("heading", name="koppelen aan Noorderwind")).to_be_visible()
    page.get_by_role("button", name="Terug naar het formulier").click()
    expect(page.get_by_label("Achternaam")).to_have_value("Zonder")
    expect(page.locator("[name=profiel]").first).to_be_checked()
    page.get_by_role("button", name="Aanmelden", exact=True).click()
    page.get_by_role("button", name="Ja, aanmelden en koppelen").click()
    expect(page.get_by_role("heading", name="is ontvangen")).to_be_visible()
