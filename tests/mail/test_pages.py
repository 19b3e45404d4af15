"""Berichten: the administrator sees what was mailed and what waits, and reads what cannot leave."""

import asyncio
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from httpx import AsyncClient
from lxml import html

from app.clock import now
from app.mail import queries
from app.mail.letters import HIDDEN
from app.sessions import hash_token
from app.settings import get_settings
from app.tables import AuditEvent, Mail, Token, User
from tests.clients import sign_in, submit, visitor
from tests.mail.outbox import invite, outbox, tell_candidates
from tests.paycodes.page import FRAGMENT, Shown, show
from tests.sessions import client_of

LIST = "/beheer/berichten"
OPEN = "//form[contains(@action, '/openen')]"
AGAIN = "//form[contains(@action, '/opnieuw')]"


@pytest.fixture
async def post_office(application: Any, demo: None) -> Any:
    """An administrator, and one letter in each state: an invitation that waits, one sent, one that failed."""
    await invite()
    await tell_candidates("Verzonden@example.org", "mislukt_100%@example.org")
    await Mail.update({Mail.state: "sent", Mail.sent_at: now(), Mail.attempts: 1}).where(Mail.id == 2)
    await Mail.update({Mail.state: "failed", Mail.last_error: "De mailserver weigert dit adres (550)."}).where(
        Mail.id == 3
    )
    async with await client_of(application, "beheerder") as client:
        yield client


