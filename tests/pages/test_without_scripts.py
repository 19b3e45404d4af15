"""A day without JavaScript: forms, links and pages do all of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import PageAs
from tests.pages.lists import names, query, tab, total
from tests.worlds import PASSWORD


@pytest.fixture
def site(worn_server: str) -> str:
    return worn_server


@pytest.fixture
def bare(page_as: PageAs) -> Page:
    return page_as("anna.smit", java_script_enabled=False)


def test_signing_in_leads_where_one_was_going_and_out_again(new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto("/betaalcodes?status=gebruikt")
    page.get_by_label("Gebruikersnaam").fill("anna.smit")
    page.get_by_label("Wachtwoord", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    expect(page).to_have_url(re.compile(r"/betaalcodes\?status=gebruikt$"))
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.locator(".notice")).to_have_text("U bent uitgelogd.")
    page.goto("/overzicht")
    expect(page).to_have_url(re.compile("/inloggen"))


def test_the_filter_is_a_form_tabs_and_pages_are_links(bare: Page) -> None:
    bare.goto("/overzicht")
    everybody = total(bare)
    bare.get_by_label("Trefwoorden").fill("an")
    bare.get_by_role("button", name="Filter").click()
    assert query(bare)["trefwoorden"] == "an"
    assert 25 < total(bare) < everybody
    tab(bare, "CO").click()
    assert {"route": "co", "trefwoorden": "an"}.items() <= query(bare).items()
    first = names(bare)
    bare.get_by_role("link", name="Volgende").click()
    expect(bare.locator("#aantal")).to_contain_text("Toon 26")
    assert first != names(bare)
    bare.locator(".choices a", has_text="100").click()
    assert query(bare)["per_pagina"] == "100"


def test_the_form_keeps_the_tab_and_the_other_filters(bare: Page) -> None:
    bare.goto("/overzicht?route=co&status=lopend&sorteer=-aangemeld")
    bare.locator("#veld-uitslag").select_option("geslaagd")
    bare.get_by_role("button", name="Filter").click()
    kept = {"route": "co", "status": "lopend", "sorteer": "-aangemeld", "uitslag": "geslaagd"}
    assert {name: value for name, value in query(bare).items() if value} == kept


def test_what_only_works_with_scripts_is_not_shown(bare: Page) -> None:
    for address in ("/overzicht", "/betaalcodes", "/profiel/bewerken"):
        bare.goto(address)
        for control in bare.locator(".js-only").all():
            expect(control).to_be_hidden()


def test_details_say_every_step_in_words(bare: Page) -> None:
    bare.goto("/overzicht?status=afgerond")
    bare.locator("tbody th a").first.click()
    expect(bare.locator(".way [data-stap] span")).to_contain_text(["Aanmelding", "Betaling", "Theorietoets"])
    expect(bare.get_by_role("heading", name="Bewijs van Vakmanschap")).to_be_visible()
    bare.get_by_role("link", name="Terug naar het overzicht").click()
    assert query(bare) == {"status": "afgerond"}


def test_unlinking_asks_on_a_page_and_is_undone_on_another(bare: Page) -> None:
    bare.goto("/overzicht?status=lopend")
    row = bare.locator("tbody tr").nth(1)
    key, everybody = row.get_attribute("data-id"), total(bare)
    row.get_by_role("link", name=re.compile("^Ontkoppel kandidaat ")).click()
    expect(bare).to_have_url(re.compile(rf"/deelnames/{key}/ontkoppelen"))
    expect(bare.get_by_role("heading")).to_contain_text("ontkoppelen?")
    bare.get_by_role("button", name="Ontkoppelen").click()
    expect(bare).to_have_url(re.compile("/ontkoppeld"))
    expect(bare.locator(".notice")).to_contain_text("ontkoppeld")
    bare.locator(f"tr[data-id='{key}']").get_by_role("button", name="Ongedaan maken").click()
    expect(bare.locator(".notice")).to_contain_text("weer gekoppeld")
    bare.goto("/overzicht?status=lopend")
    assert total(bare) == everybody


def test_the_profile_is_changed_and_what_is_wrong_is_said(bare: Page) -> None:
    bare.goto("/profiel/bewerken")
    bare.get_by_label("Voornaam").fill("")
    bare.get_by_role("button", name="Opslaan").click()
    expect(bare).to_have_title(re.compile("^Fout: "))
    expect(bare.locator("#fouten a")).to_have_count(1)
    expect(bare.get_by_label("Achternaam")).to_have_value("Smit")
    bare.get_by_label("Voornaam").fill("Anna")
    bare.get_by_role("button", name="Opslaan").click()
    expect(bare.locator(".notice")).to_have_text("Uw profiel is opgeslagen.")


def test_the_download_is_a_plain_link_with_the_selection(bare: Page) -> None:
    bare.goto("/overzicht?route=co&trefwoorden=e")
    link = bare.get_by_role("link", name="Download selectie (Excel)")
    assert (link.get_attribute("href") or "").startswith("/overzicht.xlsx?")
    with bare.expect_download() as download:
        link.click()
    assert re.fullmatch(r"kandidaten_\d{4}-\d\d-\d\d\.xlsx", download.value.suggested_filename)
    assert download.value.path().read_bytes().startswith(b"PK")
