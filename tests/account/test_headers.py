"""What every answer carries, whatever its status."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.clients import sign_in

ANSWERS: dict[str, tuple[int, str, str, dict[str, Any]]] = {
    "a page": (200, "GET", "/inloggen", {}),
    "a redirect": (303, "GET", "/profiel", {}),
    "a fragment that was refused": (401, "GET", "/profiel", {"headers": {"HX-Request": "true"}}),
    "an old form": (403, "POST", "/inloggen", {}),
    "no such page": (404, "GET", "/bestaat-niet", {}),
    "no such verb": (405, "DELETE", "/inloggen", {}),
    "too large": (413, "POST", "/inloggen", {"data": {"a": "b" * 70_000}}),
    "no such file": (404, "GET", "/static/bestaat-niet.css", {}),
    "a file": (200, "GET", "/static/app.css", {}),
    "no page at all": (200, "GET", "/gezond", {}),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_every_answer_is_fenced_in(client: AsyncClient, demo_readonly: None, name: str) -> None:
    status, verb, url, sent = ANSWERS[name]
    answer = await client.request(verb, url, **sent)
    assert answer.status_code == status
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert "server" not in answer.headers


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "a file"])
async def test_nothing_but_files_is_kept(client: AsyncClient, demo_readonly: None, name: str) -> None:
    _, verb, url, sent = ANSWERS[name]
    assert (await client.request(verb, url, **sent)).headers["cache-control"] == "private, no-store"


async def test_a_file_is_kept_for_a_year(client: AsyncClient, demo_readonly: None) -> None:
    assert "immutable" in (await client.get("/static/app.css")).headers["cache-control"]


@pytest.mark.parametrize("name", ["an old form", "no such page", "no such verb", "too large"])
async def test_an_error_is_a_page_in_dutch(client: AsyncClient, demo_readonly: None, name: str) -> None:
    _, verb, url, sent = ANSWERS[name]
    answer = await client.request(verb, url, **sent)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert '<html lang="nl">' in answer.text
    assert "bestaat-niet" not in answer.text


async def test_a_verb_that_cannot_be_used_says_which_can(client: AsyncClient, demo_readonly: None) -> None:
    answer = await client.delete("/inloggen")
    assert {"GET", "POST"} <= set(answer.headers["allow"].replace(",", " ").split())


async def test_a_person_who_may_not_is_told_so(client: AsyncClient, demo_readonly: None) -> None:
    await sign_in(client, "dirk.visser")
    answer = await client.get("/overzicht")
    assert answer.status_code == 403
    assert "U heeft geen toegang tot deze pagina" in answer.text
    assert answer.headers["cache-control"] == "private, no-store"
