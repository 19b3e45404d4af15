"""Which code pays for which enrolment, and that it pays once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.clock import now
from app.database import transaction
from app.paycodes.redemption import Redeemed, assign_free_codes, find_usable, redeem
from app.tables import Enrolment, Organisation, Paycode, Profile, Route
from tests.paycodes.world import ago, kept, make_batch, make_code, make_enrolment, make_organisation, make_route


@pytest.fixture
async def route(db: None) -> Route:
    return await make_route("co", 1, "eerste", "tweede")


async def profiles(route: Route) -> list[int]:
    return [
        int(each)
        for each in await Profile.select(Profile.id)
        .where(Profile.route == route.id)
        .order_by(Profile.id)
        .output(as_list=True)
    ]


async def enrolment(route: Route) -> int:
    """Of somebody else each time."""
    return int((await make_enrolment(None, route, "Jan", "", f"Nummer{await Enrolment.count()}")).id)


async def code(
    route: Route, organisation: Organisation | None = None, *, profile: int | None = None, **values: Any
) -> Paycode:
    return await make_code(await make_batch(organisation, route, profile=profile), **values)


async def row(which: Paycode) -> dict[str, Any]:
    found = await Paycode.select().where(Paycode.id == which.id).first()
    assert found
    return found


async def pays(which: Paycode, route: Route, profile: int | None = None, *, typed: str = "") -> bool:
    """Whether it would: then it is a free code no more."""
    async with transaction():
        return (
            await redeem(typed or which.code, enrolment=await enrolment(route), route=route.id, profile=profile)
            is not None
        )


async def test_a_free_code_pays_and_says_whose_it_was(route: Route) -> None:
    owner = await make_organisation("ABC")
    theirs, of_nobody, other = await code(route, owner), await code(route), await code(route)
    for which, organisation in ((theirs, owner.id), (of_nobody, None)):
        paid_for = await enrolment(route)
        with time_machine.travel(now(), tick=False):
            async with transaction():
                redeemed = await redeem(which.code, enrolment=paid_for, route=route.id, profile=None)
            moment = now()
        assert redeemed == Redeemed(which.id, organisation)
        kept_row = await row(which)
        assert (kept_row["used_by"], kept_row["used_at"], kept_row["changed_at"]) == (paid_for, moment, moment)
    assert (await row(other))["used_at"] is None


async def test_it_may_be_typed_with_spaces_dashes_and_small_letters(route: Route) -> None:
    which = await code(route)
    typed = f" {which.code[:4].lower()}-{which.code[4:8]} {which.code[8:]}"
    assert await pays(which, route, typed=typed)


async def test_what_is_no_code_pays_nothing(route: Route) -> None:
    which = await code(route)
    for typed in ("", "   ", which.code[:-1], f"{which.code}A", "é" * 16, "%" * 16):
        assert await redeem(typed, enrolment=await enrolment(route), route=route.id, profile=None) is None
    assert (await row(which))["used_at"] is None


async def test_a_used_inactive_expired_or_not_yet_issued_code_pays_nothing(route: Route) -> None:
    used = await code(route, used_at=ago(days=1), used_by=await enrolment(route))
    inactive, expired = await code(route, deactivated_at=ago(days=1)), await code(route, expires_at=ago(seconds=1))
    coming = await code(route, created_at=ago(days=-1))
    for which in (used, inactive, expired, coming):
        before = await row(which)
        assert not await pays(which, route)
        assert await find_usable([which.code]) == {}
        assert await row(which) == before


async def test_it_pays_from_when_it_was_made_until_it_expires(route: Route) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        which = await code(route, created_at=now(), expires_at=now() + timedelta(days=1))
        assert list(await find_usable([which.code])) == [which.code]
        clock.shift(timedelta(days=1))
        assert await find_usable([which.code]) == {}
        assert not await pays(which, route)


async def test_it_pays_for_its_own_route_and_profile_alone(route: Route) -> None:
    other = await make_route("warmtepomp", 2)
    first, second = await profiles(route)
    for any_profile in (None, second):
        assert not await pays(await code(route), other, any_profile)
    for_first = await code(route, profile=first)
    for wrong in (None, second):
        assert not await pays(for_first, route, wrong)
    assert await pays(for_first, route, first)
    assert await pays(await code(route), route, second)
    assert await pays(await code(route), route, None)


async def test_what_is_usable_is_told_for_each_code(route: Route) -> None:
    first, second = await profiles(route)
    general, special, used = await code(route), await code(route, profile=first), await code(route)
    assert await pays(used, route)
    typed = [general.code.lower(), f"{special.code[:4]}-{special.code[4:]}", used.code, "geen code", "A" * 16]
    usable = await find_usable(typed)
    assert set(usable) == {general.code, special.code}
    assert [usable[general.code].pays_for(route.id, profile) for profile in (None, first, second)] == [True, True, True]
    assert [usable[special.code].pays_for(route.id, profile) for profile in (None, first, second)] == [
        False,
        True,
        False,
    ]
    assert not usable[general.code].pays_for(route.id + 1, None)
    assert await find_usable([]) == {}
    assert await find_usable(["geen code"]) == {}


async def test_free_codes_are_given_out_those_for_the_profile_first_then_the_oldest(route: Route) -> None:
    owner, other = await make_organisation("ABC"), await make_organisation("XYZ")
    first, second = await profiles(route)
    general = [await code(route, owner) for _ in range(2)]
    special = await code(route, owner, profile=first)
    for of_others in (await code(route, other), await code(route), await code(route, owner, profile=second)):
        assert of_others.id
    await code(route, owner, deactivated_at=ago(days=1))
    asked = [await enrolment(route) for _ in range(4)]
    with time_machine.travel(now(), tick=False):
        async with transaction():
            given = await assign_free_codes(owner.id, route=route.id, profile=first, enrolments=asked)
        moment = now()
    expected = [special, *general]
    assert given == {key: Redeemed(which.id, owner.id) for key, which in zip(asked, expected, strict=False)}
    for key, which in zip(asked, expected, strict=False):
        kept_row = await row(which)
        assert (kept_row["used_by"], kept_row["used_at"], kept_row["changed_at"]) == (key, moment, moment)
    async with transaction():
        assert await assign_free_codes(owner.id, route=route.id, profile=None, enrolments=asked) == {}
        assert await assign_free_codes(owner.id, route=route.id, profile=first, enrolments=[]) == {}


async def test_two_who_ask_at_once_never_get_the_same(route: Route) -> None:
    owner = await make_organisation("ABC")
    codes = [await code(route, owner) for _ in range(12)]
    asked = [[await enrolment(route) for _ in range(3)] for _ in range(5)]

    async def ask(enrolments: list[int]) -> dict[int, Redeemed]:
        async with transaction():
            return await assign_free_codes(owner.id, route=route.id, profile=None, enrolments=enrolments)

    answers = await asyncio.gather(*map(ask, asked))
    given = [redeemed.id for answer in answers for redeemed in answer.values()]
    assert len(given) == len(set(given)) == len(codes)
    assert await Paycode.count().where(Paycode.used_at.is_null()) == 0


async def test_of_two_who_redeem_one_code_one_pays(route: Route) -> None:
    which = await code(route)
    asked = [await enrolment(route) for _ in range(10)]

    async def ask(key: int) -> Redeemed | None:
        async with transaction():
            return await redeem(which.code, enrolment=key, route=route.id, profile=None)

    answers = await asyncio.gather(*map(ask, asked))
    assert sum(answer is not None for answer in answers) == 1
    winner = asked[next(place for place, answer in enumerate(answers) if answer)]
    assert (await row(which))["used_by"] == winner
    assert await Enrolment.count() == len(asked)
    assert await kept(which)
