"""When the portal itself fails, it says so, calmly, and what was on the page is still there."""

import pytest
from playwright.sync_api import expect

from tests.browser import PageAs
from tests.pages.lists import names


@pytest.fixture
def site(broken_server: str) -> str:
    return broken_server


def test_a_failure_in_the_dialog_is_said_and_the_list_stays(page_as: PageAs, complaints: list[str]) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht")
    before = names(page)
    page.locator("tbody a[href*='/ontkoppelen']").first.click()
    page.get_by_role("button", name="Ontkoppelen").click()
    expect(page.locator("#meldingen")).to_contain_text("Er is een probleem met het portaal")
    expect(page.locator("dialog")).to_be_hidden()
    assert page.evaluate("document.activeElement !== document.body")
    assert names(page) == before
    forgive(complaints)


def test_a_page_that_fails_says_so_in_dutch_with_a_way_on(page_as: PageAs, complaints: list[str]) -> None:
    page = page_as("anna.smit")
    answer = page.goto("/ontkoppeld")
    assert answer
    assert answer.status == 500
    expect(page.get_by_role("heading", level=1)).to_have_text("Er is een probleem met het portaal")
    expect(page.locator("main")).not_to_contain_text("500")
    page.get_by_role("link", name="Naar de startpagina").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overzicht")
    forgive(complaints)


def forgive(complaints: list[str]) -> None:
    """The browser writes a line about every answer in the 500s; nothing else may be there."""
    assert complaints
    assert all("status of 500" in each for each in complaints)
    complaints.clear()
