"""What people see of a file that they send: with scripts and without, in Chromium on the real server."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import PageAs
from tests.imports.files import ENROLMENTS, as_csv, choose, send
from tests.imports.people import people, person


@pytest.fixture
def site(worn_server: str) -> str:
    return worn_server


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_file_is_sent_followed_corrected_and_taken_over(page_as: PageAs, scripts: bool) -> None:
    first = 800 + 10 * scripts
    page = page_as("dirk.visser", java_script_enabled=scripts)
    send(page, ENROLMENTS, as_csv([*people(2, first), person(first + 2, Voornaam="")]))
    expect(page.get_by_text("1 rij heeft een fout")).to_be_visible(timeout=20_000)
    page.get_by_role("link", name=re.compile("Met een fout")).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as file:
        page.get_by_role("link", name="Download de foute rijen").click()
    assert file.value.suggested_filename.endswith(".xlsx")
    page.get_by_text("Alleen de 2 kandidaten zonder fout overnemen").click()
    page.get_by_role("button", name="2 goede rijen overnemen").click()
    expect(page.get_by_text("2 kandidaten overgenomen")).to_be_visible(timeout=20_000)
    page.goto(ENROLMENTS)
    expect(page.locator("tbody tr").first).to_contain_text("Overgenomen")


def test_a_file_that_is_refused_leaves_the_form_as_it_was(page_as: PageAs) -> None:
    page = page_as("dirk.visser", java_script_enabled=False)
    page.goto(ENROLMENTS)
    page.get_by_label("Wijs vrije betaalcodes toe").check()
    choose(page, b"MZ\x90\x00", "nieuw.xlsx")
    expect(page.locator("#fouten")).to_contain_text("Dit is geen Excel-bestand")
    expect(page.get_by_label("Wijs vrije betaalcodes toe")).to_be_checked()


def test_a_file_that_is_too_large_is_told_on_a_page(page_as: PageAs) -> None:
    page = page_as("dirk.visser")
    send(page, ENROLMENTS, b"a" * 2_200_000)
    expect(page.get_by_role("heading", level=1)).to_contain_text("te groot")
