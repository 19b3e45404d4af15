"""Where one is signed in, and signing out there."""

from typing import Any

import pytest
from httpx import AsyncClient
from lxml import html

from app.account.devices import device
from tests.clients import post, sign_in, submit, visitor

PAGE = "/profiel/beveiliging"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/19.0 Mobile/15E148 Safari/604.1"
)


async def test_own_sessions_are_listed_and_nobody_elses(client: AsyncClient, application: Any, demo: None) -> None:
    client.headers["User-Agent"] = FIREFOX
    await sign_in(client, "anna.smit")
    async with visitor(application, "203.0.113.77") as phone, visitor(application, "198.51.100.1") as other:
        phone.headers["User-Agent"] = IPHONE
        await sign_in(phone, "anna.smit")
        await sign_in(other, "carla.jansen")
    rows = html.fromstring((await client.get(PAGE)).content).xpath("//*[@aria-labelledby='sessies']//li")
    told = [" ".join(row.text_content().split()) for row in rows]
    assert len(told) == 2
    assert told[0].startswith("Firefox op Windows")
    assert told[0].endswith("Deze browser")
    assert told[1].startswith("Safari op iPhone Netwerk 203.0.113.0/24.")


async def test_one_session_is_ended(client: AsyncClient, application: Any, demo: None) -> None:
    await sign_in(client, "anna.smit")
    async with visitor(application) as phone:
        await sign_in(phone, "anna.smit")
        answer = await submit(client, PAGE, "//main//li//form")
        assert answer.headers["location"] == f"{PAGE}?beeindigd=1"
        assert (await phone.get("/profiel")).status_code == 303
    assert "Daar bent u nu uitgelogd." in (await client.get(answer.headers["location"])).text
    assert (await client.get("/profiel")).status_code == 200


async def test_all_other_sessions_are_ended(client: AsyncClient, application: Any, demo: None) -> None:
    from app.tables import Session

    await sign_in(client, "anna.smit")
    for _ in range(3):
        async with visitor(application) as other:
            await sign_in(other, "anna.smit")
    async with visitor(application) as carla:
        await sign_in(carla, "carla.jansen")
    await submit(client, PAGE, "//main//form[contains(@action, 'sessies/beeindigen')]")
    assert await Session.count() == 2
    assert (await client.get("/profiel")).status_code == 200


@pytest.mark.parametrize("session", ["0", "-1", "1.0", "x", "٣", "1" + "0" * 30, "9223372036854775807", "1_0"])
async def test_a_session_that_is_not_there_is_not_found(client: AsyncClient, demo: None, session: str) -> None:
    await sign_in(client, "anna.smit")
    fields = {"_csrf": await token_of(client)}
    assert (await post(client, f"{PAGE}/sessies/{session}/beeindigen", fields)).status_code == 404


async def test_somebody_elses_session_is_not_found(client: AsyncClient, application: Any, demo: None) -> None:
    from app.tables import Session

    async with visitor(application) as carla:
        await sign_in(carla, "carla.jansen")
        [session] = await Session.select(Session.id)
        await sign_in(client, "anna.smit")
        fields = {"_csrf": await token_of(client)}
        assert (await post(client, f"{PAGE}/sessies/{session['id']}/beeindigen", fields)).status_code == 404
        assert (await carla.get("/profiel")).status_code == 200


async def token_of(client: AsyncClient) -> str:
    page = html.fromstring((await client.get("/profiel/bewerken")).content)
    return str(dict(page.xpath("//main//form")[0].form_values())["_csrf"])


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox op Windows"),
        (IPHONE, "Safari op iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0.0.0 Safari/537.36", "Chrome op Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/150.0 Safari/537.36 Edg/150.0", "Edge op Windows"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/150.0 Mobile Safari/537.36", "Chrome op Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19.0 Safari/605.1.15", "Safari op Mac"),
        ("curl/8", "Onbekende browser"),
        ("", "Onbekende browser"),
    ],
)
def test_a_browser_is_named_in_words(agent: str, words: str) -> None:
    assert device(agent) == words
