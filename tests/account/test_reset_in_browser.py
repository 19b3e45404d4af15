"""Wachtwoord vergeten in a real browser, with scripts and without."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser import sign_in_page
from tests.quality.states import follow_link

NEW = "Kwartel&7vijvers"


@pytest.mark.parametrize(("scripts", "username"), [(True, "vera.meijer"), (False, "eva.bakker")])
def test_a_new_password_is_chosen_by_a_link(
    fresh_server: str, new_context: Callable[..., BrowserContext], scripts: bool, username: str
) -> None:
    page = new_context(java_script_enabled=scripts).new_page()
    page.goto("/inloggen")
    page.get_by_role("link", name="Wachtwoord vergeten?").click()
    page.get_by_label("Gebruikersnaam of e-mailadres").fill(username)
    page.get_by_role("button", name="Stuur een link").click()
    expect(page.get_by_text("Kijk in uw mailbox.")).to_be_visible()
    sign_in_page(page, "beheerder")  # of a demo, who can open the letter
    follow_link(page, "reset")
    expect(page.get_by_role("heading", name="Kies een nieuw wachtwoord")).to_be_visible()
    page.locator("[name=nieuw_wachtwoord]").fill(NEW)
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("link", name="De wachtwoorden zijn niet gelijk.")).to_be_visible()
    page.locator("[name=nieuw_wachtwoord]").fill(NEW)
    page.locator("[name=herhaal_wachtwoord]").fill(NEW)
    page.get_by_role("button", name="Opslaan").click()
    page.wait_for_url(re.compile("/beheer$"))  # an administrator is still signed in here
    page.context.clear_cookies(name="sessie")
    page.goto("/inloggen?hersteld=1")
    expect(page.get_by_text("Uw wachtwoord is gewijzigd.")).to_be_visible()
    sign_in_page(page, username, NEW)
