"""Sessions and throttles where several processes serve, and requests are under way."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from httpx import Client, Limits, Response
from lxml import html

from app.account.guessing import ACCOUNT, ADDRESS
from tests.browser import serving, worker
from tests.worlds import PASSWORD, Worlds

ROUNDS = 50
SESSION = "sessie"


@pytest.fixture(scope="module")
def two_workers(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(worlds, f"workers-{worker()}", tmp_path_factory.mktemp("workers"), workers=2) as url:
        yield url


def browser(url: str) -> Client:
    """Each request on a connection of its own, so that either process may get it."""
    return Client(base_url=url, timeout=30, limits=Limits(max_keepalive_connections=0))


def form_of(client: Client, url: str, form: str = "//main//form[@method='post']") -> dict[str, Any]:
    return dict(html.fromstring(client.get(url).content).xpath(form)[0].form_values())


def guess(client: Client, form: dict[str, Any], username: str, password: str = "x", **headers: str) -> Response:  # noqa: S107
    return client.post("/inloggen", data=form | {"gebruikersnaam": username, "wachtwoord": password}, headers=headers)


def sign_in(client: Client, username: str = "anna.smit") -> str:
    assert guess(client, form_of(client, "/inloggen"), username, PASSWORD).status_code == 303
    return client.cookies[SESSION]


def half_sent(url: str, path: str, session: str, fields: dict[str, Any]) -> tuple[socket.socket, bytes]:
    """A form of which the server has the head and the beginning, and the rest of it."""
    body, place = urlencode(fields).encode(), urlsplit(url)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nCookie: {SESSION}={session}\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    line = socket.create_connection((place.hostname or "", place.port or 0), timeout=30)
    line.sendall(head.encode() + body[:10])
    return line, body[10:]


def answer_on(line: socket.socket) -> str:
    with line:
        return b"".join(iter(lambda: line.recv(65536), b"")).decode("utf-8", "replace")


@pytest.mark.long
def test_who_leaves_is_gone_whatever_was_still_under_way(two_workers: str) -> None:
    with ThreadPoolExecutor(1) as beside:
        for number in range(ROUNDS):
            with browser(two_workers) as client:
                session = sign_in(client)
                profile = form_of(client, "/profiel/bewerken")
                line, rest = half_sent(
                    two_workers, "/profiel/bewerken", session, profile | {"voornaam": f"Anna {number}"}
                )
                slow = beside.submit(client.get, "/overzicht.xlsx")
                leave = form_of(client, "/profiel", "//header//form[@action='/uitloggen']")
                assert client.post("/uitloggen", data=leave).status_code == 303
                line.sendall(rest)
                late = answer_on(line)
                assert late.startswith("HTTP/1.1 ")
                for told in (late.lower(), str(slow.result().headers).lower()):
                    assert f"set-cookie: {SESSION}=" not in told
                    assert f"'set-cookie', '{SESSION}=" not in told
            with browser(two_workers) as thief:
                thief.cookies.set(SESSION, session)
                for path in ("/profiel", "/overzicht"):
                    answer = thief.get(path)
                    assert (answer.status_code, answer.headers["location"][:9]) == (303, "/inloggen"), number


def test_a_password_that_is_changed_while_leaving_leaves_no_session_behind(two_workers: str) -> None:
    """The one request that makes a session of its own."""
    new = {"nieuw_wachtwoord": "Kwartel&7vijvers", "herhaal_wachtwoord": "Kwartel&7vijvers"}
    with browser(two_workers) as client:
        session = sign_in(client, "carla.jansen")
        fields = form_of(client, "/profiel/bewerken") | new | {"huidig_wachtwoord": PASSWORD}
        line, rest = half_sent(two_workers, "/profiel/bewerken", session, fields)
        leave = form_of(client, "/profiel", "//header//form[@action='/uitloggen']")
        assert client.post("/uitloggen", data=leave).status_code == 303
        line.sendall(rest)
        late = answer_on(line)
        assert late.startswith("HTTP/1.1 303 ")
        assert "location: /inloggen" in late.lower()
        assert f"set-cookie: {SESSION}=" not in late.lower()
        sign_in(client, "carla.jansen")  # and nothing was changed


def test_a_session_that_the_portal_did_not_make_is_never_adopted(two_workers: str) -> None:
    chosen = "chosen-by-somebody-else"
    with browser(two_workers) as client:
        client.cookies.set(SESSION, chosen, domain="127.0.0.1", path="/")
        assert SESSION not in client.get("/inloggen").headers.get("set-cookie", "")
        form = form_of(client, "/inloggen")
        answer = guess(client, form, "bram.devries", PASSWORD)
        assert f"{SESSION}={chosen}" not in str(answer.headers)
        assert f"{SESSION}=" in answer.headers["set-cookie"]
    with browser(two_workers) as attacker:
        attacker.cookies.set(SESSION, chosen)
        assert attacker.get("/profiel").headers["location"].startswith("/inloggen")


def test_all_processes_count_together_and_no_header_makes_another_address(two_workers: str) -> None:
    with browser(two_workers) as client, browser(two_workers) as owner:
        sign_in(owner, "vera.meijer")
        form = form_of(client, "/inloggen")
        forged = [{"X-Forwarded-For": f"203.0.{n}.9", "X-Real-IP": f"203.0.{n}.9"} for n in range(50)]
        statuses = [guess(client, form, "vera.meijer", **each).status_code for each in forged[:40]]
        let_through = statuses.count(422)
        assert set(statuses) == {422, 429}
        assert ACCOUNT.most <= let_through <= ACCOUNT.most + 3  # and what drained meanwhile
        # Those from this network are used up too, whatever it says of itself.
        others = [guess(client, form, f"naam.{n}", **each).status_code for n, each in enumerate(forged[40:])]
        assert others.count(429) >= 6
        owner.cookies.delete(SESSION)
        sign_in(owner, "vera.meijer")


def test_behind_a_proxy_the_address_is_what_that_proxy_saw(worlds: Worlds, tmp_path: Path) -> None:
    tries = ADDRESS.most + 6
    with (
        serving(worlds, f"proxied-{worker()}", tmp_path, workers=2, TRUSTED_PROXIES="127.0.0.1/32") as url,
        browser(url) as client,
    ):
        form = form_of(client, "/inloggen")
        apart = [guess(client, form, f"naam.{n}", **{"X-Forwarded-For": f"203.0.{n}.9"}) for n in range(tries)]
        assert {answer.status_code for answer in apart} == {422}
        # What the visitor put in front of it is nobody's word.
        last = [f"203.0.{n}.9, 198.51.100.7" for n in range(tries)]
        one = [guess(client, form, f"naam.{n}", **{"X-Forwarded-For": each}) for n, each in enumerate(last)]
        assert 429 in {answer.status_code for answer in one}
        assert [answer.status_code for answer in one[: ADDRESS.most]] == [422] * ADDRESS.most
