"""A list page as its reader sees it."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

COUNT = re.compile(r"^(\d+) resulta")


def query(page: Page) -> dict[str, str]:
    """What the address asks for."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(page.url).query).items()}


def total(page: Page) -> int:
    """What the count line says."""
    found = COUNT.match(page.locator("#aantal").inner_text())
    assert found, page.locator("#aantal").inner_text()
    return int(found[1])


def names(page: Page) -> list[str]:
    """Who stands in the rows, from above."""
    return page.locator("#resultaten tbody th a").all_inner_texts()


def number_on(link: Locator) -> int:
    """The number on a tab or a tile."""
    found = re.search(r"\d+", link.inner_text())
    assert found, link.inner_text()
    return int(found[0])


def tab(page: Page, label: str) -> Locator:
    return page.locator(".tabs").get_by_role("link", name=label)


def tile(page: Page, label: str) -> Locator:
    return page.locator(".tiles").get_by_role("link", name=label)


def expect_count(page: Page, number: int) -> None:
    expect(page.locator("#aantal")).to_have_text(re.compile(rf"^{number} resulta(?:at|ten)\b"))
