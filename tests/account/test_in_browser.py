"""The account in a real browser, with scripts and without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import PageAs
from tests.worlds import PASSWORD

EDIT = "/profiel/bewerken"


def test_everything_works_without_scripts(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/profiel")
    sign_in(page)
    expect(page).to_have_url(re.compile("/profiel$"))
    page.get_by_role("link", name="Bewerk profiel").first.click()
    page.get_by_label("Voornaam").fill("")
    page.get_by_role("button", name="Opslaan").click()
    expect(page).to_have_title(re.compile("^Fout: "))
    page.get_by_label("Voornaam").fill("Dirk")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("Uw profiel is opgeslagen.")).to_be_visible()
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_text("U bent uitgelogd.")).to_be_visible()


def sign_in(page: Page) -> None:
    page.locator("[name=gebruikersnaam]").fill("dirk.visser")
    page.locator("[name=wachtwoord]").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()


def test_a_demo_account_fills_in_the_form(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context().new_page()
    page.goto("/inloggen")
    page.get_by_role("button", name="Kies anna.smit").click()
    expect(page.get_by_role("button", name="Inloggen")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/overzicht")


def test_the_focus_goes_to_what_is_wrong(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context().new_page()
    page.goto("/inloggen")
    page.get_by_label("Gebruikersnaam").fill("anna.smit")
    page.get_by_label("Wachtwoord", exact=True).fill("verkeerd")
    page.keyboard.press("Enter")
    expect(page.locator("#fouten")).to_be_focused()
    expect(page.get_by_label("Gebruikersnaam")).to_have_value("anna.smit")
    expect(page.get_by_label("Wachtwoord", exact=True)).to_have_value("")


def test_a_problem_leads_to_its_field(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto(EDIT)
    page.get_by_label("Achternaam").fill("")
    page.get_by_role("button", name="Opslaan").click()
    page.get_by_role("link", name="Vul uw achternaam in.").click()
    expect(page.get_by_label("Achternaam")).to_be_focused()


def test_a_password_can_be_looked_at(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context().new_page()
    page.goto("/inloggen")
    field = page.get_by_label("Wachtwoord", exact=True)
    field.fill("Kwartel&7vijvers")
    page.get_by_role("button", name="Toon wachtwoord").click()
    expect(field).to_have_attribute("type", "text")
    expect(field).to_have_value("Kwartel&7vijvers")


@pytest.mark.parametrize("width", [320, 768])
def test_nothing_sticks_out(page_as: PageAs, width: int) -> None:
    page = page_as("anna.smit", viewport={"width": width, "height": 800})
    for url in ("/profiel", EDIT, "/profiel/beveiliging"):
        page.goto(url)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url


def test_who_signed_out_sees_nothing_by_going_back(page_as: PageAs) -> None:
    page = page_as("anna.smit", own_session=True)
    page.goto("/profiel")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_text("U bent uitgelogd.")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Inloggen")).to_be_visible()
    expect(page.get_by_text("anna.smit@nwt.example")).to_have_count(0)
