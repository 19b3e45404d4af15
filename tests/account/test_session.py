"""How long a session lasts, and what ends it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient

from tests.account.browser import SESSION
from tests.clients import sign_in


async def answer_after(client: AsyncClient, username: str, *pauses: timedelta) -> int:
    """The status of the last of several requests, with these pauses before them."""
    from app.clock import now

    await sign_in(client, username)
    with time_machine.travel(now()) as clock:
        for pause in pauses:
            clock.shift(pause)
            answer = await client.get("/profiel")
    return answer.status_code


@pytest.mark.parametrize(
    ("username", "minutes", "status"),
    [("anna.smit", 119, 200), ("anna.smit", 121, 303), ("beheerder", 29, 200), ("beheerder", 31, 303)],
)
async def test_a_session_ends_when_it_is_left_alone(
    client: AsyncClient, demo: None, username: str, minutes: int, status: int
) -> None:
    assert await answer_after(client, username, timedelta(minutes=minutes)) == status


async def test_work_keeps_a_session_alive(client: AsyncClient, demo: None) -> None:
    assert await answer_after(client, "anna.smit", *[timedelta(minutes=100)] * 3) == 200


async def test_after_half_a_day_everybody_signs_in_again(client: AsyncClient, demo: None) -> None:
    assert await answer_after(client, "anna.smit", *[timedelta(minutes=90)] * 8) == 303


async def test_who_is_closed_out_is_out_at_once(client: AsyncClient, demo: None) -> None:
    from app.tables import User

    await sign_in(client, "anna.smit")
    await User.update({User.active: False}).where(User.username == "anna.smit")
    assert (await client.get("/profiel")).status_code == 303


async def test_a_mandate_taken_away_counts_at_once(client: AsyncClient, demo: None) -> None:
    from app.tables import Mandate

    await sign_in(client, "anna.smit")
    assert (await client.get("/overzicht")).status_code == 200
    await Mandate.delete(force=True)
    assert (await client.get("/overzicht")).status_code == 403


@pytest.mark.parametrize("session", ["", "x", "é", "a" * 4000, "%00", "%ff", '"', "../..", "0"])
async def test_a_session_that_never_was_is_nobodys(client: AsyncClient, demo: None, session: str) -> None:
    answer = await client.get("/profiel", headers={b"Cookie": f"{SESSION}={session}".encode()})
    assert answer.status_code == 303
    assert "set-cookie" not in answer.headers


async def test_nobody_gets_a_session_by_looking(client: AsyncClient, application: Any, demo: None) -> None:
    from app.security import Audience
    from app.tables import Session

    handlers = [(route.path, each) for route in application.routes for each in route.route_handlers]
    public = {
        path for path, each in handlers if each.opt.get("access") == Audience.PUBLIC and "GET" in each.http_methods
    }
    assert {"/inloggen", "/wachtwoord-vergeten", "/aanmelden"} <= public
    for path in public | {"/overzicht", "/profiel"}:
        answer = await client.get(re.sub(r"\{[^}]+\}", "co", path))
        assert SESSION not in answer.headers.get("set-cookie", ""), path
    assert not await Session.exists()


FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.mark.parametrize(
    ("shown", "back"),
    [
        ("https://testserver.local/overzicht?route=co&pagina=2", "%2Foverzicht%3Froute%3Dco%26pagina%3D2"),
        ("https://[broken", ""),
        ("", ""),
    ],
)
async def test_a_fragment_without_a_session_sends_the_whole_page_to_sign_in(
    client: AsyncClient, demo: None, shown: str, back: str
) -> None:
    answer = await client.get("/overzicht", headers=FRAGMENT | {"HX-Current-URL": shown})
    assert (answer.status_code, answer.text) == (401, "")
    assert answer.headers["hx-redirect"] == f"/inloggen?volgende={back}"


async def test_a_change_without_a_session_goes_to_sign_in_and_not_back(client: AsyncClient, demo: None) -> None:
    answer = await client.post("/profiel/bewerken", data={"voornaam": "Anna"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen")
