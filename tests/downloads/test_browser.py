"""What somebody sees who clicks Download selectie (Excel)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import PageAs, worker
from tests.downloads.files import rows_of
from tests.worlds import Worlds, environment

ROWS = 5_001
PATIENCE = 90_000


@pytest.fixture
def crowded(fresh_server: str, worlds: Worlds) -> str:
    """A server on which eva.bakker has more than a file that is made at once."""
    subprocess.run(
        [sys.executable, "-m", "tests.downloads.crowd", str(ROWS)],
        env=os.environ | environment(worlds.databases.url(f"fresh-{worker()}")),
        cwd=Path(__file__).parent.parent.parent,
        check=True,
    )
    return fresh_server


def click_download(page: Page) -> None:
    page.goto("/overzicht")
    page.get_by_role("link", name="Download selectie (Excel)").click()


def test_a_small_selection_comes_at_once(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    page.goto("/overzicht?route=co")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download selectie (Excel)").click()
    assert download.value.suggested_filename.startswith("kandidaten_20")
    assert len(rows_of(download.value.path().read_bytes())) > 10
    assert page.url.endswith("/overzicht?route=co")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_large_one_shows_how_far_it_is_and_then_the_file(crowded: str, page_as: PageAs, scripts: bool) -> None:
    page = page_as("eva.bakker", java_script_enabled=scripts)
    click_download(page)
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.reload()
    link = page.get_by_role("link", name="Download het bestand")
    expect(link).to_be_visible(timeout=PATIENCE)
    with page.expect_download() as download:
        link.click()
    assert len(rows_of(download.value.path().read_bytes())) == ROWS
    page.goto("/downloads")
    expect(page.locator("tbody tr")).to_contain_text(["Klaar"])


def test_that_it_is_ready_is_said_aloud(crowded: str, page_as: PageAs) -> None:
    page = page_as("eva.bakker")
    click_download(page)
    expect(page.locator("#status")).to_have_text("Uw bestand staat klaar.", timeout=PATIENCE)
    expect(page).to_have_title("Klaar: " + page.locator(".lead").inner_text().split(",")[0] + " - Evenementenportaal")
