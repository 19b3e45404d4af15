"""Who has a second factor is not signed in by the password alone."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient

from tests.account.browser import SESSION, fields_of
from tests.account.factors.people import (
    PENDING,
    SECRET,
    STEP,
    closed_addresses,
    code_of,
    events,
    first_step,
    give,
    give_app,
    give_codes,
    id_of,
    sign_in_with_app,
    told,
)
from tests.clients import post, sign_in, submit, visitor
from tests.worlds import PASSWORD


async def test_the_password_and_then_the_code_let_somebody_in(client: AsyncClient, demo: None) -> None:
    anna = await give_app("anna.smit")
    await first_step(client, "anna.smit")
    assert SESSION not in client.cookies
    answer = await give(client, code_of())
    assert (answer.status_code, answer.headers["location"]) == (303, "/overzicht")
    assert (await client.get("/overzicht")).status_code == 200
    assert PENDING not in client.cookies
    assert await events("password_check") == [(anna, "ok", {})]
    assert await events("second_factor") == [(anna, "ok", {"means": "app"})]
    assert await events("sign_in") == [(anna, "ok", {})]


async def test_between_the_steps_nobody_is_signed_in(application: Any, client: AsyncClient, demo: None) -> None:
    await give_app("anna.smit")
    await first_step(client, "anna.smit")
    for path in ("/", "/overzicht", "/betaalcodes", "/profiel", "/profiel/beveiliging", "/overzicht.xlsx"):
        answer = await client.get(path)
        assert (answer.status_code, answer.headers["location"][:9]) == (303, "/inloggen"), path
    assert "anna.smit@" not in (await client.get("/ondersteuning")).text
    assert 'aria-label="Accountmenu"' not in (await client.get(STEP)).text


async def test_every_closed_address_stays_closed_between_the_steps(
    application: Any, client: AsyncClient, demo: None
) -> None:
    await give_app("anna.smit")
    await first_step(client, "anna.smit")
    for verb, url in closed_addresses():
        answer = await (post(client, url, {}) if verb == "POST" else client.request(verb, url))
        assert (answer.status_code, answer.headers["location"][:9]) == (303, "/inloggen"), url


async def test_a_session_by_the_password_alone_counts_for_nothing(client: AsyncClient, demo: None) -> None:
    """Whatever made it: also one from before the factor was set."""
    await sign_in(client, "anna.smit")
    assert (await client.get("/overzicht")).status_code == 200
    await give_app("anna.smit")
    assert (await client.get("/overzicht")).headers["location"].startswith("/inloggen")


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "٠١٢٣٤٥", "000000\x00"])
async def test_what_is_no_code_is_refused(client: AsyncClient, demo: None, code: str) -> None:
    await give_app("anna.smit")
    await first_step(client, "anna.smit")
    answer = await give(client, code)
    assert answer.status_code == 422
    assert "Deze code is onjuist of al gebruikt." in answer.text
    assert [each[1:] for each in await events("second_factor")] == [("refused", {"means": "app", "cause": "wrong"})]


@pytest.mark.parametrize(("steps", "status"), [(-2, 422), (-1, 303), (0, 303), (1, 303), (2, 422)])
async def test_a_clock_may_be_one_step_off(client: AsyncClient, demo: None, steps: int, status: int) -> None:
    await give_app("anna.smit")
    await first_step(client, "anna.smit")
    assert (await give(client, code_of(steps=steps))).status_code == status


async def test_a_code_may_be_typed_with_a_space(client: AsyncClient, demo: None) -> None:
    await give_app("anna.smit")
    await first_step(client, "anna.smit")
    code = code_of()
    assert (await give(client, f" {code[:3]} {code[3:]} ")).status_code == 303


async def test_a_code_works_once(application: Any, demo: None) -> None:
    await give_app("anna.smit")
    code = code_of()
    async with visitor(application) as one, visitor(application) as other:
        for client, status in ((one, 303), (other, 422)):
            await first_step(client, "anna.smit")
            assert (await give(client, code)).status_code == status
    assert (await events("second_factor"))[-1][1:] == ("refused", {"means": "app", "cause": "used"})


async def test_none_of_a_step_before_the_last_one_works(application: Any, demo: None) -> None:
    await give_app("anna.smit")
    earlier, later = code_of(steps=-1), code_of()
    async with visitor(application) as one, visitor(application) as other:
        await first_step(one, "anna.smit")
        assert (await give(one, later)).status_code == 303
        await first_step(other, "anna.smit")
        assert (await give(other, earlier)).status_code == 422


async def test_a_clock_that_is_set_back_lets_no_code_work_again(application: Any, demo: None) -> None:
    from app.clock import now

    await give_app("anna.smit")
    start = now()
    with time_machine.travel(start + timedelta(days=2), tick=True):
        used = code_of()
        async with visitor(application) as client:
            await first_step(client, "anna.smit")
            assert (await give(client, used)).status_code == 303
    for moment in (start, start + timedelta(days=2)):
        with time_machine.travel(moment, tick=True):
            async with visitor(application) as client:
                await first_step(client, "anna.smit")
                assert (await give(client, code_of())).status_code == 422


async def test_of_twenty_at_once_with_one_code_one_gets_in(application: Any, demo: None) -> None:
    from app.account.factors.authenticator import check_code
    from app.database import transaction

    anna = await give_app("anna.smit")
    code = code_of()

    async def claim() -> bool:
        proof = await check_code(anna, code)
        assert proof
        async with transaction():
            return await proof.claim()

    assert sum(await asyncio.gather(*(claim() for _ in range(20)))) == 1


async def test_a_sign_in_that_is_halfway_ends_after_ten_minutes(client: AsyncClient, demo: None) -> None:
    from app.clock import now

    await give_app("anna.smit")
    await first_step(client, "anna.smit")
    fields = await fields_of(client, STEP)
    for minutes, location in ((9, None), (11, "/inloggen?verlopen=1")):
        with time_machine.travel(now() + timedelta(minutes=minutes)):
            assert (await client.get(STEP)).headers.get("location") == location
    with time_machine.travel(now() + timedelta(minutes=11)):
        answer = await post(client, STEP, fields | {"code": code_of()})
        assert answer.headers["location"] == "/inloggen?verlopen=1"
        assert "Het inloggen duurde te lang." in (await client.get(answer.headers["location"])).text


async def test_without_a_first_step_there_is_no_second(client: AsyncClient, demo: None) -> None:
    await give_app("anna.smit")
    assert (await client.get(STEP)).headers["location"].startswith("/inloggen")
    client.cookies.set(PENDING, "chosen-by-somebody-else", domain="testserver.local", path="/")
    fields = await fields_of(client)
    assert (await post(client, STEP, fields | {"code": code_of()})).headers["location"].startswith("/inloggen")
    assert SESSION not in client.cookies


@pytest.mark.parametrize("change", ["closed", "another password"])
async def test_who_is_closed_out_halfway_stays_out(client: AsyncClient, demo: None, change: str) -> None:
    from app.sessions import end_sessions
    from app.tables import User

    anna = await give_app("anna.smit")
    await first_step(client, "anna.smit")
    fields = await fields_of(client, STEP)
    if change == "closed":
        await User.update({User.active: False}).where(User.id == anna)
    else:
        await end_sessions(anna)
    answer = await post(client, STEP, fields | {"code": code_of()})
    assert answer.headers["location"].startswith("/inloggen")
    assert SESSION not in client.cookies


async def test_the_first_step_ends_the_session_that_was_brought_along(client: AsyncClient, demo: None) -> None:
    from app.tables import Session

    await give_app("anna.smit")
    await sign_in(client, "carla.jansen")
    fields = await fields_of(client, "/profiel/bewerken")
    again = {"_csrf": fields["_csrf"], "gebruikersnaam": "anna.smit", "wachtwoord": PASSWORD}
    assert (await post(client, "/inloggen", again)).headers["location"] == STEP
    assert not await Session.exists()


async def test_the_page_that_was_asked_for_follows_the_second_step(client: AsyncClient, demo: None) -> None:
    await give_app("anna.smit")
    answer = await submit(
        client, "/inloggen?volgende=/betaalcodes?status=gebruikt", gebruikersnaam="anna.smit", wachtwoord=PASSWORD
    )
    where = answer.headers["location"]
    refused = await submit(client, where, code="000000")
    assert 'value="/betaalcodes?status=gebruikt"' in refused.text
    assert (await submit(client, where, code=code_of())).headers["location"] == "/betaalcodes?status=gebruikt"


@pytest.mark.parametrize("hostile", ["//evil.example", "https://evil.example", "/\\evil.example"])
async def test_the_page_after_the_second_step_is_never_elsewhere(client: AsyncClient, demo: None, hostile: str) -> None:
    await give_app("anna.smit")
    await first_step(client, "anna.smit")
    fields = await fields_of(client, STEP)
    answer = await post(client, STEP, fields | {"code": code_of(), "volgende": hostile})
    assert answer.headers["location"] == "/overzicht"


async def test_the_sixth_try_within_minutes_waits_and_the_owner_is_warned_once(
    application: Any, client: AsyncClient, demo: None
) -> None:
    await give_app("anna.smit")
    await first_step(client, "anna.smit")
    assert [(await give(client, "000000")).status_code for _ in range(7)] == [422] * 5 + [429] * 2
    refused = await give(client, code_of())
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert "Er is te vaak een onjuiste code gegeven." in refused.text
    assert await told("anna.smit") == ["factor_guessed"]
    assert await events("second_factor_throttled") == [(None, "refused", {})]
    async with visitor(application) as other:  # another browser is the same account
        await first_step(other, "anna.smit")
        assert (await give(other, code_of())).status_code == 429


async def test_no_more_than_twenty_in_an_hour_and_fifty_in_a_day(client: AsyncClient, demo: None) -> None:
    from app.account.factors.second_step import TRIES
    from app.clock import now

    await give_app("anna.smit")
    start, heard = now(), 0
    with time_machine.travel(start, tick=False) as clock:
        for minute in range(60):
            clock.move_to(start + timedelta(minutes=minute))
            if minute % 9 == 0:
                await first_step(client, "anna.smit")
            heard += (await give(client, "000000")).status_code == 422
    assert 20 <= heard <= 40  # the bucket of an hour, and what drained from it meanwhile
    assert [limit.most for limit in TRIES] == [5, 20, 50]


async def test_right_codes_use_up_no_tries(application: Any, demo: None) -> None:
    from app.clock import now

    await give_app("anna.smit")
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        for turn in range(7):
            clock.move_to(start + timedelta(seconds=30 * turn))
            async with visitor(application) as client:
                await sign_in_with_app(client, "anna.smit")


async def test_another_key_takes_over_and_the_old_one_is_still_understood(
    client: AsyncClient, demo: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.account.factors.keys import is_current
    from app.settings import get_settings
    from app.tables import SecondFactor

    old, new = "0ld-key-0123456789-abcdefghijklmnop", "n3w-key-0123456789-abcdefghijklmnop"
    try:
        for keys in (old, f"{new},{old}", new):
            monkeypatch.setenv("FACTOR_KEY", keys)
            get_settings.cache_clear()
            if keys == old:
                await give_app("anna.smit")
            await SecondFactor.update({SecondFactor.last_step: 0}, force=True)
            await sign_in_with_app(client, "anna.smit")
            row = await SecondFactor.select(SecondFactor.secret_encrypted).first()
            assert row
            assert is_current(row["secret_encrypted"])
            assert SECRET.encode() not in row["secret_encrypted"]
            client.cookies.clear()
        monkeypatch.setenv("FACTOR_KEY", old)
        get_settings.cache_clear()
        await first_step(client, "anna.smit")
        assert (await give(client, code_of(steps=1))).status_code == 422  # sealed with a key that is gone
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()


async def test_the_secret_of_one_person_is_no_secret_of_another(demo: None) -> None:
    from app.account.factors.keys import Unreadable, unseal
    from app.tables import SecondFactor

    anna, carla = await give_app("anna.smit"), await id_of("carla.jansen")
    row = await SecondFactor.select().where(SecondFactor.user == anna).first()
    assert row
    await SecondFactor.insert(
        SecondFactor(user=carla, secret_encrypted=row["secret_encrypted"], confirmed_at=row["confirmed_at"])
    )
    with pytest.raises(Unreadable):
        unseal(row["secret_encrypted"], f"second factor of {carla}")
    with pytest.raises(Unreadable):
        unseal(row["secret_encrypted"][:-1] + b"\x00", f"second factor of {anna}")


async def test_a_recovery_code_stands_in_once(application: Any, demo: None) -> None:
    anna = await give_app("anna.smit")
    code = (await give_codes("anna.smit"))[3]
    async with visitor(application) as one, visitor(application) as other:
        await first_step(one, "anna.smit")
        assert (await give(one, code.lower().replace("-", " "), f"{STEP}/herstelcode")).status_code == 303
        assert (await one.get("/overzicht")).status_code == 200
        await first_step(other, "anna.smit")
        again = await give(other, code, f"{STEP}/herstelcode")
        assert again.status_code == 422
        assert "Deze herstelcode is onjuist of al gebruikt." in again.text
    assert await told("anna.smit") == ["recovery_code_used"]
    assert await events("second_factor") == [
        (anna, "ok", {"means": "recovery_code"}),
        (None, "refused", {"means": "recovery_code", "cause": "used"}),
    ]


@pytest.mark.parametrize("code", ["", "2222-2222-2222", "2222", "0000-0000-0000", "ÀÀÀÀ-2222-2222", "2" * 500])
async def test_what_is_no_recovery_code_is_refused(client: AsyncClient, demo: None, code: str) -> None:
    await give_app("anna.smit")
    await give_codes("anna.smit")
    await first_step(client, "anna.smit")
    assert (await give(client, code, f"{STEP}/herstelcode")).status_code == 422


async def test_a_recovery_code_of_somebody_else_does_not_work(client: AsyncClient, demo: None) -> None:
    await give_app("anna.smit")
    await give_codes("anna.smit")
    theirs = await give_codes("carla.jansen")
    await first_step(client, "anna.smit")
    assert (await give(client, theirs[0], f"{STEP}/herstelcode")).status_code == 422


async def test_of_forty_at_once_with_one_recovery_code_one_gets_in(application: Any, demo: None) -> None:
    """Each from a browser of its own; the throttle of the account lets five tries through at once."""
    from app.account.factors.recovery import check_code
    from app.database import transaction
    from app.tables import RecoveryCode

    anna = await give_app("anna.smit")
    code = (await give_codes("anna.smit"))[0]
    proofs = [await check_code(anna, code) for _ in range(40)]

    async def claim(proof: Any) -> bool:
        async with transaction():
            return bool(await proof.claim())

    assert sum(await asyncio.gather(*map(claim, proofs))) == 1
    assert await RecoveryCode.count().where(RecoveryCode.used_at.is_not_null()) == 1


async def test_only_slow_hashes_of_recovery_codes_are_kept(demo: None) -> None:
    from app.tables import RecoveryCode

    codes = await give_codes("anna.smit")
    assert len(set(codes)) == 10
    kept = [row["code_hash"] for row in await RecoveryCode.select(RecoveryCode.code_hash)]
    assert {len(each) for each in kept} == {64}
    assert len({each[:16] for each in kept}) == 1  # one salt
    assert not any(code.replace("-", "") in str(kept) for code in codes)
