"""`GET /api/v1/enrolments` and `/paycodes`: an organisation's own system reads what the organisation sees."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.clock import now
from app.database import recorded_statements, transaction
from app.results.rederive import rederive
from app.tables import ApiScope, AuditEvent, Candidate, Certificate, Enrolment, Organisation, Paycode
from tests.api.world import make_key, system
from tests.candidates.handmade import MADE_AT, enrol, organisation_of

ENROLMENTS, PAYCODES = "/api/v1/enrolments", "/api/v1/paycodes"
UNLINKED: dict[Any, Any] = {Enrolment.organisation: None, Enrolment.link_source: None, Enrolment.linked_at: None}
READ = ApiScope.ENROLMENTS_READ, ApiScope.PAYCODES_READ


async def read(client: AsyncClient, url: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(url, params=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def read_all(client: AsyncClient, url: str, **query: Any) -> list[dict[str, Any]]:
    page = await read(client, url, **query)
    items = list(page["items"])
    while page["cursor"]:
        page = await read(client, url, **query, cursor=page["cursor"])
        assert 0 < len(page["items"]) <= query["limit"]
        items += page["items"]
    return items


async def of_nwt(application: Any) -> AsyncClient:
    row = await Organisation.select(Organisation.id).where(Organisation.code == "NWT").first()
    assert row
    return system(application, await make_key(*READ, organisation=row["id"]))


async def test_page_after_page_gives_each_enrolment_once(demo: None, application: Any) -> None:
    client = await of_nwt(application)
    items = await read_all(client, ENROLMENTS, limit=50)
    own = await Enrolment.select(Enrolment.number).where(Enrolment.organisation.code == "NWT")
    assert sorted(each["number"].replace("-", "") for each in items) == sorted(each["number"] for each in own)
    assert [each["changed_at"] for each in items] == sorted(each["changed_at"] for each in items)
    events = await AuditEvent.select().where(AuditEvent.action == "read_enrolments")
    assert len(events) == -(-len(items) // 50)
    assert {each["api_key"] is not None and each["organisation"] is not None for each in events} == {True}


async def test_page_after_page_gives_each_paycode_once(demo: None, application: Any) -> None:
    items = await read_all(await of_nwt(application), PAYCODES, limit=40)
    own = await Paycode.select(Paycode.code).where(Paycode.organisation.code == "NWT")
    assert sorted(each["code"].replace("-", "") for each in items) == sorted(each["code"] for each in own)
    assert {each["status"] for each in items} == {"available", "used", "inactive", "expired"}
    assert {each["used_by"] is None for each in items if each["status"] != "used"} == {True}


async def test_many_that_changed_at_once_are_all_read(abc: int, hr: AsyncClient) -> None:
    await enrol(abc, [("Jan", "", f"Vries{place}") for place in range(7)])
    assert len(await read_all(hr, ENROLMENTS, limit=2)) == 7


async def test_an_enrolment_tells_what_its_manager_sees(jan: int, hr: AsyncClient) -> None:
    await Candidate.update({Candidate.birth_date: MADE_AT.date(), Candidate.crt_number: "CRT-7"}).where(
        Candidate.id == 1
    )
    await Certificate.insert(Certificate(enrolment=jan, number="CO-1", issued_on=MADE_AT.date()))
    async with transaction():
        await rederive([jan])
    [item] = (await read(hr, ENROLMENTS))["items"]
    assert (item["given_name"], item["name_particle"], item["family_name"]) == ("Jan", "de", "Vries")
    assert item["certificate"]["number"] == "CO-1"
    assert [(each["step"], each["outcome"]) for each in item["steps"]] == [
        ("aanmelding", "passed"),
        ("betaling", "open"),
        ("theorietoets", "open"),
        ("praktijkexamen", "open"),
        ("bewijs", "passed"),
    ]
    assert not {"birth_date", "crt_number", "organisation", "id"} & item.keys()


async def test_nobody_else_is_read(jan: int, hr: AsyncClient, application: Any) -> None:
    await enrol(await organisation_of("lee", "XYZ"), [("Piet", "", "Smit")])
    await enrol(None, [("Nel", "", "Los")])
    assert [each["family_name"] for each in (await read(hr, ENROLMENTS))["items"]] == ["Vries"]
    await Enrolment.update(
        {Enrolment.organisation: None, Enrolment.link_source: None, Enrolment.linked_at: None}
    ).where(Enrolment.id == jan)
    assert (await read(hr, ENROLMENTS))["items"] == []


async def test_who_used_a_code_is_told_only_while_linked(demo: None, application: Any) -> None:
    client = await of_nwt(application)
    used = next(each for each in await read_all(client, PAYCODES, limit=500) if each["used_by"])
    gone = Enrolment.number == used["used_by"].replace("-", "")
    await Enrolment.update(
        {Enrolment.organisation: None, Enrolment.link_source: None, Enrolment.linked_at: None}
    ).where(gone)
    again = {each["code"]: each for each in await read_all(client, PAYCODES, limit=500)}
    assert (again[used["code"]]["used_by"], again[used["code"]]["status"]) == (None, "used")


async def test_what_changed_since_is_read(abc: int, hr: AsyncClient) -> None:
    moments = [MADE_AT, MADE_AT + timedelta(microseconds=1), MADE_AT + timedelta(days=1)]
    await enrol(abc, [("Jan", "", name) for name in ("Aa", "Bb", "Cc")], at=moments)
    since = moments[1].isoformat()
    assert [each["family_name"] for each in (await read(hr, ENROLMENTS, changed_since=since))["items"]] == ["Bb", "Cc"]
    abroad = moments[2].astimezone(UTC).replace(tzinfo=None).isoformat() + "-01:00"
    assert (await read(hr, ENROLMENTS, changed_since=abroad))["items"] == []
    as_of = datetime.fromisoformat((await read(hr, ENROLMENTS))["as_of"])
    assert now() - timedelta(minutes=1) < as_of < now()


@pytest.mark.parametrize(
    ("query", "at"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=" + "9" * 5000, "limit"),
        ("limit=1&limit=2", "limit"),
        ("limit=", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=%00%ff", "cursor"),
        ("cursor=MTk3MC0wMS0wMVQwMDowMDowMFogMQ", "cursor"),
        ("cursor=" + "A" * 5000, "cursor"),
        ("changed_since=gisteren", "changed_since"),
        ("changed_since=2024-01-01T00:00:00", "changed_since"),
        ("organisation=2", "organisation"),
    ],
)
async def test_what_cannot_be_read_is_a_problem(hr: AsyncClient, query: str, at: str) -> None:
    for url in (ENROLMENTS, PAYCODES):
        answer = await hr.get(f"{url}?{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
        assert answer.json()["at"] == at


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00"])
async def test_the_ends_of_the_calendar_are_moments_too(jan: int, hr: AsyncClient, moment: str) -> None:
    found = (await hr.get(f"{ENROLMENTS}?changed_since={moment}")).json()["items"]
    assert len(found) == (1 if moment.startswith("0001") else 0)


async def test_statements_are_as_many_for_few_as_for_many(abc: int, hr: AsyncClient) -> None:
    counts = []
    for _ in range(2):
        await enrol(abc, [("Jan", "", f"Vries{place}") for place in range(20)])
        await read(hr, ENROLMENTS)
        with recorded_statements() as statements:
            await read(hr, ENROLMENTS)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 5


async def test_changes_while_somebody_reads_are_not_missed(abc: int, hr: AsyncClient) -> None:
    people = await enrol(abc, [("Jan", "", f"Vries{place}") for place in range(6)])
    first = await read(hr, ENROLMENTS, limit=3)
    await asyncio.gather(
        *(Enrolment.update({Enrolment.changed_at: now()}).where(Enrolment.id == each) for each in people[:2])
    )
    rest = await read(hr, ENROLMENTS, limit=10, cursor=first["cursor"])
    assert {each["family_name"] for each in rest["items"]} == {"Vries0", "Vries1", "Vries3", "Vries4", "Vries5"}
