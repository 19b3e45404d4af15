"""Mandates are given and taken away with a record of it, and never the last administrator's."""

import asyncio

import pytest

from app.people.changing import deactivate
from app.people.mandates import LastAdministrator, OwnMandate, give, take
from app.tables import AuditEvent, Mandate, Role, User
from tests.paycodes.world import make_organisation
from tests.people.world import make_person, mandate_of, request_by


async def on_record(action: str) -> list[tuple[int, int, str]]:
    events = await AuditEvent.select().where(AuditEvent.action == action).order_by(AuditEvent.id).output(load_json=True)
    return [(each["object_id"], each["organisation"], each["details"]["role"]) for each in events]


async def test_a_mandate_says_who_gave_it_and_giving_it_again_changes_nothing(db: None) -> None:
    robin, kim = await make_person("robin", Role.ADMINISTRATOR), await make_person("kim")
    organisation = (await make_organisation("ABC")).id
    request = await request_by(robin)
    assert await give(request, kim, Role.ORGANISATION_MANAGER, organisation)
    assert not await give(request, kim, Role.ORGANISATION_MANAGER, organisation)
    assert await give(request, kim, Role.ENROLMENT_MANAGER, organisation)
    mandates = await Mandate.select().where(Mandate.user == kim).order_by(Mandate.id)
    assert [(each["role"], each["given_by"]) for each in mandates] == [
        ("organisation_manager", robin),
        ("enrolment_manager", robin),
    ]
    assert await on_record("give_mandate") == [
        (kim, organisation, "organisation_manager"),
        (kim, organisation, "enrolment_manager"),
    ]


async def test_what_is_taken_is_gone_and_taking_it_again_changes_nothing(db: None) -> None:
    robin, organisation = await make_person("robin", Role.ADMINISTRATOR), (await make_organisation("ABC")).id
    kim = await make_person("kim", Role.ORGANISATION_MANAGER, organisation=organisation)
    request, mandate = await request_by(robin), await mandate_of(kim, Role.ORGANISATION_MANAGER)
    assert sorted(await asyncio.gather(take(request, mandate), take(request, mandate))) == [False, True]
    assert not await Mandate.exists().where(Mandate.user == kim)
    assert await on_record("take_mandate") == [(kim, organisation, "organisation_manager")]


async def test_nobody_takes_away_the_own_mandate_of_an_administrator(db: None) -> None:
    robin = await make_person("robin", Role.ADMINISTRATOR)
    await make_person("sam", Role.ADMINISTRATOR)
    with pytest.raises(OwnMandate):
        await take(await request_by(robin), await mandate_of(robin))


async def test_an_administrator_who_cannot_sign_in_does_not_count(db: None) -> None:
    robin, sam = await make_person("robin", Role.ADMINISTRATOR), await make_person("sam", Role.ADMINISTRATOR)
    request, mandate = await request_by(robin), await mandate_of(sam)
    await User.update({User.active: False}).where(User.id == robin)
    with pytest.raises(LastAdministrator):
        await take(request, mandate)
    await User.update({User.active: True, User.password_hash: None}).where(User.id == robin)
    with pytest.raises(LastAdministrator):
        await take(request, mandate)


async def test_of_two_administrators_who_close_each_other_out_at_once_one_stays(db: None) -> None:
    robin, sam = await make_person("robin", Role.ADMINISTRATOR), await make_person("sam", Role.ADMINISTRATOR)
    by_robin, by_sam = await request_by(robin), await request_by(sam)
    for _ in range(10):
        mandates = await mandate_of(sam), await mandate_of(robin)
        ends = await asyncio.gather(take(by_robin, mandates[0]), take(by_sam, mandates[1]), return_exceptions=True)
        assert {type(end) for end in ends} == {bool, LastAdministrator}
        [left] = await Mandate.select(Mandate.user).where(Mandate.role == Role.ADMINISTRATOR)
        await give(by_robin, sam if left["user"] == robin else robin, Role.ADMINISTRATOR)


async def test_of_two_who_deactivate_each_other_at_once_one_stays(db: None) -> None:
    robin, sam = await make_person("robin", Role.ADMINISTRATOR), await make_person("sam", Role.ADMINISTRATOR)
    requests = [await request_by(robin), await request_by(sam)]
    for _ in range(5):
        calls = zip(requests, (sam, robin), strict=True)
        ends = await asyncio.gather(
            *(deactivate(each.viewer.access, each, other) for each, other in calls), return_exceptions=True
        )
        assert {type(end) for end in ends} == {type(None), LastAdministrator}
        assert await User.count().where(User.active.eq(True)) == 1
        await User.update({User.active: True}, force=True)
