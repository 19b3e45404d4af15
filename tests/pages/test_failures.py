"""What a page does when something does not work: no connection, or a session that ended."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import PageAs
from tests.pages.lists import names, tab
from tests.worlds import PASSWORD


def test_without_a_connection_the_list_stays_and_a_message_says_so(page_as: PageAs, complaints: list[str]) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht")
    before = names(page)
    page.context.set_offline(True)
    tab(page, "CO").click()
    expect(page.locator("#meldingen")).to_contain_text("Er is geen verbinding met het portaal")
    assert names(page) == before
    expect(page.locator("#resultaten")).not_to_have_attribute("aria-busy", "true")
    page.context.set_offline(False)
    tab(page, "CO").click()
    expect(page.locator("#resultaten .by-step")).to_be_visible()
    assert all("ERR_INTERNET_DISCONNECTED" in each or "Failed to fetch" in each for each in complaints)
    complaints.clear()


@pytest.mark.parametrize("action", [".tabs a >> nth=1", "tbody a[href*='/ontkoppelen'] >> nth=0"])
def test_a_session_that_ended_elsewhere_leads_to_sign_in_and_back(page_as: PageAs, action: str) -> None:
    page = page_as("anna.smit", own_session=True)
    page.goto("/overzicht?trefwoorden=jan&sorteer=-naam")
    other = page.context.new_page()
    other.goto("/profiel")
    other.locator(".menu > summary").click()
    other.get_by_role("button", name="Uitloggen").click()
    expect(other).to_have_url(re.compile("/inloggen"))
    page.locator(action).click()
    expect(page).to_have_url(re.compile("/inloggen"))
    page.locator("[name=gebruikersnaam]").fill("anna.smit")
    page.locator("[name=wachtwoord]").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    expect(page).to_have_url(re.compile(r"/overzicht\?trefwoorden=jan&sorteer=-naam$"))
    expect(page.get_by_label("Trefwoorden")).to_have_value("jan")
