"""On paper, in colours of one's own, without motion."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import PageAs

PRINTED = ("/overzicht", "/overzicht?route=co")
HIDDEN = ".top, footer, .filter, .tabs, .tiles, .pages, .choices, .acts, .skip, .button"


@pytest.mark.parametrize("address", PRINTED)
def test_paper_says_every_step_in_words(page_as: PageAs, address: str) -> None:
    page = page_as("anna.smit", color_scheme="dark")
    page.goto(address)
    page.emulate_media(media="print")
    words = page.locator("tbody tr").first.locator("[data-stap] > span")
    assert words.count() > 3
    for word in words.all():
        expect(word).to_have_css("clip-path", "none")
        box = word.bounding_box()
        assert box
        assert box["width"] > 20
        assert box["height"] > 8
    assert page.pdf().startswith(b"%PDF")


@pytest.mark.parametrize("address", [*PRINTED, "/betaalcodes", "/profiel"])
def test_paper_is_white_and_leaves_out_what_is_clicked(page_as: PageAs, address: str) -> None:
    page = page_as("anna.smit", color_scheme="dark")
    page.goto(address)
    page.emulate_media(media="print")
    assert page.locator(HIDDEN).count() >= 4
    assert [each.evaluate("each => each.outerHTML") for each in page.locator(HIDDEN).all() if each.is_visible()] == []
    assert brightness(page.locator("h1")) < 100
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def brightness(text: Locator) -> int:
    """Of its colour: 0 is black, 765 white."""
    return int(text.evaluate("text => getComputedStyle(text).color.match(/\\d+/g).map(Number).reduce((a, b) => a + b)"))


SEEN = """svg => {
  const { color, visibility, width } = getComputedStyle(svg);
  const ground = getComputedStyle(document.body).backgroundColor;
  return visibility === "visible" && parseFloat(width) > 8 && color !== ground;
}"""
BARS = """bar => ({ kept: getComputedStyle(bar).forcedColorAdjust,
  colours: new Set([...bar.querySelectorAll("rect")].map((part) => getComputedStyle(part).fill)).size,
  parts: bar.querySelectorAll("rect").length })"""


def forced(page_as: PageAs, address: str) -> Page:
    page = page_as("anna.smit", forced_colors="active")
    page.goto(address)
    return page


@pytest.mark.parametrize("address", ["/overzicht", "/overzicht?route=co", "/betaalcodes"])
def test_signs_are_seen_in_forced_colours(page_as: PageAs, address: str) -> None:
    page = forced(page_as, address)
    signs = page.locator("main svg:not(.funnel):visible")
    assert signs.count() > 20
    assert all(page.locator("main svg:not(.funnel):visible").evaluate_all(f"all => all.map({SEEN})"))


def test_bars_keep_their_colours_in_forced_colours(page_as: PageAs) -> None:
    bar = forced(page_as, "/overzicht?route=co").locator("thead .funnel").nth(2).evaluate(BARS)
    assert bar["kept"] == "none"
    assert bar["colours"] == bar["parts"] > 1


def test_what_is_chosen_is_seen_in_forced_colours(page_as: PageAs) -> None:
    page = forced(page_as, "/overzicht?status=lopend&pagina=2")
    for chosen in (".tiles a[aria-current]", ".pages a[aria-current]"):
        expect(page.locator(chosen)).to_have_css("outline-style", "solid")


def test_nothing_moves_for_who_asked_for_that(page_as: PageAs) -> None:
    page = page_as("anna.smit", reduced_motion="reduce")
    page.goto("/overzicht")
    page.locator("tbody [data-steps]").first.click()
    expect(page.locator("#stappen")).to_be_visible()
    moving = "all => all.filter((each) => parseFloat(getComputedStyle(each).transitionDuration) > 0).length"
    assert page.locator("#stappen, .menu .icon, dialog").evaluate_all(moving) == 0
