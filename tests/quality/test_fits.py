"""Every page fits: narrow, zoomed, with more room between letters; what is touched is large enough, and what has
the focus shows it."""

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.quality.conftest import Shown
from tests.quality.states import STATES, State

pytestmark = pytest.mark.once

# The last is what 400 % zoom leaves of a screen of 1280 by 1024.
SIZES = ((1280, 900), (768, 1024), (360, 740), (320, 568), (320, 256))

# The distances of WCAG 1.4.12. A sheet made by script: the policy lets no other in.
ROOMY = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
    p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
SIDEWAYS = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const scrolls = (each) => each && each !== document.body
    && (getComputedStyle(each).overflowX !== "visible" || scrolls(each.parentElement));
  const out = [...document.body.querySelectorAll("*")]
    .filter((each) => each.getBoundingClientRect().right > room + 1 && !scrolls(each.parentElement));
  return ["scrolls sideways", ...out.slice(0, 4).map((each) => each.outerHTML.slice(0, 120))];
}"""
CLIPPED = """() => [...document.querySelectorAll(".button, .tabs a, .pages a, .chip, label, h1, h2")]
  .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1 && each.clientWidth > 1
    && getComputedStyle(each).overflowX !== "visible")
  .map((each) => `clips its text: ${each.outerHTML.slice(0, 120)}`)"""
SMALL = """() => [...document.querySelectorAll(`.button, .act, .plain, .top a, summary, .menu button, .tabs a, .tiles a,
    .legend a, .pages a, footer a, .back, select, input:not([type=hidden], [type=radio], [type=checkbox])`)]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }))
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([, { width, height }]) => height < 43.5 || width < 23.5)
  .map(([each, { width, height }]) => `${width} by ${height}: ${each.outerHTML.slice(0, 120)}`)"""
UNSEEN_FOCUS = """() => [...(document.querySelector("dialog[open], :popover-open") ?? document)
    .querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled)
  .filter((each) => {
    each.focus({ preventScroll: true });
    const { outlineStyle, outlineWidth } = getComputedStyle(each);
    return document.activeElement !== each || outlineStyle === "none" || parseFloat(outlineWidth) < 2;
  })
  .map((each) => `shows no focus: ${each.outerHTML.slice(0, 120)}`)"""


def sideways(page: Page, what: str = "") -> list[str]:
    found = []
    for width, height in SIZES:
        page.set_viewport_size(ViewportSize(width=width, height=height))
        found += [f"{width} by {height}{what}: {each}" for each in page.evaluate(SIDEWAYS)]
    return found


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_the_page_fits(shown: Shown, state: State) -> None:
    page = shown(state, viewport=ViewportSize(width=1280, height=900))
    page.keyboard.press("Tab")  # who uses a mouse is shown less
    faults = page.evaluate(UNSEEN_FOCUS)
    faults += sideways(page)
    page.set_viewport_size(ViewportSize(width=360, height=740))
    faults += page.evaluate(SMALL)
    page.evaluate(ROOMY)
    faults += sideways(page, ", roomy") + page.evaluate(CLIPPED)
    assert not faults, "\n".join(faults)
