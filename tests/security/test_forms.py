"""Every form of the portal: refused unless it comes from a page of this session, and sent twice it counts once."""

from asyncio import sleep
from typing import Any
from urllib.parse import urljoin

import pytest
from httpx import Response
from lxml import html

from tests.account.test_forgery import multipart
from tests.security.asking import Ask
from tests.security.cast import Cast, assemble, send, token_of
from tests.security.rows import WATCHING, changes, rows
from tests.security.table import API_KEY, TABLE
from tests.security.test_matrix import may
from tests.sessions import client_of

COUNTING = WATCHING | {"session": ("seen_at", "confirmed_at")}
DOES_NOTHING = {
    "POST /beheer/batches/codes": "looks a code up",
    "POST /beheer/gebruikers/{person:str}/uitloggen": "nobody else is signed in here",
}
PEOPLE = ["administrator", "manager of one", "enrolment manager", "visitor"]
FORMS = [name for name, row in TABLE.items() if name.startswith("POST ") and row.who is not API_KEY]


@pytest.fixture
async def cast(db: None, application: Any) -> Cast:
    return await assemble(application)


def somebody_for(cast: Cast, name: str) -> Ask:
    """The first who may send it; what is for everybody is sent by a visitor."""
    asks = [Ask(cast, person, name, TABLE[name]) for person in ("visitor", *PEOPLE)]
    return next(ask for ask in asks if may(ask.person, ask))


def forged(mine: str, foreign: str) -> dict[str, dict[str, Any]]:
    own = {"_csrf": mine}
    return {
        "no token": {"data": {"a": "b"}},
        "the token of another session": {"data": {"_csrf": foreign}},
        "half a token": {"data": {"_csrf": mine[:64]}},
        "no hexadecimals": {"data": {"_csrf": "z" * 128}},
        "no ASCII": {"data": {"_csrf": "é" * 128}},
        "no UTF-8": {"content": b"_csrf=%ff\xff", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        "a header without ASCII": {"headers": {"X-CSRF-Token": b"\xe9" * 64}},
        "a file": multipart('; filename="a"', mine.encode()),
        "JSON": {"json": own},
        "another site": {"data": own, "headers": {"Sec-Fetch-Site": "cross-site"}},
        "a subdomain": {"data": own, "headers": {"Sec-Fetch-Site": "same-site"}},
        "another origin": {"data": own, "headers": {"Origin": "https://evil.example"}},
        "no origin": {"data": own, "headers": {"Origin": "null"}},
    }


async def test_no_form_is_taken_from_elsewhere(cast: Cast) -> None:
    asks = [await somebody_for(cast, name).prepare() for name in FORMS]
    clients = {ask.person: await cast.client(ask.person) for ask in asks}
    foreign = token_of(await client_of(cast.application, "manager of two"))
    before, wrong = await rows(), []
    for ask in asks:
        client = clients[ask.person]
        for how, sent in forged(token_of(client), foreign).items():
            answer = await client.post(ask.url(), **sent)
            if answer.status_code != 403:
                wrong.append(f"{ask.name} answers {answer.status_code} to {how}")
    assert not wrong
    assert not changes(before, await rows())


@pytest.mark.parametrize("name", [name for name in FORMS if not TABLE[name].twice])
async def test_sent_twice_it_counts_once(cast: Cast, name: str) -> None:
    ask = await somebody_for(cast, name).prepare()
    client, (url, fields) = await cast.client(ask.person), await filled(cast, ask)
    untouched = await rows()
    first = await send(client, url, fields)
    assert first.status_code in {200, 303}, f"the form does not do anything: {first.status_code} {problems(first)}"
    await quiet()
    once = await rows(COUNTING)
    second = await send(client, url, fields)
    assert second.status_code < 500
    assert not changes(once, await rows(COUNTING))
    assert name in DOES_NOTHING or changes(untouched, await rows()), "the form changed nothing, even once"


async def filled(cast: Cast, ask: Ask) -> tuple[str, dict[str, Any]]:
    """Where the form goes, and what it says: as its page shows it, with what somebody fills in."""
    client, fills = await cast.client(ask.person), await ask.fills()
    page = await client.get(ask.url(path=ask.row.stands_on))
    assert page.status_code == 200, f"the page of the form answers {page.status_code}: say where it `stands_on`"
    forms = html.fromstring(page.content).xpath("//form[@method='post']")
    where = [(urljoin(ask.url(path=ask.row.stands_on), form.get("action") or ""), form) for form in forms]
    found = [form for action, form in where if action.split("?")[0] == ask.url()]
    assert found, f"{page.url} has no form for {ask.url()}, only for {[action for action, _ in where]}"
    return ask.url(), {name: text for name, text in found[0].form_values() if text is not None} | fills


async def quiet() -> None:
    """The portal works on in the background: waits until it is done."""
    now = await rows()
    for _ in range(20):
        before, now = now, await _a_moment_later()
        if before == now:
            return


async def _a_moment_later() -> dict[str, str]:
    await sleep(0.3)
    return await rows()


def problems(answer: Response) -> list[str]:
    return [each.text_content().strip() for each in html.fromstring(answer.text or "<p>").xpath("//*[@id='fouten']")]
