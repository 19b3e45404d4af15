"""Setting, changing and removing an authenticator app and recovery codes."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from httpx import AsyncClient
from lxml import html

from tests.account.browser import SESSION, errors_of, fields_of, get_with
from tests.account.factors.people import (
    APP,
    CODES,
    SECURITY,
    STEP,
    code_of,
    confirm,
    events,
    first_step,
    give,
    give_app,
    give_codes,
    id_of,
    make_codes,
    set_app,
    sign_in_with_app,
    told,
)
from tests.clients import post, sign_in, submit, visitor
from tests.worlds import PASSWORD

PAGES = (APP, f"{APP}/verwijderen", CODES, f"{SECURITY}/passkeys/nieuw")


@pytest.mark.parametrize("path", PAGES)
async def test_the_password_is_asked_first(client: AsyncClient, demo: None, path: str) -> None:
    await sign_in(client, "anna.smit")
    token = (await fields_of(client, "/profiel/bewerken"))["_csrf"]
    for answer in (await client.get(path), await post(client, path, {"_csrf": token})):
        assert answer.status_code == 303
        assert unquote(answer.headers["location"]) == f"/profiel/bevestigen?volgende={path}"


async def test_an_app_is_set_by_its_first_code(client: AsyncClient, demo: None) -> None:
    from app.tables import SecondFactor

    await sign_in(client, "anna.smit")
    before = client.cookies[SESSION]
    secret = await set_app(client)
    anna = await id_of("anna.smit")
    [row] = await SecondFactor.select()
    assert (row["user"], len(secret)) == (anna, 32)
    assert secret.encode() not in row["secret_encrypted"]
    assert await events("set_app") == [(anna, "ok", {"sessions_ended": 0})]
    assert await told("anna.smit") == ["app_set"]
    # The session has passed the second step, under another id.
    assert client.cookies[SESSION] != before
    assert (await client.get("/overzicht")).status_code == 200
    assert (await get_with(client, before)).status_code == 303


async def test_the_code_that_set_it_signs_nobody_in(application: Any, client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    secret = await set_app(client)
    async with visitor(application) as other:
        await first_step(other, "anna.smit")
        assert (await give(other, code_of(secret))).status_code == 422
        assert (await give(other, code_of(secret, steps=1))).status_code == 303


async def test_all_other_sessions_end_with_the_first_factor(application: Any, client: AsyncClient, demo: None) -> None:
    from app.tables import Session

    async with visitor(application) as other:
        await sign_in(other, "anna.smit")
        await sign_in(client, "anna.smit")
        await set_app(client)
        assert (await other.get("/profiel")).status_code == 303
    assert await Session.count() == 1


async def test_the_qr_code_says_what_the_page_says(client: AsyncClient, demo: None) -> None:
    from app.account.factors.authenticator import address, new_secret

    secret = new_secret()
    parts = urlsplit(address(secret, "anna.smit"))
    assert (parts.scheme, parts.netloc, unquote(parts.path)) == ("otpauth", "totp", "/Evenementenportaal:anna.smit")
    assert parse_qs(parts.query) == {"secret": [secret], "issuer": ["Evenementenportaal"]}
    await sign_in(client, "anna.smit")
    await confirm(client)
    page = html.fromstring((await client.get(APP)).content)
    assert page.xpath("//*[@class='qr']/*[name()='svg' or local-name()='svg']")
    field = page.xpath("//input[@name='code']")[0]
    assert (field.get("autocomplete"), field.get("inputmode")) == ("one-time-code", "numeric")


async def test_a_wrong_code_sets_nothing_and_keeps_the_secret(client: AsyncClient, demo: None) -> None:
    from app.tables import SecondFactor

    await sign_in(client, "anna.smit")
    await confirm(client)
    page = await client.get(APP)
    fields = dict(html.fromstring(page.content).xpath("//main//form[@method='post']")[0].form_values())
    answer = await post(client, APP, fields | {"code": "000000"})
    assert (answer.status_code, list(errors_of(answer))) == (422, ["code"])
    secrets = [html.fromstring(each.content).xpath("string(//code[@class='secret'])") for each in (page, answer)]
    assert secrets[0] == secrets[1]
    assert not await SecondFactor.exists()


@pytest.mark.parametrize("offer", ["", "bm9uc2Vuc2U=", "é", "A" * 300, "of another session", "of long ago"])
async def test_nobody_sets_a_secret_that_the_portal_did_not_offer(client: AsyncClient, demo: None, offer: str) -> None:
    from app.account.factors.authenticator import new_secret
    from app.account.factors.authenticator import offer as make_offer
    from app.clock import now
    from app.tables import SecondFactor, Session

    await sign_in(client, "anna.smit")
    await confirm(client)
    fields, secret = await fields_of(client, APP), new_secret()
    session = await Session.select(Session.id).first()
    assert session
    if offer == "of another session":
        offer = make_offer(session["id"] + 1, secret)
    if offer == "of long ago":
        with time_machine.travel(now() - timedelta(hours=2)):
            offer = make_offer(session["id"], secret)
    answer = await post(client, APP, fields | {"aanbod": offer, "code": code_of(secret)})
    assert answer.status_code == 422
    assert "Scan de nieuwe QR-code." in answer.text
    assert not await SecondFactor.exists()


async def test_a_form_that_is_sent_twice_sets_one_app(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await give_app("anna.smit")
    client.cookies.clear()
    await sign_in_with_app(client, "anna.smit")
    await confirm(client)
    page = html.fromstring((await client.get(APP)).content)
    secret = str(page.xpath("string(//code[@class='secret'])")).replace(" ", "")
    fields = dict(page.xpath("//main//form[@method='post']")[0].form_values()) | {"code": code_of(secret)}
    answers = [await post(client, APP, fields) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert len(await events("set_app")) == 1


async def test_another_app_takes_the_place_of_the_first(application: Any, client: AsyncClient, demo: None) -> None:
    from app.tables import SecondFactor

    await give_app("anna.smit")
    await sign_in_with_app(client, "anna.smit")
    secret = await set_app(client)
    assert await SecondFactor.count() == 1
    assert (await client.get("/overzicht")).status_code == 200
    async with visitor(application) as other:
        await first_step(other, "anna.smit")
        assert (await give(other, code_of(steps=1))).status_code == 422
        assert (await give(other, code_of(secret, steps=1))).status_code == 303


async def test_an_app_that_nobody_asks_for_can_go(application: Any, client: AsyncClient, demo: None) -> None:
    from app.tables import RecoveryCode

    anna = await give_app("anna.smit")
    await give_codes("anna.smit")
    await sign_in_with_app(client, "anna.smit")
    await confirm(client)
    asked = await client.get(f"{APP}/verwijderen")
    assert "Dit is uw laatste tweede stap." in asked.text
    assert (await submit(client, f"{APP}/verwijderen")).headers["location"] == f"{SECURITY}?app-verwijderd=1"
    assert await events("remove_app") == [(anna, "ok", {})]
    assert await told("anna.smit") == ["app_removed"]
    assert not await RecoveryCode.exists()
    assert (await client.get("/overzicht")).status_code == 200
    async with visitor(application) as other:
        assert (await sign_in(other, "anna.smit")).headers["location"] == "/overzicht"


async def test_who_has_no_app_has_none_to_remove(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await confirm(client)
    assert (await submit(client, f"{APP}/verwijderen")).status_code == 404
    assert (await client.get(CODES)).headers["location"] == SECURITY
    token = (await fields_of(client, "/profiel/bewerken"))["_csrf"]
    assert (await post(client, CODES, {"_csrf": token})).status_code == 404


async def test_recovery_codes_are_shown_once(application: Any, client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await set_app(client)
    codes = await make_codes(client)
    assert len(codes) == len(set(codes)) == 10
    for path in (SECURITY, CODES):
        page = (await client.get(path)).text
        assert not any(code in page for code in codes)
    assert "10 van 10 nog te gebruiken" in (await client.get(SECURITY)).text
    async with visitor(application) as other:
        await first_step(other, "anna.smit")
        assert (await give(other, codes[9], f"{STEP}/herstelcode")).status_code == 303
        assert "9 van 10 nog te gebruiken" in (await other.get(SECURITY)).text
    assert await told("anna.smit") == ["app_set", "recovery_codes", "recovery_code_used"]


async def test_new_recovery_codes_end_the_old_ones(application: Any, client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await set_app(client)
    old, new = await make_codes(client), await make_codes(client)
    async with visitor(application) as other:
        await first_step(other, "anna.smit")
        assert (await give(other, old[0], f"{STEP}/herstelcode")).status_code == 422
        assert (await give(other, new[0], f"{STEP}/herstelcode")).status_code == 303


async def test_codes_that_are_made_twice_at_once_are_one_set(client: AsyncClient, demo: None) -> None:
    from app.tables import RecoveryCode

    await sign_in(client, "anna.smit")
    await set_app(client)
    fields = await fields_of(client, CODES)
    answers = await asyncio.gather(*(post(client, CODES, fields) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert await RecoveryCode.count() == 10
    assert len({row["code_hash"][:16] for row in await RecoveryCode.select(RecoveryCode.code_hash)}) == 1


async def test_a_new_password_keeps_the_second_step(application: Any, client: AsyncClient, demo: None) -> None:
    """The session goes on, and the next sign-in asks for both."""
    new = "Kwartel&7vijvers"
    await give_app("anna.smit")
    await sign_in_with_app(client, "anna.smit")
    answer = await submit(
        client, "/profiel/bewerken", nieuw_wachtwoord=new, herhaal_wachtwoord=new, huidig_wachtwoord=PASSWORD
    )
    assert answer.status_code == 303
    assert (await client.get("/overzicht")).status_code == 200
    async with visitor(application) as other:
        answer = await submit(other, "/inloggen", gebruikersnaam="anna.smit", wachtwoord=new)
        assert answer.headers["location"] == STEP
