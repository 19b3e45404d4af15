"""Enrolling: the person is found or added, the link and the payment follow, or nothing of it happens."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.database import recorded_statements, transaction
from app.enrolment.enrolling import (
    AlreadyEnrolled,
    CodeRefused,
    Enrolled,
    NoFreeCode,
    NothingToRenew,
    OrganisationRefused,
    Person,
    ProfileRefused,
    RouteClosed,
    enrol_all,
)
from app.names import search_text
from app.paycodes.codes import grouped, new_code
from app.tables import (
    AuditEvent,
    Candidate,
    Enrolment,
    Kind,
    LinkSource,
    Organisation,
    Paycode,
    Route,
    State,
)
from tests.enrolment.world import (
    JAN,
    certify,
    code_row,
    enrolled,
    enrolling,
    make_active_organisation,
    make_free_code,
    make_open_route,
    profile_of,
    row_of,
)
from tests.paycodes.world import ago, make_batch, make_code, make_manager


async def test_a_new_person_is_added_and_stands_on_the_row(db: None) -> None:
    route = await make_open_route()
    made = await enrolled(route, replace(JAN, birth_date=date(1990, 4, 22), crt_number="CRT-1"))
    row = await row_of(made.id)
    assert (row["number"], row["candidate"], row["organisation"]) == (made.number, made.candidate, None)
    assert row["search_text"] == search_text(*JAN.name, JAN.email, made.number)
    assert (row["sort_key"], row["progress"], row["state"]) == (JAN.sort_key, "pooo", State.NOT_STARTED)
    candidate = await Candidate.select().first()
    assert candidate is not None
    assert (candidate["birth_date"], candidate["crt_number"]) == (date(1990, 4, 22), "CRT-1")
    assert candidate["search_text"] == search_text(*JAN.name, JAN.email, "CRT-1")


SAME = [
    replace(JAN, given_name="JÁN", name_particle="De", email="Jan@Example.org"),
    replace(JAN, salutation="neutral", birth_date=date(1980, 1, 1), crt_number="OTHER"),
    replace(JAN, given_name="J.", email="elders@example.org", crt_number="CRT-1"),
]


@pytest.mark.parametrize("again", SAME, ids=["name and address", "other details", "number in the register"])
async def test_who_is_there_already_is_linked_to_and_stays_as_known(db: None, again: Person) -> None:
    first, second = await make_open_route(), await make_open_route("warmtepomp", 2)
    made = await enrolled(first, replace(JAN, crt_number="CRT-1"))
    before = await Candidate.select()
    other = await enrolled(second, again)
    assert other.candidate == made.candidate
    assert await Candidate.select() == before
    assert (await row_of(other.id))["sort_key"] == JAN.sort_key


async def test_the_number_of_somebody_else_shows_nothing_of_them(db: None) -> None:
    route = await make_open_route()
    somebody = await enrolled(route, replace(JAN, crt_number="CRT-1"))
    eva = replace(JAN, given_name="Eva", name_particle="", family_name="Smit", email="eva@example.org")
    for _ in range(2):
        [made] = await enrol_all(None, [enrolling(route, replace(eva, crt_number="CRT-1"))])
    assert isinstance(made, AlreadyEnrolled)
    row = await row_of(made.enrolment)
    assert (row["family_name"], row["candidate"] != somebody.candidate) == ("Smit", True)
    numbers = await Candidate.select(Candidate.crt_number).order_by(Candidate.id).output(as_list=True)
    assert numbers == ["CRT-1", None]


async def test_a_namesake_with_another_address_is_somebody_else(db: None) -> None:
    route = await make_open_route()
    made = [await enrolled(route), await enrolled(route, replace(JAN, email="jan.de.vries@example.org"))]
    assert made[0].candidate != made[1].candidate


async def test_many_are_enrolled_at_once_and_each_is_answered_in_its_place(db: None) -> None:
    route = await make_open_route()
    organisation = await make_active_organisation("ABC", route)
    codes = [await make_free_code(route, organisation) for _ in range(2)]
    people = [replace(JAN, email=f"kandidaat.{place}@example.org") for place in range(4)]
    asked = [enrolling(route, person, organisation=organisation, free_code=True) for person in people[:2]]
    asked += [enrolling(route, people[0]), enrolling(route, people[2], code=new_code()), enrolling(route, people[3])]
    async with transaction():
        answers = await enrol_all(None, asked)
    [first, second, again, refused, last] = answers
    assert [type(each) for each in answers] == [Enrolled, Enrolled, AlreadyEnrolled, CodeRefused, Enrolled]
    assert isinstance(again, AlreadyEnrolled)
    assert isinstance(first, Enrolled)
    assert again.enrolment == first.id
    assert {(await code_row(code))["used_by"] for code in codes} == {first.id, second.id}  # type: ignore[union-attr]
    assert (await row_of(last.id))["progress"] == "pooo"  # type: ignore[union-attr]
    assert (await row_of(first.id))["progress"] == "ppoo"
    assert str(refused) == CodeRefused.sentence


async def test_many_take_few_statements(db: None) -> None:
    route = await make_open_route()
    organisation = await make_active_organisation("ABC", route)
    batch = await make_batch(await Organisation.objects().get(Organisation.id == organisation), route)
    for _ in range(60):
        await make_code(batch)
    people = [replace(JAN, email=f"kandidaat.{place}@example.org") for place in range(60)]
    asked = [enrolling(route, person, organisation=organisation, free_code=True) for person in people]
    with recorded_statements() as statements:
        async with transaction():
            answers = await enrol_all(None, asked)
    assert all(isinstance(each, Enrolled) for each in answers)
    assert len(statements) < 20


async def test_a_second_open_enrolment_is_refused_and_names_the_first(db: None) -> None:
    route = await make_open_route()
    code = await make_free_code(route)
    first = await enrolled(route)
    with pytest.raises(AlreadyEnrolled) as refused:
        await enrolled(route, code=code)
    assert refused.value.enrolment == first.id
    assert (await code_row(code))["used_at"] is None
    assert await Enrolment.count() == 1


async def test_a_code_that_does_not_pay_is_no_way_to_find_out_who_is_enrolled(db: None) -> None:
    route = await make_open_route()
    await enrolled(route)
    with pytest.raises(CodeRefused):
        await enrolled(route, code=new_code())


async def test_a_code_pays_and_links_with_its_organisation(db: None) -> None:
    route = await make_open_route()
    organisation = await make_active_organisation("ABC", route)
    code = await make_free_code(route, organisation)
    made = await enrolled(route, code=grouped(code).lower())
    row, used = await row_of(made.id), await code_row(code)
    assert (row["organisation"], row["link_source"], row["progress"]) == (organisation, LinkSource.PAYCODE, "ppoo")
    assert (used["used_by"], used["changed_at"]) == (made.id, used["used_at"])


async def test_a_typed_organisation_wins_over_that_of_the_code(db: None) -> None:
    route = await make_open_route()
    typed = await make_active_organisation("ABC", route)
    owner = await make_active_organisation("DEF", route)
    code = await make_free_code(route, owner)
    made = await enrolled(route, organisation=typed, code=code)
    row = await row_of(made.id)
    assert (row["organisation"], row["link_source"]) == (typed, LinkSource.WEBSITE)
    assert (await code_row(code))["organisation"] == owner
    event = await AuditEvent.select(AuditEvent.organisation, AuditEvent.details).first().output(load_json=True)
    assert event is not None
    assert (event["organisation"], event["details"]["paycode_organisation"]) == (typed, owner)


async def test_a_code_of_a_deactivated_organisation_pays_and_links_nobody(db: None) -> None:
    route = await make_open_route()
    organisation = await make_active_organisation("ABC", route)
    code = await make_free_code(route, organisation)
    await Organisation.update({Organisation.active: False}).where(Organisation.id == organisation)
    made = await enrolled(route, code=code)
    row = await row_of(made.id)
    assert (row["organisation"], row["progress"]) == (None, "ppoo")


async def test_an_organisation_links_nobody_when_inactive_or_on_another_route(db: None) -> None:
    route, other = await make_open_route(), await make_open_route("warmtepomp", 2)
    elsewhere = await make_active_organisation("ABC", other)
    inactive = await make_active_organisation("DEF", route)
    await Organisation.update({Organisation.active: False}).where(Organisation.id == inactive)
    for organisation in (elsewhere, inactive, 999):
        with pytest.raises(OrganisationRefused):
            await enrolled(route, organisation=organisation)
    assert await Candidate.count() == 0


WRONG = ["unknown", "no code", "used", "inactive", "expired", "other route", "other profile"]


@pytest.mark.parametrize("wrong", WRONG)
async def test_every_code_that_does_not_pay_is_refused_in_the_same_words(db: None, wrong: str) -> None:
    route, other = await make_open_route(), await make_open_route("warmtepomp", 2)
    user = (await enrolled(other)).id
    made: dict[str, dict[str, Any]] = {
        "used": {"used_at": ago(days=1), "used_by": user},
        "inactive": {"deactivated_at": ago(days=1)},
        "expired": {"expires_at": ago(days=1)},
        "other profile": {"profile": await profile_of(route)},
        "other route": {},
    }
    code = {"unknown": new_code(), "no code": "geen code"}.get(wrong)
    code = code or await make_free_code(other if wrong == "other route" else route, **made[wrong])
    before = await Paycode.select()
    with pytest.raises(CodeRefused) as refused:
        await enrolled(route, replace(JAN, email="ander@example.org"), code=code)
    assert str(refused.value) == CodeRefused.sentence
    assert (await Enrolment.count(), await Candidate.count()) == (1, 1)
    assert await Paycode.select() == before


async def test_a_code_for_the_profile_pays(db: None) -> None:
    route = await make_open_route()
    profile = await profile_of(route)
    made = await enrolled(route, profile=profile, code=await make_free_code(route, profile=profile))
    assert (await row_of(made.id))["progress"] == "ppoo"


async def test_a_closed_route_and_a_profile_of_another_route_are_refused(db: None) -> None:
    route, other = await make_open_route(), await make_open_route("warmtepomp", 2)
    with pytest.raises(ProfileRefused):
        await enrolled(route, profile=await profile_of(other))
    await Route.update({Route.open_for_enrolment: False}).where(Route.id == route.id)
    with pytest.raises(RouteClosed):
        await enrolled(route)


async def test_a_renewal_renews_the_certified_enrolment_of_the_person(db: None) -> None:
    route = await make_open_route()
    with pytest.raises(NothingToRenew):
        await enrolled(route, kind=Kind.RENEWAL)
    first = await enrolled(route)
    with pytest.raises(NothingToRenew):
        await enrolled(route, kind=Kind.RENEWAL)
    await certify(first.id)
    with pytest.raises(NothingToRenew):
        await enrolled(route, kind=Kind.RENEWAL, renews=first.id + 1)
    renewal = await enrolled(route, kind=Kind.RENEWAL)
    assert (await row_of(renewal.id))["renews"] == first.id
    assert (await row_of(first.id))["state"] == State.RENEWING


async def test_an_enrolment_manager_is_who_linked(db: None) -> None:
    route = await make_open_route()
    organisation = await make_active_organisation("ABC", route)
    dirk = await make_manager("dirk")
    made = await enrolled(route, organisation=organisation, source=LinkSource.ENROLMENT_MANAGER, by=dirk.id)
    row = await row_of(made.id)
    assert (row["link_source"], row["linked_by"]) == (LinkSource.ENROLMENT_MANAGER, dirk.id)
    event = await AuditEvent.select(AuditEvent.actor, AuditEvent.action, AuditEvent.object_id).first()
    assert event == {"actor": dirk.id, "action": "enrol", "object_id": made.id}


async def test_a_free_code_of_the_organisation_is_taken_when_asked(db: None) -> None:
    route = await make_open_route()
    organisation, other = await make_active_organisation("ABC", route), await make_active_organisation("DEF", route)
    await make_free_code(route, other)
    code = await make_free_code(route, organisation)
    made = await enrolled(route, organisation=organisation, free_code=True)
    assert (await code_row(code))["used_by"] == made.id
    with pytest.raises(NoFreeCode):
        await enrolled(route, replace(JAN, email="ander@example.org"), organisation=organisation, free_code=True)
