"""Every request has a name, in its answer and in every line that it leaves in the log."""

from dataclasses import replace
from ipaddress import ip_network
from typing import Any

import pytest
import structlog
from httpx import AsyncClient

from app import origin
from app.settings import get_settings


@pytest.mark.parametrize("url", ["/gezond", "/inloggen", "/bestaat-niet", "/static/app.js"])
async def test_every_answer_says_its_own_name(client: AsyncClient, demo_readonly: None, url: str) -> None:
    given = {"X-Request-ID": "chosen-by-somebody"}
    names = {(await client.get(url, headers=given)).headers["x-request-id"] for _ in range(3)}
    assert len(names) == 3
    assert all(len(name) == 16 and int(name, 16) >= 0 for name in names)


@pytest.fixture
def behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = replace(get_settings(), trusted_proxies=(ip_network("127.0.0.0/8"),))
    monkeypatch.setattr(origin, "get_settings", lambda: settings)


@pytest.mark.parametrize(
    ("given", "kept"), [("trace-0123.4567_x", True), ("short", False), ("x" * 65, False), ("met spatie en meer", False)]
)
async def test_a_proxy_that_is_named_may_say_the_name(
    client: AsyncClient, demo_readonly: None, behind_a_proxy: None, given: str, kept: bool
) -> None:
    answer = await client.get("/inloggen", headers={"X-Request-ID": given})
    assert (answer.headers["x-request-id"] == given) is kept


async def test_its_lines_in_the_log_carry_it(client: AsyncClient, demo_readonly: None, capsys: Any) -> None:
    from app import logs

    logs.configure()
    answer = await client.post("/inloggen", data={"gebruikersnaam": "kanarie", "wachtwoord": "kanarie"})
    assert answer.status_code == 403
    [line] = [each for each in capsys.readouterr().out.splitlines() if "refused" in each]
    assert answer.headers["x-request-id"] in line
    assert "kanarie" not in line
    assert structlog.contextvars.get_contextvars() == {}
