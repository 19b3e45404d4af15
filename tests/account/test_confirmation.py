"""What opens an account changes only for who has just typed the password."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient
from litestar.exceptions import NotAuthorizedException

from app.access import Access
from app.account.confirmation import LASTS, TRIES, Unconfirmed, confirm, require_confirmation, show_unconfirmed
from app.clock import now
from app.security import PortalRequest
from app.sessions import end_session
from app.tables import AuditEvent, Session
from app.throttle import Throttled
from tests.account.browser import errors_of
from tests.clients import sign_in, submit, visitor
from tests.people.world import make_person, request_by
from tests.sessions import client_of
from tests.worlds import PASSWORD

PAGE = "/profiel/bevestigen"


async def kim() -> tuple[Access, PortalRequest]:
    request = await request_by(await make_person("kim"))
    return request.viewer.access, request


async def test_signing_in_does_not_count_and_the_password_does_for_a_while(db: None) -> None:
    access, request = await kim()
    with time_machine.travel(now(), tick=False) as clock:
        with pytest.raises(Unconfirmed):
            await require_confirmation(access, request, "/profiel")
        assert await confirm(access, request, PASSWORD)
        clock.shift(LASTS - timedelta(seconds=1))
        await require_confirmation(access, request, "/profiel")
        clock.shift(timedelta(seconds=2))
        with pytest.raises(Unconfirmed):
            await require_confirmation(access, request, "/profiel")


async def test_it_counts_for_this_session_alone(client: AsyncClient, application: Any, demo: None) -> None:
    await sign_in(client, "anna.smit")
    async with visitor(application) as phone:
        await sign_in(phone, "anna.smit")
        assert (await submit(phone, PAGE, huidig_wachtwoord=PASSWORD)).status_code == 303
    assert await Session.count().where(Session.confirmed_at.is_not_null()) == 1


async def test_who_must_confirm_is_asked_and_comes_back(client: AsyncClient, demo: None) -> None:
    scope: Any = {"type": "http", "headers": []}
    asked = show_unconfirmed(PortalRequest(scope), Unconfirmed("/profiel/beveiliging?a=b"))
    assert (asked.status_code, asked.headers["Location"][:20]) == (303, "/profiel/bevestigen?")
    await sign_in(client, "anna.smit")
    wrong = await submit(client, asked.headers["Location"], huidig_wachtwoord="Verkeerd!1")
    assert errors_of(wrong) == {"huidig_wachtwoord": "Het huidige wachtwoord is onjuist."}
    assert "Verkeerd!1" not in wrong.text
    right = await submit(client, asked.headers["Location"], huidig_wachtwoord=PASSWORD)
    assert right.headers["location"] == "/profiel/beveiliging?a=b"
    elsewhere = await submit(client, f"{PAGE}?volgende=//evil.example", huidig_wachtwoord=PASSWORD)
    assert elsewhere.headers["location"] == "/profiel/beveiliging"
    events = await AuditEvent.select(AuditEvent.outcome).where(AuditEvent.action == "password_check")
    assert [each["outcome"] for each in events] == ["refused", "ok", "ok"]


async def test_guessing_is_slowed_down_and_right_answers_cost_nothing(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    for _ in range(TRIES.most + 1):
        assert (await submit(client, PAGE, huidig_wachtwoord=PASSWORD)).status_code == 303
    for _ in range(TRIES.most):
        assert (await submit(client, PAGE, huidig_wachtwoord="x")).status_code == 422
    for url, changes in ((PAGE, {}), ("/profiel/bewerken", {"gebruikersnaam": "anna.devries", "voornaam": "Anne"})):
        refused = await submit(client, url, huidig_wachtwoord=PASSWORD, **changes)
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
        assert list(errors_of(refused)) == ["huidig_wachtwoord"]
        assert all(value in refused.text for value in changes.values())


async def test_each_session_has_tries_of_its_own(application: Any, db: None) -> None:
    access, request = await kim()
    for _ in range(TRIES.most):
        await confirm(access, request, "x")
    with pytest.raises(Throttled):
        await confirm(access, request, PASSWORD)
    other = await client_of(application, "kim")
    assert (await submit(other, PAGE, huidig_wachtwoord=PASSWORD)).status_code == 303


async def test_a_session_that_ended_meanwhile_confirms_nothing(db: None) -> None:
    access, request = await kim()
    await end_session(request.viewer.session)
    with pytest.raises(NotAuthorizedException):
        await confirm(access, request, PASSWORD)
    assert not await Session.exists()
