"""One template: a whole page for a browser, the regions that changed for htmx."""

from typing import Any

from lxml import html

from tests.paycodes.page import FRAGMENT, read, show
from tests.sessions import client_of

HOOKS = ("filter", "stand", "resultaten", "aantal", "status", "meldingen", "dialoog")


async def test_a_browser_gets_a_whole_page(application: Any, demo_readonly: None) -> None:
    async with await client_of(application, "anna.smit") as anna:
        page = await show(anna)
    assert page.answer.text.lstrip().startswith("<!doctype html>")
    for hook in HOOKS:
        assert len(page.root.xpath(f"//*[@id='{hook}']")) == 1, hook
    assert page.root.xpath("//form[@id='filter'][@method='get']/@action") == ["/betaalcodes"]
    assert all(row.get("data-id").isdecimal() for row in page.root.xpath("//tbody/tr"))
    assert page.root.xpath("//nav//a[@aria-current='page']/@href")[0] == "/betaalcodes"


async def test_htmx_gets_the_regions_that_changed(application: Any, demo_readonly: None) -> None:
    async with await client_of(application, "anna.smit") as anna:
        anna.headers.update(FRAGMENT)
        page = await show(anna, status="gebruikt", pagina=2)
    body = page.answer.text
    assert "<html" not in body
    assert 'id="filter"' not in body
    assert body.startswith("<title>Betaalcodes (pagina 2 van ")
    assert page.answer.headers["vary"].startswith("HX-Request, HX-Request-Type")
    root = html.fragments_fromstring(body)
    assert [element.get("id") for element in root if element.tag == "section"] == ["resultaten"]
    partials = {element.get("hx-target"): element for element in root if element.tag == "hx-partial"}
    assert set(partials) == {"#stand", "#status"}
    assert partials["#stand"].xpath("./*/@id") == ["stand"]
    assert read(partials["#status"]) == page.count_line
    # What the form does not show travels with it.
    assert partials["#stand"].xpath(".//input[@form='filter'][@name='status']/@value") == ["gebruikt"]


async def test_every_link_carries_the_selection(application: Any, demo_readonly: None) -> None:
    async with await client_of(application, "anna.smit") as anna:
        page = await show(anna, profiel="co", status="gebruikt", per_pagina=25)
        links = page.root.xpath("//*[@id='stand' or @id='resultaten']//a[starts-with(@href, '/betaalcodes')]/@href")
        assert any(link.startswith("/betaalcodes.xlsx?profiel=co&status=gebruikt") for link in links)
        for link in set(links):
            if not link.startswith("/betaalcodes.xlsx"):
                assert (await anna.get(link)).status_code == 200, link


async def test_a_number_in_a_tile_or_a_bar_is_how_many_its_link_shows(application: Any, demo_readonly: None) -> None:
    async with await client_of(application, "anna.smit") as anna:
        page = await show(anna, profiel="co")
        tiles = [(link.get("href"), read(link).split(" ")[0]) for link in page.root.xpath("//*[@class='tiles']//a")]
        bars = [(link.get("href"), read(link).split(" ")[0]) for link in page.root.xpath("//*[@class='key']//a")]
        assert tiles
        assert bars
        for href, number in [*tiles, *bars]:
            shown = await show(anna, href)
            assert shown.count_line.split(" ")[0] == number, href
