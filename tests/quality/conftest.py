"""A world that was used: somebody unlinked candidates and asked for downloads."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import PageAs, sign_in_page, worker
from tests.pages.test_privacy import KEPT, NOTHING
from tests.quality.states import UNLINK, VISITOR, State
from tests.worlds import Worlds, environment

Shown = Callable[..., Page]


@pytest.fixture(autouse=True, scope="session")
def patience() -> None:
    expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def used_server(worn_server: str, worlds: Worlds, browser: Browser) -> str:
    """The portal on a world in which there is something on every page."""
    name = f"worn-{worker()}"
    subprocess.run(
        [sys.executable, "-m", "tests.quality.downloads"],
        env=os.environ | environment(worlds.databases.url(name)),
        cwd=Path(__file__).parent.parent.parent,
        check=True,
    )
    page = browser.new_page(base_url=worn_server)
    sign_in_page(page, "carla.jansen")
    for _ in range(2):
        page.goto("/overzicht")
        page.goto(page.locator(f"tbody {UNLINK}").first.get_attribute("href") or "")
        page.get_by_role("button", name="Ontkoppelen").click()
        expect(page.locator("tbody")).to_be_visible()
    page.context.close()
    return worn_server


@pytest.fixture
def site(used_server: str) -> str:
    return used_server


@pytest.fixture
def shown(page_as: PageAs, new_context: Callable[..., BrowserContext]) -> Iterator[Shown]:
    """`shown(state, viewport=…)`: the page in that state. In the end it has left nothing in the browser."""
    pages: list[Page] = []

    def shown(state: State, **options: Any) -> Page:
        options = {"reduced_motion": "reduce"} | options
        page = page_as(state.user, **options) if state.user != VISITOR else new_context(**options).new_page()
        pages.append(page)
        state.open(page)
        return page

    yield shown
    assert [page.evaluate(KEPT) for page in pages] == [NOTHING] * len(pages)
