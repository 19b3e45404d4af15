"""Axe finds nothing, on any page, in any state, in light, in dark and on a phone."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

from tests.quality.conftest import Shown
from tests.quality.states import STATES, State

pytestmark = pytest.mark.once

AXE = Axe()
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "EN-301-549", "best-practice"]
EVERYTHING: dict[str, Any] = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# Most of its time axe looks at colours. Those of a theme are the same on a phone; nothing else differs between themes.
COLOURS = ("color-contrast", "link-in-text-block")
ONLY_COLOURS = EVERYTHING | {"runOnly": {"type": "rule", "values": COLOURS}}
NO_COLOURS = EVERYTHING | {"rules": {colour: {"enabled": False} for colour in COLOURS}}
DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=360, height=740)


def violations(page: Page, mode: str, options: dict[str, Any]) -> list[str]:
    found = AXE.run(page, options=options).response["violations"]
    nodes = [(each["id"], node) for each in found for node in each["nodes"]]
    return [f"{mode}: {rule}: {node['html']}: {node['failureSummary']}" for rule, node in nodes]


def in_every_mode(page: Page) -> list[str]:
    found = violations(page, "light", EVERYTHING)
    page.emulate_media(color_scheme="dark")
    found += violations(page, "dark", ONLY_COLOURS)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    return found + violations(page, "phone", NO_COLOURS)


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_axe_finds_nothing(shown: Shown, state: State) -> None:
    found = in_every_mode(shown(state, viewport=DESK))
    assert not found, "\n".join(found)
