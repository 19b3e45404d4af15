"""In a van, with a thumb: rows are cards, filters fold away, dialogs fit."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import PageAs
from tests.pages.lists import expect_count, number_on, query, tab, total

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def phone(page_as: PageAs) -> Page:
    return page_as("anna.smit", **PHONE)


def test_a_row_is_a_card_with_its_labels(phone: Page) -> None:
    phone.goto("/overzicht?route=co")
    card = phone.locator("tbody tr").first
    box, date = card.bounding_box(), card.locator(".date")
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    assert date.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Aangemeld "'
    expect(card.locator(".now")).to_be_visible()
    expect(card).to_have_attribute("role", "row")


def test_filters_fold_out_and_work(phone: Page) -> None:
    phone.goto("/overzicht")
    everybody, outcome = total(phone), phone.locator("#veld-uitslag")
    expect(outcome).to_be_hidden()
    phone.locator(".more > summary").tap()
    expect(outcome).to_be_visible()
    outcome.select_option("gezakt")
    expect(phone.locator(".chip")).to_contain_text("Herkansing nodig")
    assert query(phone) == {"uitslag": "gezakt"}
    assert 0 < total(phone) < everybody
    expect(outcome).to_be_visible()


def test_tabs_that_do_not_fit_are_reached_by_scrolling(phone: Page) -> None:
    phone.goto("/overzicht")
    last = tab(phone, "Zonnestroom")
    number = number_on(last)
    last.tap()
    expect(last).to_have_attribute("aria-current", "page")
    expect_count(phone, number)
    phone.evaluate("scrollTo(0, 0)")
    expect(last).to_be_in_viewport(ratio=0.9)
    phone.reload()
    expect(last).to_be_in_viewport(ratio=0.9)


def test_the_order_is_chosen_below_the_cards(phone: Page) -> None:
    phone.goto("/overzicht")
    phone.locator(".choices a", has_text="Aangemeld").tap()
    expect(phone.locator("#aantal")).to_be_focused()
    expect(phone.locator("#aantal")).to_be_in_viewport()
    assert query(phone)["sorteer"].endswith("aangemeld")


def test_the_dialog_fits_and_its_buttons_are_large(phone: Page) -> None:
    phone.goto("/overzicht")
    phone.locator("tbody a[href*='/ontkoppelen']").first.tap()
    dialog = phone.get_by_role("dialog")
    expect(dialog).to_be_visible()
    box = dialog.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    assert box["y"] + box["height"] <= 740
    for button in dialog.locator(".button").all():
        expect(button).to_be_in_viewport(ratio=1)
        size = button.bounding_box()
        assert size
        assert size["height"] >= 44
    phone.get_by_role("link", name="Annuleer").tap()
    expect(dialog).to_be_hidden()


def test_a_paycode_is_a_card_too(page_as: PageAs) -> None:
    page = page_as("vera.meijer", **PHONE)
    page.goto("/betaalcodes")
    expect(page.locator("#aantal")).to_have_text("5 resultaten - Toon 1 - 5")
    card = page.locator("tbody tr").first
    labels = "cells => cells.map((cell) => getComputedStyle(cell, '::before').content)"
    assert '"Aangemaakt "' in card.locator("td").evaluate_all(labels)
    expect(card.locator(".code")).to_be_visible()
    expect(card.locator(".status")).to_be_visible()
