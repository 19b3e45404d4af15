"""Who is let in under `/api`, and that everything there which goes wrong is a problem in JSON."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.clock import now
from app.tables import ApiKey, ApiScope
from tests.api.world import make_key, system
from tests.clients import visitor
from tests.sessions import client_of

PROBLEM = "application/problem+json"
CALLS = (("POST", "/api/v1/results"), ("GET", "/api/v1/enrolments"), ("GET", "/api/v1/paycodes"))


async def statuses(client: AsyncClient) -> list[int]:
    answers = [await client.request(verb, url, json={} if verb == "POST" else None) for verb, url in CALLS]
    assert all(each.headers["content-type"] == PROBLEM for each in answers if each.status_code >= 400)
    return [each.status_code for each in answers]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer evp_", "Bearer evp_00000000_x", "Basic evp_", "Bearer é\x80"]
)
async def test_without_a_key_that_works_nobody_is_let_in(db: None, application: Any, header: str) -> None:
    async with visitor(application) as nobody:
        headers = {b"Authorization": header.encode("latin-1")} if header else {}
        for verb, url in CALLS:
            answer = await nobody.request(verb, url, headers=headers)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
            assert answer.headers["content-type"] == PROBLEM


async def test_a_session_is_no_key(jan: int, application: Any) -> None:
    assert await statuses(await client_of(application, "kim")) == [401] * 3


async def test_a_key_does_what_its_scopes_say(abc: int, application: Any) -> None:
    for place, scope in enumerate((ApiScope.RESULTS_WRITE, ApiScope.ENROLMENTS_READ, ApiScope.PAYCODES_READ)):
        found = await statuses(system(application, await make_key(scope, organisation=abc)))
        assert found == [200 if place == each else 403 for each in range(3)]


async def test_a_key_of_nobody_reads_nothing(db: None, application: Any) -> None:
    assert await statuses(system(application, await make_key(*ApiScope))) == [200, 403, 403]


async def test_a_key_ends_at_its_moment_and_when_it_is_revoked(abc: int, application: Any) -> None:
    ended = await make_key(*ApiScope, organisation=abc, expires_at=now() - timedelta(seconds=1))
    assert await statuses(system(application, ended)) == [401] * 3
    client = system(application, await make_key(*ApiScope, organisation=abc, expires_at=now() + timedelta(minutes=1)))
    assert await statuses(client) == [200] * 3
    await ApiKey.update({ApiKey.revoked_at: now()}, force=True)
    assert await statuses(client) == [401] * 3


async def test_the_last_use_is_kept_once_a_minute(abc: int, application: Any) -> None:
    client = system(application, await make_key(*ApiScope, organisation=abc))
    await statuses(client)
    first = await ApiKey.select(ApiKey.last_used_at).first()
    await statuses(client)
    assert await ApiKey.select(ApiKey.last_used_at).first() == first
    assert first
    assert first["last_used_at"] > now() - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("verb", "url", "status"),
    [
        ("GET", "/api/", 404),
        ("GET", "/api/v1", 404),
        ("GET", "/api/v1/geen", 404),
        ("GET", "/api/v2/enrolments", 404),
        ("GET", "/api/v1/enrolments/%00", 404),
        ("GET", "/api/v1/results", 405),
        ("DELETE", "/api/v1/enrolments", 405),
        ("FOO", "/api/v1/enrolments", 405),
    ],
)
async def test_what_is_not_there_is_a_problem_too(tests_system: AsyncClient, verb: str, url: str, status: int) -> None:
    answer = await tests_system.request(verb, url)
    assert (answer.status_code, answer.headers["content-type"], answer.json()["status"]) == (status, PROBLEM, status)
    assert ("allow" in answer.headers) == (status == 405)


async def test_a_failure_is_a_problem_without_particulars(
    tests_system: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("app.api.controller.take_in", fail)
    tests_system.event_hooks = {"response": []}
    answer = await tests_system.post("/api/v1/results", json={})
    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    assert "secret" not in answer.text
