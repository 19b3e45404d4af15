"""The portal does what it is for and nothing beside it: no other protocol, no other verb, no file that is not meant
to be had, no field that nobody asked for."""

from typing import Any

import pytest
from httpx import AsyncClient
from litestar.routes import HTTPRoute

from app.tables import Mandate, User
from tests.account.test_headers import ANSWERS
from tests.clients import sign_in, submit
from tests.sessions import client_of

NO_PAGES = [
    *("/.git/config", "/.env", "/app/main.py", "/requirements.lock", "/data/portaal.sqlite", "/static", "/static/"),
    *("/schema", "/docs", "/redoc", "/openapi.json", "/metrics", "/debug", "/server-status", "/admin", "/favicon.ico"),
    *("/static/..%2fapp%2fmain.py", "/static/licences", "/static/licences/"),
]
OWN = ("/overzicht", "/betaalcodes", "/ontkoppeld", "/downloads", "/profiel", "/profiel/bewerken", "/ondersteuning")
OTHER_VERBS = ("TRACE", "CONNECT", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "HACK")


async def test_nothing_but_http_is_served(application: Any, demo_readonly: None) -> None:
    assert [route for route in application.routes if not isinstance(route, HTTPRoute)] == []
    assert not application.debug


@pytest.mark.parametrize("username", ["", "beheerder"])
async def test_what_is_no_page_is_not_there(application: Any, demo_readonly: None, username: str) -> None:
    from tests.clients import visitor

    client = await client_of(application, username) if username else visitor(application)
    assert {url: (await client.get(url)).status_code for url in NO_PAGES} == dict.fromkeys(NO_PAGES, 404)


@pytest.mark.parametrize("verb", OTHER_VERBS)
async def test_a_verb_that_nobody_asked_for_is_refused(application: Any, demo_readonly: None, verb: str) -> None:
    anna = await client_of(application, "anna.smit")
    answer = await anna.request(verb, "/profiel", headers={"X-Mark": "zwartepiste"})
    assert answer.status_code in ({204, 405} if verb == "OPTIONS" else {405})
    assert "zwartepiste" not in answer.text
    assert "Anna" not in answer.text


@pytest.mark.parametrize("name", ANSWERS)
async def test_no_answer_lets_another_origin_read_it(client: AsyncClient, demo_readonly: None, name: str) -> None:
    _, verb, url, sent = ANSWERS[name]
    headers = sent.get("headers", {}) | {"Origin": "https://evil.example"}
    answer = await client.request(verb, url, **(sent | {"headers": headers}))
    assert [header for header in answer.headers if header.startswith("access-control-")] == []
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("url", [*OWN, "/overzicht.xlsx", "/betaalcodes.xlsx", "/gezond", "/static/app.js"])
async def test_every_answer_says_what_it_is(application: Any, demo_readonly: None, url: str) -> None:
    answer = await (await client_of(application, "anna.smit")).get(url)
    kind = answer.headers["content-type"]
    assert answer.content
    assert kind.endswith("; charset=utf-8") if kind.startswith("text/") else "spreadsheetml" in kind, kind


@pytest.mark.parametrize("url", OWN)
async def test_signing_out_is_in_sight_on_every_page(application: Any, demo_readonly: None, url: str) -> None:
    assert 'action="/uitloggen"' in (await (await client_of(application, "anna.smit")).get(url)).text


async def test_fields_that_nobody_asked_for_change_nothing(client: AsyncClient, demo: None) -> None:
    """Every column of the account, under its own name, beside what the form has."""
    await sign_in(client, "anna.smit")
    before = await User.select().where(User.username == "anna.smit").first()
    assert before
    mandates = await Mandate.count()
    extra = {name: "1" for name in before if name != "gebruikersnaam"}
    extra |= {"rol": "administrator", "is_staff": "1", "organisatie": "ZPI", "mandate": "1", "actief": "0"}
    answer = await submit(client, "/profiel/bewerken", tussenvoegsel="van", **extra)
    assert answer.status_code == 303
    after = await User.select().where(User.username == "anna.smit").first()
    assert after
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"name_particle", "search_text", "sort_key", "changed_at"}
    assert "name_particle" in changed
    assert await Mandate.count() == mandates
