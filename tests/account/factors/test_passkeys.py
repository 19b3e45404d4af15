"""Passkeys: as second step, in the place of both, and what is refused."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient, Response

from tests.account.browser import SESSION, errors_of, fields_of
from tests.account.factors.key import Key, as_text
from tests.account.factors.people import (
    APP,
    CODES,
    KEYS,
    SECURITY,
    STEP,
    confirm,
    events,
    first_step,
    give_app,
    id_of,
    make_codes,
    sign_in_with_app,
    told,
)
from tests.clients import post, sign_in, submit, visitor

ALONE = "/inloggen/passkey"


async def options(client: AsyncClient, page: str, url: str) -> dict[str, Any]:
    token = (await fields_of(client, page))["_csrf"]
    answer = await post(client, url, {}, **{"X-CSRF-Token": token})
    assert answer.status_code == 200, answer.headers
    told: dict[str, Any] = answer.json()
    return told


async def add(client: AsyncClient, key: Key, name: str = "Laptop") -> Response:
    asked = await options(client, f"{KEYS}/nieuw", f"{KEYS}/opties")
    return await submit(client, f"{KEYS}/nieuw", naam=name, antwoord=key.create(asked))


async def person_with(client: AsyncClient, key: Key, username: str = "anna.smit") -> int:
    """Signed in, and the passkey added."""
    await sign_in(client, username)
    await confirm(client)
    answer = await add(client, key)
    assert answer.headers["location"] == f"{CODES}?ingesteld=1"
    return await id_of(username)


async def sign_in_alone(client: AsyncClient, key: Key, **more: str) -> Response:
    asked = await options(client, "/inloggen", f"{ALONE}/opties")
    fields = await fields_of(client)
    return await post(client, ALONE, {"_csrf": fields["_csrf"], "antwoord": key.get(asked)} | more)


async def second_step(client: AsyncClient, key: Key) -> Response:
    await first_step(client, "anna.smit")
    asked = await options(client, STEP, f"{STEP}/passkey/opties")
    fields = await fields_of(client, STEP)
    return await post(client, f"{STEP}/passkey", {"_csrf": fields["_csrf"], "antwoord": key.get(asked)})


async def test_a_passkey_is_added_and_the_session_has_passed(client: AsyncClient, demo: None) -> None:
    key = Key()
    anna = await person_with(client, key)
    page = (await client.get(SECURITY)).text
    assert "Passkey Laptop" in page
    assert "nog niet gebruikt" in page
    assert (await client.get("/overzicht")).status_code == 200
    assert await events("add_passkey") == [(anna, "ok", {"sessions_ended": 0})]
    assert await told("anna.smit") == ["passkey_added"]
    assert len(await make_codes(client)) == 10


async def test_what_is_asked_names_the_portal_and_no_person(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await confirm(client)
    asked = await options(client, f"{KEYS}/nieuw", f"{KEYS}/opties")
    assert asked["rp"] == {"id": "testserver.local", "name": "Evenementenportaal"}
    assert asked["attestation"] == "none"
    assert len(asked["user"]["id"]) == 43
    again = await options(client, f"{KEYS}/nieuw", f"{KEYS}/opties")
    assert again["challenge"] != asked["challenge"]


async def test_a_passkey_is_the_second_step(application: Any, client: AsyncClient, demo: None) -> None:
    key = Key()
    anna = await person_with(client, key)
    async with visitor(application) as other:
        answer = await second_step(other, key)
        assert (answer.status_code, answer.headers["location"]) == (303, "/overzicht")
        assert (await other.get("/overzicht")).status_code == 200
    assert await events("second_factor") == [(anna, "ok", {"means": "passkey"})]
    assert "laatst gebruikt" in (await client.get(SECURITY)).text


async def test_a_passkey_alone_counts_as_both_steps(application: Any, client: AsyncClient, demo: None) -> None:
    key = Key()
    anna = await person_with(client, key)
    async with visitor(application) as other:
        answer = await sign_in_alone(other, key, volgende="/betaalcodes")
        assert (answer.status_code, answer.headers["location"]) == (303, "/betaalcodes")
        assert (await other.get("/betaalcodes")).status_code == 200
    assert (await events("sign_in"))[-1] == (anna, "ok", {})


async def test_to_sign_in_alone_it_must_have_known_its_owner(application: Any, client: AsyncClient, demo: None) -> None:
    key = Key(knows=False)
    await person_with(client, key)
    async with visitor(application) as other:
        answer = await sign_in_alone(other, key)
        assert answer.headers["location"] == "/inloggen?passkey=onbekend"
        assert "Met deze passkey kunt u hier niet inloggen." in (await other.get(answer.headers["location"])).text
        assert (await second_step(other, key)).headers["location"] == "/overzicht"


@pytest.mark.parametrize(
    "change",
    [
        {"host": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "http://testserver.local"},
        {"private": Key().private},
        {"id": b"unknown"},
        {"owner": b"somebody else"},
    ],
)
async def test_what_is_signed_for_another_or_by_another_is_refused(
    application: Any, client: AsyncClient, demo: None, change: dict[str, Any]
) -> None:
    key = Key()
    await person_with(client, key)
    for name, value in change.items():
        setattr(key, name, value)
    async with visitor(application) as other:
        assert (await sign_in_alone(other, key)).headers["location"] == "/inloggen?passkey=onbekend"
        assert (await second_step(other, key)).status_code == 422
        assert SESSION not in other.cookies
    assert (await events("sign_in"))[-1] == (None, "refused", {"means": "passkey", "cause": "wrong"})


async def test_an_answer_counts_once_and_only_in_the_browser_that_asked(
    application: Any, client: AsyncClient, demo: None
) -> None:
    key = Key()
    await person_with(client, key)
    async with visitor(application) as one, visitor(application) as other:
        asked = await options(one, "/inloggen", f"{ALONE}/opties")
        answer = key.get(asked)
        for browser, location in ((other, "/inloggen?passkey=onbekend"), (one, "/overzicht")):
            token = (await fields_of(browser))["_csrf"]
            said = await post(browser, ALONE, {"_csrf": token, "antwoord": answer})
            assert said.headers["location"] == location
        await submit(one, "/profiel", "//header//form")
        token = (await fields_of(one))["_csrf"]
        again = await post(one, ALONE, {"_csrf": token, "antwoord": answer})
        assert again.headers["location"] == "/inloggen?passkey=onbekend"


async def test_an_answer_that_takes_too_long_is_refused(application: Any, client: AsyncClient, demo: None) -> None:
    from app.clock import now

    key = Key()
    await person_with(client, key)
    async with visitor(application) as other:
        asked = await options(other, "/inloggen", f"{ALONE}/opties")
        token = (await fields_of(other))["_csrf"]
        with time_machine.travel(now() + timedelta(minutes=6)):
            answer = await post(other, ALONE, {"_csrf": token, "antwoord": key.get(asked)})
        assert answer.headers["location"] == "/inloggen?passkey=onbekend"


async def test_an_answer_to_another_question_is_refused(application: Any, client: AsyncClient, demo: None) -> None:
    key = Key()
    await person_with(client, key)
    async with visitor(application) as other:
        await first_step(other, "anna.smit")
        asked = await options(other, STEP, f"{STEP}/passkey/opties")
        token = (await fields_of(other))["_csrf"]
        answer = await post(other, ALONE, {"_csrf": token, "antwoord": key.get(asked)})
        assert answer.headers["location"] == "/inloggen?passkey=onbekend"


async def test_a_key_that_counts_back_is_refused_and_on_record(
    application: Any, client: AsyncClient, demo: None
) -> None:
    key = Key(count=10)
    await person_with(client, key)
    async with visitor(application) as one, visitor(application) as other:
        assert (await sign_in_alone(one, key)).headers["location"] == "/overzicht"
        key.count = 5  # as a copy would
        assert (await sign_in_alone(other, key)).headers["location"] == "/inloggen?passkey=onbekend"
        assert (await events("sign_in"))[-1] == (None, "refused", {"means": "passkey", "cause": "counted_back"})
        assert (await second_step(other, key)).status_code == 422
        assert (await events("second_factor"))[-1] == (
            None,
            "refused",
            {"means": "passkey", "cause": "counted_back"},
        )
        key.count = 11
        assert (await sign_in_alone(other, key)).headers["location"] == "/overzicht"


async def test_of_ten_at_once_with_one_count_one_gets_in(application: Any, client: AsyncClient, demo: None) -> None:
    from app.account.factors.challenges import new_challenge
    from app.account.factors.passkeys import check_assertion
    from app.database import transaction
    from app.tables import Ceremony

    key = Key(count=3)
    await person_with(client, key)
    proofs = []
    for _ in range(10):
        key.count = 3
        challenge = await new_challenge(Ceremony.SIGN_IN, "holder")
        proofs.append(await check_assertion(key.get({"challenge": as_text(challenge)}), "holder", Ceremony.SIGN_IN))

    async def claim(proof: Any) -> bool:
        async with transaction():
            return bool(await proof.claim())

    assert sum(await asyncio.gather(*map(claim, proofs))) == 1


async def test_a_passkey_of_somebody_else_is_no_second_step(application: Any, client: AsyncClient, demo: None) -> None:
    key, other_key = Key(), Key()
    await person_with(client, key)
    async with visitor(application) as carla, visitor(application) as other:
        await person_with(carla, other_key, "carla.jansen")
        assert (await second_step(other, other_key)).status_code == 422


async def test_who_is_closed_out_does_not_come_in_by_a_passkey(
    application: Any, client: AsyncClient, demo: None
) -> None:
    from app.tables import User

    key = Key()
    anna = await person_with(client, key)
    await User.update({User.active: False}).where(User.id == anna)
    async with visitor(application) as other:
        assert (await sign_in_alone(other, key)).headers["location"] == "/inloggen?passkey=onbekend"
        assert SESSION not in other.cookies
    assert (await events("sign_in"))[-1] == (None, "refused", {"means": "passkey", "cause": "closed"})


HOSTILE = ["", "{}", "[]", "null", "1", '"a"', "{" * 5000, '{"id":1}', '{"id":"a","response":{"clientDataJSON":"e30"}}']


@pytest.mark.parametrize("answer", [*HOSTILE, json.dumps({"id": "é", "response": {"clientDataJSON": "\x00"}})])
async def test_what_is_no_answer_of_a_passkey_is_refused(client: AsyncClient, demo: None, answer: str) -> None:
    token = (await fields_of(client))["_csrf"]
    said = await post(client, ALONE, {"_csrf": token, "antwoord": answer})
    assert said.headers["location"] == "/inloggen?passkey=onbekend"
    await sign_in(client, "anna.smit")
    await confirm(client)
    refused = await submit(client, f"{KEYS}/nieuw", naam="Laptop", antwoord=answer)
    assert refused.status_code == 422
    assert "De passkey is niet ingesteld." in refused.text


async def test_the_same_passkey_is_added_once(client: AsyncClient, demo: None) -> None:
    key = Key()
    await person_with(client, key)
    again = await add(client, key)
    assert again.status_code == 422
    assert "Deze passkey is hier al ingesteld." in again.text


async def test_a_passkey_has_a_name_that_can_change(application: Any, client: AsyncClient, demo: None) -> None:
    from app.tables import Passkey

    key = Key()
    anna = await person_with(client, key)
    row = await Passkey.select(Passkey.id).first()
    assert row
    path = f"{KEYS}/{row['id']}"
    for name in ("", " ", "a" * 81, "\x00"):
        assert list(errors_of(await submit(client, path, naam=name))) == ["naam"]
    assert (await submit(client, path, naam="<b>Sleutel</b>")).status_code == 303
    assert "Passkey &lt;b&gt;Sleutel" in (await client.get(SECURITY)).text
    assert await events("rename_passkey") == [(anna, "ok", {})]
    async with visitor(application) as other:
        await sign_in(other, "carla.jansen")
        await confirm(other)
        for url in (path, f"{path}/verwijderen"):
            assert (await other.get(url)).status_code == 404
    assert await Passkey.exists()


async def test_a_passkey_is_removed_and_does_nothing_any_more(
    application: Any, client: AsyncClient, demo: None
) -> None:
    from app.tables import Passkey

    key = Key()
    anna = await person_with(client, key)
    row = await Passkey.select(Passkey.id).first()
    assert row
    answer = await submit(client, f"{KEYS}/{row['id']}/verwijderen")
    assert answer.headers["location"] == f"{SECURITY}?passkey-verwijderd=1"
    assert await events("remove_passkey") == [(anna, "ok", {})]
    assert await told("anna.smit") == ["passkey_added", "passkey_removed"]
    async with visitor(application) as other:
        assert (await sign_in_alone(other, key)).headers["location"] == "/inloggen?passkey=onbekend"
        assert (await sign_in(other, "anna.smit")).headers["location"] == "/overzicht"


async def test_of_two_last_factors_removed_at_once_one_stays_where_one_must(client: AsyncClient, demo: None) -> None:
    from app.tables import Organisation, Passkey, SecondFactor

    await Organisation.update({Organisation.second_factor_required: True}).where(Organisation.code == "NWT")
    await give_app("anna.smit")
    await sign_in_with_app(client, "anna.smit")
    await confirm(client)
    await add(client, Key())
    row = await Passkey.select(Passkey.id).first()
    assert row
    paths = (f"{APP}/verwijderen", f"{KEYS}/{row['id']}/verwijderen")
    token = (await fields_of(client, paths[0]))["_csrf"]
    answers = await asyncio.gather(*(post(client, path, {"_csrf": token}) for path in paths))
    assert sorted(answer.status_code for answer in answers) == [303, 422]
    assert await SecondFactor.count() + await Passkey.count() == 1


async def test_passkeys_are_throttled_by_address(client: AsyncClient, demo: None) -> None:
    token = (await fields_of(client))["_csrf"]
    answers = [await post(client, f"{ALONE}/opties", {}, **{"X-CSRF-Token": token}) for _ in range(32)]
    assert [answer.status_code for answer in answers[:30]] == [200] * 30
    assert answers[-1].status_code == 429


async def test_what_nobody_finished_is_cleared_away(client: AsyncClient, demo: None) -> None:
    from app.account.factors.clearing import clear
    from app.clock import now
    from app.tables import PasskeyChallenge, PendingSignIn

    await give_app("anna.smit")
    await options(client, "/inloggen", f"{ALONE}/opties")
    await first_step(client, "anna.smit")
    await clear()
    assert await PendingSignIn.exists()
    assert await PasskeyChallenge.exists()
    with time_machine.travel(now() + timedelta(minutes=11)):
        await clear()
    assert not await PendingSignIn.exists()
    assert not await PasskeyChallenge.exists()


@pytest.mark.parametrize(
    ("base_url", "possible"),
    [
        ("https://portaal.example.nl", True),
        ("https://portaal.example.nl:8443", True),
        ("http://localhost:8000", True),
        ("http://portaal.example.nl", False),
        ("http://127.0.0.1:8000", False),
        ("https://[::1]", False),
    ],
)
async def test_no_key_is_offered_where_no_browser_takes_one(
    monkeypatch: pytest.MonkeyPatch, base_url: str, possible: bool
) -> None:
    from app.account.factors.passkeys import are_possible
    from app.settings import get_settings

    monkeypatch.setenv("BASE_URL", base_url)
    get_settings.cache_clear()
    try:
        assert are_possible() is possible
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


async def test_the_page_to_sign_in_offers_it(client: AsyncClient, demo_readonly: None) -> None:
    assert "Inloggen met een passkey" in (await client.get("/inloggen")).text
