"""After signing in somebody is on a page of the portal, whatever an address promised."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.clients import submit

HOSTILE = [
    *("//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example"),
    *("https://evil.example", "http://evil.example/overzicht", "javascript:alert(1)", "data:text/html,x"),
    *("/%0d%0aLocation:%20//evil.example", "/\r\nX-A: b", "/\t/evil.example", " //evil.example", "/ /evil.example"),
    *("@evil.example", ".evil.example", "overzicht", "?x", "#x", "/overzicht\x00", "/\u2028/evil.example"),
    *("ftp://evil.example", "//evil.example@testserver.local", "https://testserver.local.evil.example"),
]


@pytest.mark.parametrize("target", HOSTILE)
async def test_nobody_is_sent_elsewhere(demo: None, client: AsyncClient, target: str) -> None:
    answer: Any = await submit(
        client, "/inloggen", gebruikersnaam="anna.smit", wachtwoord="Merel!9bruggen", volgende=target
    )
    assert answer.status_code == 303
    where = answer.headers["location"]
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))
    assert not [sign for sign in where if sign in "\\\r\n\t\x00" or not sign.isascii()]
    assert "x-a" not in answer.headers


async def test_a_page_of_the_portal_is_where_they_wanted_to_be(demo: None, client: AsyncClient) -> None:
    answer = await submit(
        client, "/inloggen", gebruikersnaam="anna.smit", wachtwoord="Merel!9bruggen", volgende="/overzicht?route=co"
    )
    assert answer.headers["location"] == "/overzicht?route=co"
