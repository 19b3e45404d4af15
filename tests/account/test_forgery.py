"""A request that changes something must come from a form of this session."""

from collections.abc import Callable
from typing import Any

from httpx import AsyncClient, Response

from tests.account.browser import SESSION, fields_of
from tests.clients import post, sign_in, visitor
from tests.worlds import BASE_URL, PASSWORD

FORM = "application/x-www-form-urlencoded"


def multipart(part: str, value: bytes) -> dict[str, Any]:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="_csrf"' + part.encode() + b"\r\n\r\n" + value + b"\r\n--x--\r\n"
    )
    return {"content": body, "headers": {"Content-Type": "multipart/form-data; boundary=x"}}


FORGED: dict[str, Callable[[str], dict[str, Any]]] = {
    "no form": lambda _: {},
    "no token": lambda _: {"data": {"a": "b"}},
    "empty token": lambda _: {"data": {"_csrf": ""}},
    "half a token": lambda token: {"data": {"_csrf": token[:64]}},
    "a longer token": lambda token: {"data": {"_csrf": token + "00"}},
    "another token": lambda token: {"data": {"_csrf": ("1" if token[0] == "0" else "0") + token[1:]}},
    "no hexadecimals": lambda _: {"data": {"_csrf": "z" * 128}},
    "no ASCII": lambda _: {"data": {"_csrf": "é" * 128}},
    "no UTF-8": lambda _: {"content": b"_csrf=%ff%fe", "headers": {"Content-Type": FORM}},
    "raw bytes": lambda _: {"content": b"_csrf=\xff\xfe", "headers": {"Content-Type": FORM}},
    "NUL": lambda _: {"data": {"_csrf": "\x00" * 128}},
    "too many fields": lambda token: {
        "content": f"_csrf={token}" + "&a" * 1001,
        "headers": {"Content-Type": FORM},
    },
    "header without ASCII": lambda _: {"headers": {"X-CSRF-Token": b"\xe9" * 64}},
    "token in the address": lambda token: {"params": {"_csrf": token}},
    "JSON": lambda token: {"json": {"_csrf": token}},
    "text": lambda token: {"content": f"_csrf={token}", "headers": {"Content-Type": "text/plain"}},
    "a file as token": lambda token: multipart('; filename="a"', token.encode()),
    "a part that is no UTF-8": lambda _: multipart("", b"\xff\xfe"),
    "an unknown alphabet": lambda token: multipart("\r\nContent-Type: text/plain; charset=klingon", token.encode()),
    "no boundary": lambda token: {"content": token, "headers": {"Content-Type": "multipart/form-data"}},
    "a broken body": lambda _: {
        "content": b"--x\r\nnonsense",
        "headers": {"Content-Type": "multipart/form-data; boundary=x"},
    },
    "a subdomain": lambda token: {"data": {"_csrf": token}, "headers": {"Sec-Fetch-Site": "same-site"}},
    "another site": lambda token: {"data": {"_csrf": token}, "headers": {"Sec-Fetch-Site": "cross-site"}},
    "no site": lambda token: {"data": {"_csrf": token}, "headers": {"Sec-Fetch-Site": "none"}},
    "another origin": lambda token: {"data": {"_csrf": token}, "headers": {"Origin": "https://evil.example"}},
    "another port": lambda token: {"data": {"_csrf": token}, "headers": {"Origin": f"{BASE_URL}:8443"}},
    "no origin": lambda token: {"data": {"_csrf": token}, "headers": {"Origin": "null"}},
    "an origin that is none": lambda token: {"data": {"_csrf": token}, "headers": {"Origin": "https://[evil"}},
}


def is_refused(answer: Response) -> bool:
    return answer.status_code in {400, 403} and "text/html" in answer.headers["content-type"]


async def test_a_forged_request_changes_nothing(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    token = (await fields_of(client, "/profiel/bewerken"))["_csrf"]
    accepted = [
        (name, url)
        for name, forged in FORGED.items()
        for url in ("/uitloggen", "/profiel/bewerken", "/inloggen")
        if not is_refused(await client.post(url, **forged(token)))
    ]
    assert accepted == []
    assert (await client.get("/profiel")).status_code == 200


async def test_the_token_of_another_session_is_refused(client: AsyncClient, application: Any, demo: None) -> None:
    await sign_in(client, "anna.smit")
    async with visitor(application) as other:
        await sign_in(other, "anna.smit")
        token = (await fields_of(other, "/profiel/bewerken"))["_csrf"]
    assert (await post(client, "/uitloggen", {"_csrf": token})).status_code == 403


async def test_the_token_from_before_signing_in_is_refused_after_it(client: AsyncClient, demo: None) -> None:
    token = (await fields_of(client))["_csrf"]
    await sign_in(client, "anna.smit")
    assert (await post(client, "/uitloggen", {"_csrf": token})).status_code == 403


async def test_nobody_is_signed_in_by_a_form_of_somebody_else(
    client: AsyncClient, application: Any, demo: None
) -> None:
    await client.get("/inloggen")
    async with visitor(application) as attacker:
        token = (await fields_of(attacker))["_csrf"]
    fields = {"_csrf": token, "gebruikersnaam": "anna.smit", "wachtwoord": PASSWORD}
    answer = await post(client, "/inloggen", fields)
    assert answer.status_code == 403
    assert SESSION not in client.cookies


async def test_a_good_token_is_taken_from_form_parts_and_header(client: AsyncClient, demo: None) -> None:
    for sent in (
        lambda token: {"data": {"_csrf": token}},
        lambda token: multipart("", token.encode()),
        lambda token: {"headers": {"X-CSRF-Token": token}},
    ):
        await sign_in(client, "anna.smit")
        token = (await fields_of(client, "/profiel/bewerken"))["_csrf"]
        assert (await client.post("/uitloggen", **sent(token))).status_code == 303


async def test_two_tokens_of_a_session_differ_and_both_count(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    one, two = [(await fields_of(client, "/profiel/bewerken"))["_csrf"] for _ in range(2)]
    assert one != two
    for token in (one, two):
        answer = await post(client, "/profiel/beveiliging/sessies/beeindigen", {"_csrf": token})
        assert answer.status_code == 303


async def test_the_refusal_says_that_the_form_is_old(client: AsyncClient, demo: None) -> None:
    answer = await post(client, "/inloggen", {"_csrf": "<script>"})
    assert "Uw formulier is verlopen" in answer.text
    assert "<script>" not in answer.text
