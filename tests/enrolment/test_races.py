"""Many at once: a code pays once, a person is one person, and an enrolment is open once."""

import asyncio
import random
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from httpx import Response

from app.enrolment.enrolling import AlreadyEnrolled, CodeRefused, Enrolled, NoFreeCode, OrganisationRefused
from app.tables import AuditEvent, Candidate, Enrolment, Paycode, Route
from tests.clients import post, visitor
from tests.enrolment.test_website import fill_in
from tests.enrolment.world import (
    JAN,
    code_row,
    enrolled,
    make_active_organisation,
    make_free_code,
    make_open_route,
)
from tests.organisations.desk import LIST, desk, form_of

ROUNDS = 50
RACERS = 40


async def outcome(route: Route, place: int = 0, **values: Any) -> Enrolled | type[Exception]:
    """Of one of many: who enrols, or the refusal. Any other error fails the test."""
    person = replace(JAN, email=f"kandidaat.{place}@example.org")
    try:
        return await enrolled(route, person, **values)
    except (AlreadyEnrolled, CodeRefused, OrganisationRefused) as refused:
        return type(refused)


async def test_of_forty_who_redeem_one_code_one_is_enrolled_and_the_others_are_told(db: None) -> None:
    route = await make_open_route()
    for turn in range(ROUNDS):
        code = await make_free_code(route)
        racers = (outcome(route, turn * RACERS + place, code=code) for place in range(RACERS))
        outcomes = await asyncio.gather(*racers)
        [winner] = [each for each in outcomes if isinstance(each, Enrolled)]
        assert outcomes.count(CodeRefused) == RACERS - 1
        assert (await code_row(code))["used_by"] == winner.id
    assert (await Enrolment.count(), await Candidate.count()) == (ROUNDS, ROUNDS)


async def test_of_one_person_who_enrols_twenty_times_at_once_there_is_one(db: None) -> None:
    route = await make_open_route()
    outcomes = await asyncio.gather(*(outcome(route) for _ in range(20)))
    assert outcomes.count(AlreadyEnrolled) == 19
    assert (await Enrolment.count(), await Candidate.count()) == (1, 1)


async def test_no_free_code_is_given_twice(db: None) -> None:
    route = await make_open_route()
    organisation = await make_active_organisation("ABC", route)
    for _ in range(5):
        await make_free_code(route, organisation)
    racers = (outcome(route, place, organisation=organisation, free_code=True) for place in range(20))
    outcomes = await asyncio.gather(*racers)
    winners = {each.id for each in outcomes if isinstance(each, Enrolled)}
    assert set(await Paycode.select(Paycode.used_by).output(as_list=True)) == winners
    assert (len(winners), outcomes.count(NoFreeCode)) == (5, 15)


async def test_once_an_organisation_is_deactivated_neither_its_code_nor_its_paycodes_link(
    application: Any, db: None
) -> None:
    """A link and the end of all linking wait for each other: what is on record tells which came first."""
    robin, route, chance = await desk(application), await make_open_route(), random.Random()
    outcomes: list[Any] = []
    for turn in range(40):
        key = await make_active_organisation(f"{chr(65 + turn // 26)}{chr(65 + turn % 26)}X", route)
        codes = [await make_free_code(route, key) for _ in range(4)]
        racers = [outcome(route, 100 * turn + place, code=code) for place, code in enumerate(codes)]
        racers += [outcome(route, 100 * turn + place, organisation=key) for place in range(4, 8)]
        fields = await form_of(robin, f"{LIST}/{key}/status") | {"antwoord": "inactief"}
        start = [post(robin, f"{LIST}/{key}/status", fields), *racers]
        outcomes += await asyncio.gather(*(_after(chance.uniform(0, 0.04), each) for each in start))
        events = AuditEvent.select(AuditEvent.id, AuditEvent.action).where(AuditEvent.organisation == key)
        actions = [row["action"] for row in await events.order_by(AuditEvent.id)]
        assert actions == ["enrol"] * (len(actions) - 1) + ["deactivate_organisation"]
        assert await Enrolment.count().where(Enrolment.organisation == key) == len(actions) - 1
    assert OrganisationRefused in outcomes
    assert any(isinstance(each, Enrolled) and each.organisation for each in outcomes)


async def test_of_forty_forms_with_one_code_one_is_taken_and_the_others_say_why(application: Any, db: None) -> None:
    route = await make_open_route()
    for turn in range(3):
        code = await make_free_code(route)
        answers = await asyncio.gather(*(_send(application, f"{turn}.{place}", code) for place in range(RACERS)))
        statuses = [answer.status_code for answer in answers]
        assert (statuses.count(303), statuses.count(422)) == (1, RACERS - 1)
        assert all(CodeRefused.sentence in answer.text for answer in answers if answer.status_code == 422)
        assert await Enrolment.count() == turn + 1


async def _after(seconds: float, racer: Awaitable[Any]) -> Any:
    await asyncio.sleep(seconds)
    return await racer


async def _send(application: Any, place: str, code: str) -> Response:
    """From forty places at once."""
    async with visitor(application, f"10.{place}.1") as client:
        return await fill_in(client, emailadres=f"kandidaat.{place}@example.org", betaalcode=code)
