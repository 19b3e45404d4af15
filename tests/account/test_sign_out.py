"""Signing out."""

import asyncio

from httpx import AsyncClient
from lxml import html

from tests.account.browser import SESSION, get_with
from tests.clients import sign_in, submit

LEAVE = "//header//form[@action='/uitloggen']"


async def test_who_leaves_is_told_so(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    answer = await submit(client, "/profiel", LEAVE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen?uitgelogd=1")
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert SESSION not in client.cookies
    page = await client.get(answer.headers["location"])
    assert "U bent uitgelogd." in html.fromstring(page.content).text_content()


async def test_the_session_is_over_wherever_its_cookie_went(client: AsyncClient, demo: None) -> None:
    from app.tables import Session

    await sign_in(client, "anna.smit")
    session = client.cookies[SESSION]
    await submit(client, "/profiel", LEAVE)
    answer = await get_with(client, session)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen?volgende=%2Fprofiel")
    assert not await Session.exists()


async def test_no_request_under_way_brings_a_session_back(client: AsyncClient, demo: None) -> None:
    from app.tables import Session

    for _ in range(5):
        await sign_in(client, "anna.smit")
        await asyncio.gather(
            *(client.get("/profiel") for _ in range(4)),
            submit(client, "/profiel", LEAVE),
            *(client.get("/profiel") for _ in range(4)),
        )
        assert not await Session.exists()


async def test_leaving_is_on_record(client: AsyncClient, demo: None) -> None:
    from app.tables import AuditEvent, User

    await sign_in(client, "anna.smit")
    await submit(client, "/profiel", LEAVE)
    anna = await User.select(User.id).where(User.username == "anna.smit").first()
    events = await AuditEvent.select().where(AuditEvent.action == "sign_out")
    assert anna
    assert [(event["actor"], event["outcome"]) for event in events] == [(anna["id"], "ok")]


async def test_a_link_cannot_sign_anyone_out(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    assert (await client.get("/uitloggen")).status_code == 405
    assert (await client.get("/profiel")).status_code == 200


async def test_who_is_not_signed_in_goes_to_sign_in(client: AsyncClient, demo: None) -> None:
    answer = await client.post("/uitloggen")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen")
