"""Two cores shared with a browser and a portal: an answer may take its time."""

import pytest
from playwright.sync_api import expect


@pytest.fixture(autouse=True, scope="session")
def patience() -> None:
    expect.set_options(timeout=15_000)