@pytest.fixture
def with_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where letters leave."""
    settings = replace(get_settings(), smtp_url="smtp://localhost")
    monkeypatch.setattr(queries, "get_settings", lambda: settings)


def recipients(page: Shown) -> list[str]:
    return page.texts("//td[@data-label='Aan']")


async def events(action: str) -> list[dict[str, Any]]:
    rows = await AuditEvent.select().where(AuditEvent.action == action).order_by(AuditEvent.id)
    return [row | {"details": json.loads(row["details"])} for row in rows]


async def test_the_newest_comes_first_with_how_it_went(post_office: AsyncClient) -> None:
    page = await show(post_office, LIST)
    assert recipients(page) == ["mislukt_100%@example.org", "Verzonden@example.org", "anna.smit@nwt.example"]
    assert page.texts("//tbody//th") == ["Bevestiging van een aanmelding"] * 2 + ["Uitnodiging"]
    assert [row[4] for row in page.rows] == [
        "Mislukt De mailserver weigert dit adres (550).",
        "Verzonden",
        "Te verzenden",
    ]
    assert page.tiles == {"Alle": 3, "Te verzenden": 1, "Verzonden": 1, "Mislukt": 1}
    assert page.count_line == "3 resultaten - Toon 1 - 3"


FOUND: tuple[tuple[dict[str, str], list[str]], ...] = (
    ({"status": "mislukt"}, ["mislukt_100%@example.org"]),
    ({"status": "verzonden", "trefwoorden": "mislukt"}, []),
    ({"trefwoorden": "VERZONDEN@"}, ["Verzonden@example.org"]),
    ({"trefwoorden": "_100%"}, ["mislukt_100%@example.org"]),
    ({"trefwoorden": "mislukt%"}, []),
    ({"bericht": "invitation"}, ["anna.smit@nwt.example"]),
    ({"sorteer": "gemaakt", "bericht": "enrolled"}, ["Verzonden@example.org", "mislukt_100%@example.org"]),
)


async def test_a_filter_narrows(post_office: AsyncClient) -> None:
    for query, found in FOUND:
        page = await show(post_office, LIST, **query)
        assert page.answer.status_code == 200
        assert recipients(page) == found, query


async def test_what_cannot_be_read_shows_nothing(post_office: AsyncClient) -> None:
    for query in ("status=weg", "bericht=reclame", "pagina=ooit", "trefwoorden=%00"):
        page = await show(post_office, f"{LIST}?{query}")
        assert page.answer.status_code == 400, query
        assert page.rows == []


async def test_htmx_gets_the_regions_that_changed(post_office: AsyncClient) -> None:
    answer = await post_office.get(f"{LIST}?status=mislukt", headers=FRAGMENT)
    assert "<html" not in answer.text
    assert 'id="resultaten"' in answer.text
    assert 'hx-target="#stand"' in answer.text


@pytest.mark.parametrize("key", [1, 2, 3])
async def test_a_letter_is_shown_without_its_secret_and_that_is_on_record(post_office: AsyncClient, key: int) -> None:
    tokens = await Token.count()
    page = await show(post_office, f"{LIST}/{key}")
    assert HIDDEN in page.texts("//pre")[0]
    assert HIDDEN in page.texts("//details/pre")[0]
    assert await Token.count() == tokens
    [event] = await events("view_mail")
    assert event["object_type"] == ("user" if key == 1 else "enrolment")
    assert event["details"] == {"mail": key}


async def test_without_a_server_it_is_opened_after_asking_and_that_is_on_record(post_office: AsyncClient) -> None:
    answer = await submit(post_office, f"{LIST}/1", OPEN)
    assert answer.status_code == 200
    [secret] = set(re.findall(r"/activeren/([\w-]{40,})", html.fromstring(answer.content).text_content()))
    assert await Token.exists().where(Token.token_hash == hash_token(secret))
    assert answer.headers["cache-control"] == "private, no-store"
    [event] = await events("open_mail")
    assert (event["object_type"], event["details"]) == ("user", {"mail": 1})
    assert [row["state"] for row in await outbox()] == ["queued", "sent", "failed"]
    assert secret not in (await post_office.get(f"{LIST}/1")).text


async def test_where_letters_leave_none_is_opened(post_office: AsyncClient, with_server: None) -> None:
    page = await show(post_office, f"{LIST}/1")
    assert not page.root.xpath(OPEN)
    assert not page.root.xpath("//main//form[@method='post']")


@pytest.mark.parametrize("key", [2, 3])
async def test_what_was_sent_or_given_up_is_not_opened(post_office: AsyncClient, key: int) -> None:
    tokens = await Token.count()
    answer = await _open_anyway(post_office, key)
    assert answer.headers["location"] == f"{LIST}/{key}"
    await submit(post_office, f"{LIST}/{key}", AGAIN)
    answer = await _open_anyway(post_office, key)
    # Sent before, its secret may be in somebody's mailbox; given up, it never left.
    assert answer.status_code == (303 if key == 2 else 200)
    assert await Token.count() == tokens + int(key == 3)


async def _open_anyway(client: AsyncClient, key: int) -> Any:
    page = await client.get(f"{LIST}/1")
    form = html.fromstring(page.content).xpath(OPEN)[0]
    return await client.post(f"{LIST}/{key}/openen", data=dict(form.form_values()))


async def test_a_letter_that_is_no_longer_right_is_not_opened(post_office: AsyncClient) -> None:
    page = await post_office.get(f"{LIST}/1")
    fields = dict(html.fromstring(page.content).xpath(OPEN)[0].form_values())
    await User.update({User.email: "nieuw@example.org"}).where(User.username == "anna.smit")
    answer = await post_office.post(f"{LIST}/1/openen", data=fields)
    assert answer.headers["location"] == f"{LIST}/1"
    assert "Dit account heeft intussen een ander e-mailadres." in (await post_office.get(f"{LIST}/1")).text


@pytest.mark.parametrize("key", [2, 3])
async def test_it_is_sent_again_once_however_often_it_is_asked(post_office: AsyncClient, key: int) -> None:
    page = await post_office.get(f"{LIST}/{key}")
    fields = dict(html.fromstring(page.content).xpath(AGAIN)[0].form_values())
    answers = await asyncio.gather(*(post_office.post(f"{LIST}/{key}/opnieuw", data=fields) for _ in range(4)))
    assert {answer.headers["location"] for answer in answers} == {f"{LIST}/{key}?opnieuw=1"}
    row = (await outbox())[key - 1]
    assert (row["state"], row["attempts"], row["last_error"]) == ("queued", 0, "")
    assert (row["sent_at"] is not None) == (key == 2)
    assert [event["details"] for event in await events("resend_mail")] == [{"mail": key}]
    assert "wordt opnieuw verzonden" in (await post_office.get(f"{LIST}/{key}?opnieuw=1")).text


@pytest.mark.parametrize("path", ["999", "0", "abc", "9" * 30])
async def test_what_is_not_there_is_not_there(post_office: AsyncClient, path: str) -> None:
    assert (await post_office.get(f"{LIST}/{path}")).status_code == 404


@pytest.mark.parametrize("username", ["anna.smit", "dirk.visser"])
async def test_others_have_no_access(client: AsyncClient, demo_readonly: None, username: str) -> None:
    await sign_in(client, username)
    assert [(await client.get(path)).status_code for path in (LIST, f"{LIST}/1")] == [403, 403]


async def test_a_visitor_is_sent_to_sign_in(application: Any, demo_readonly: None) -> None:
    async with visitor(application) as nobody:
        answer = await nobody.get(LIST)
    assert answer.headers["location"] == "/inloggen?volgende=%2Fbeheer%2Fberichten"
