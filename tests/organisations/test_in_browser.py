"""A new organisation in a browser: which code it gets is told while its name is typed."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import PageAs


@pytest.fixture
def site(worn_server: str) -> str:
    return worn_server


def test_the_code_is_proposed_while_the_name_is_typed_and_is_the_one_it_gets(page_as: PageAs) -> None:
    page = page_as("beheerder")
    page.goto("/beheer/organisaties/nieuw")
    page.get_by_label("Naam").press_sequentially("Noord West Techniek")
    expect(page.locator("#voorstel")).to_have_text("Laat leeg voor het voorstel NWE.")
    expect(page).to_have_title("Nieuwe organisatie - Evenementenportaal")
    page.get_by_label("Vakmanschap CO").check()
    page.get_by_role("button", name="Opslaan").click()
    expect(page).to_have_url(re.compile(r"/beheer/organisaties/\d+\?opgeslagen=1"))
    expect(page.locator(".title .code")).to_have_text("NWE")
