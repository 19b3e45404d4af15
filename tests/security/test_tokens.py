"""A link from a mail works once, for one purpose, until its time is over."""

import asyncio
import hashlib
from datetime import timedelta

import pytest
import time_machine

from app.clock import now
from app.tables import Token, TokenPurpose
from app.tokens import LIFETIMES, find, mint, revoke, use
from tests.paycodes.world import make_enrolment, make_manager, make_route

FOR_USERS = (TokenPurpose.ACTIVATION, TokenPurpose.RESET, TokenPurpose.EMAIL)


@pytest.fixture
async def kim(db: None) -> int:
    return int((await make_manager("kim")).id)


def test_how_long_each_works() -> None:
    hours = {purpose: lifetime.total_seconds() / 3600 for purpose, lifetime in LIFETIMES.items()}
    assert hours == {
        TokenPurpose.ACTIVATION: 168,
        TokenPurpose.RESET: 1,
        TokenPurpose.EMAIL: 24,
        TokenPurpose.OBJECTION: 2160,
    }


async def test_only_a_hash_is_kept_of_256_random_bits(kim: int) -> None:
    secrets = [await mint(TokenPurpose.RESET, user=kim) for _ in range(20)]
    assert len(set(secrets)) == 20
    assert {len(secret) for secret in secrets} == {43}
    kept = await Token.select(Token.token_hash).output(as_list=True)
    assert set(kept) == {hashlib.sha256(secret.encode()).hexdigest() for secret in secrets}


@pytest.mark.parametrize("purpose", FOR_USERS)
async def test_it_is_found_until_it_is_used_and_used_once(kim: int, purpose: TokenPurpose) -> None:
    secret = await mint(purpose, user=kim, email="nieuw@example.org")
    told = await find(purpose, secret)
    assert told is not None
    assert (told["user"], told["enrolment"], told["email"]) == (kim, None, "nieuw@example.org")
    assert await find(purpose, secret) == told
    assert await use(purpose, secret) == told
    assert await use(purpose, secret) is None
    assert await find(purpose, secret) is None


async def test_it_works_for_its_purpose_alone_and_nobody_guesses_it(kim: int) -> None:
    secret = await mint(TokenPurpose.RESET, user=kim)
    for purpose in (TokenPurpose.ACTIVATION, TokenPurpose.EMAIL, TokenPurpose.OBJECTION):
        assert await find(purpose, secret) is None
        assert await use(purpose, secret) is None
    for wrong in ("", secret[:-1], secret + "a", secret.swapcase(), hashlib.sha256(secret.encode()).hexdigest()):
        assert await find(TokenPurpose.RESET, wrong) is None
        assert await use(TokenPurpose.RESET, wrong) is None
    assert await use(TokenPurpose.RESET, secret) is not None


@pytest.mark.parametrize("purpose", FOR_USERS)
async def test_its_time_ends_to_the_second(kim: int, purpose: TokenPurpose) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        secret = await mint(purpose, user=kim)
        clock.shift(LIFETIMES[purpose] - timedelta(seconds=1))
        assert await find(purpose, secret) is not None
        clock.shift(timedelta(seconds=1))
        assert await find(purpose, secret) is None
        assert await use(purpose, secret) is None


async def test_a_new_one_ends_the_older_of_the_same_person_and_purpose(kim: int) -> None:
    robin = int((await make_manager("robin")).id)
    first, of_robin = await mint(TokenPurpose.RESET, user=kim), await mint(TokenPurpose.RESET, user=robin)
    other = await mint(TokenPurpose.EMAIL, user=kim)
    second = await mint(TokenPurpose.RESET, user=kim)
    assert await find(TokenPurpose.RESET, first) is None
    assert await find(TokenPurpose.RESET, second) is not None
    assert await find(TokenPurpose.RESET, of_robin) is not None
    assert await find(TokenPurpose.EMAIL, other) is not None
    await revoke(TokenPurpose.RESET, kim)
    assert await find(TokenPurpose.RESET, second) is None
    assert await find(TokenPurpose.RESET, of_robin) is not None
    assert await find(TokenPurpose.EMAIL, other) is not None


async def test_revoking_leaves_when_an_older_one_was_used(kim: int) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        secret = await mint(TokenPurpose.RESET, user=kim)
        await use(TokenPurpose.RESET, secret)
        [used] = await Token.select(Token.used_at).output(as_list=True)
        clock.shift(60)
        await revoke(TokenPurpose.RESET, kim)
    assert await Token.select(Token.used_at).output(as_list=True) == [used]


async def test_those_of_an_enrolment_stand_beside_each_other(db: None) -> None:
    enrolment = await make_enrolment(None, await make_route("co", 1), "Jan", "de", "Vries")
    first, second = [await mint(TokenPurpose.OBJECTION, enrolment=enrolment.id) for _ in range(2)]
    for secret in (first, second):
        told = await use(TokenPurpose.OBJECTION, secret)
        assert told is not None
        assert (told["user"], told["enrolment"], told["email"]) == (None, enrolment.id, "")


async def test_of_forty_at_once_one_gets_it(kim: int) -> None:
    secret = await mint(TokenPurpose.RESET, user=kim)
    answers = await asyncio.gather(*(use(TokenPurpose.RESET, secret) for _ in range(40)))
    assert sum(answer is not None for answer in answers) == 1
