"""What a page weighs on the way to the browser."""

import re
from typing import Any

import pytest
from httpx import AsyncClient

from tests.candidates.screen import read
from tests.sessions import client_of

KB = 1000
FRAGMENT = {"HX-Request": "true"}


async def weight(client: AsyncClient, url: str, **headers: str) -> int:
    """Bytes of the body as they travel."""
    answer = await client.get(url, headers={"Accept-Encoding": "br, gzip"} | headers)
    assert answer.status_code == 200, url
    return int(answer.headers["content-length"])


@pytest.mark.parametrize("username", ["anna.smit", "bram.devries", "beheerder"])
@pytest.mark.parametrize("query", ["", "?route=co", "?sorteer=-gewijzigd"])
async def test_a_fragment_of_25_rows_is_small(demo_readonly: None, application: Any, username: str, query: str) -> None:
    client = await client_of(application, username)
    answer = await client.get(f"/overzicht{query}", headers=FRAGMENT)
    assert len(read(answer).ids) == 25
    assert len(answer.content) <= 60 * KB
    assert await weight(client, f"/overzicht{query}", **FRAGMENT) <= 6 * KB


async def test_a_first_page_takes_six_requests_and_60_kb(demo_readonly: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    page = (await anna.get("/overzicht")).text
    files = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert len(files) <= 5
    parts = {url: await weight(anna, url) for url in ["/overzicht", *files]}
    assert sum(parts.values()) <= 60 * KB, parts


async def test_nothing_comes_from_elsewhere(demo_readonly: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    page = (await anna.get("/overzicht")).text
    assert re.findall(r'(?:src|action|data-hx-\w+)="(?!/)(?:https?:)?//[^"]*', page) == []
    assert re.findall(r"<link[^>]+href=\"(?!/)[^\"]*", page) == []
    assert re.findall(r" (?:style|on\w+)=", page) == []
