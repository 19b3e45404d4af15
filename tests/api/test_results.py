"""`POST /api/v1/results`: results come in from another system."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from app.tables import ApiScope, AuditEvent, Certificate, Enrolment, StepResult
from tests.api.world import make_key, number_of, system
from tests.candidates.handmade import enrol, organisation_of

URL = "/api/v1/results"


def result(name: str, enrolment: str, step: str, **values: Any) -> dict[str, Any]:
    return {"id": name, "enrolment": enrolment, "step": step, "outcome": "passed", "day": "2024-02-01"} | values


async def report(client: AsyncClient, *results: dict[str, Any], certificates: Any = ()) -> dict[str, Any]:
    answer = await client.post(URL, json={"results": list(results), "certificates": list(certificates)})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def progress(enrolment: int) -> str:
    row = await Enrolment.select(Enrolment.progress).where(Enrolment.id == enrolment).first()
    assert row
    return str(row["progress"])


async def test_a_whole_way_comes_in_at_once(jan: int, tests_system: AsyncClient) -> None:
    number = await number_of(jan)
    told = await report(
        tests_system,
        result("1", number, "betaling"),
        result("2", number, "theorietoets", outcome="failed"),
        result("3", f"{number[:4]}-{number[4:].lower()}", "theorietoets", day="2024-02-08", place="Arnhem"),
        result("4", number, "praktijkexamen", day="2024-02-09", attempt=1),
        certificates=[{"number": "CO-1", "enrolment": number, "issued_on": "2024-02-10"}],
    )
    assert [(each["status"], each["attempt"]) for each in told["results"]] == [
        ("created", 1),
        ("created", 1),
        ("created", 2),
        ("created", 1),
    ]
    assert told["certificates"] == [
        {"index": 0, "id": "CO-1", "status": "created", "attempt": None, "reason": None} | {"attempt": 1}
    ]
    assert await progress(jan) == "pppp--v"
    row = await Certificate.select().first()
    assert row
    assert str(row["valid_until"]) == "2029-02-10"
    assert {each["source"] for each in await StepResult.select(StepResult.source)} == {"toets"}


async def test_refused_items_do_not_stop_the_others(jan: int, tests_system: AsyncClient) -> None:
    number = await number_of(jan)
    told = await report(
        tests_system,
        result("1", number, "theorietoets"),
        result("2", "ZZZZ-9999", "theorietoets"),
        result("3", number, "bestaat-niet"),
        result("4", number, "betaling"),
        result("vier  vijf", number, "theorietoets"),
        result("6", number, "theorietoets", place="Ede\x00"),
        result("7", number, "theorie-examen"),
        certificates=[
            {"number": "CO-1", "enrolment": number, "issued_on": "2024-02-10"},
            {"number": "CO-1", "enrolment": number, "issued_on": "9999-12-31"},
            {"number": " ", "enrolment": "\x00", "issued_on": "0001-01-01"},
        ],
    )
    assert [each["status"] for each in told["results"]] == ["refused"] * 3 + ["created"] + ["refused"] * 3
    assert [each["status"] for each in told["certificates"]] == ["refused"] * 3
    assert told["results"][0] == {
        "index": 0,
        "id": "1",
        "status": "refused",
        "attempt": None,
        "reason": "Deze deelname is nog niet betaald.",
    }
    assert told["results"][6]["reason"] == "Deze stap hoort niet bij deze deelname."
    assert all(each["reason"] for each in told["certificates"])
    assert await progress(jan) == "ppoo--o"


async def test_reporting_again_changes_nothing(jan: int, tests_system: AsyncClient, application: Any) -> None:
    number = await number_of(jan)
    everything = [result("1", number, "betaling"), result("2", number, "theorietoets")]
    everything.append(result("3", number, "praktijkexamen"))
    certificate = {"number": "CO-1", "enrolment": number, "issued_on": "2024-02-10"}
    await report(tests_system, *everything, certificates=[certificate])
    again = await report(tests_system, *everything, certificates=[certificate])
    assert {each["status"] for each in again["results"] + again["certificates"]} == {"already"}
    changed = await report(
        tests_system,
        everything[0] | {"place": "elders"},
        certificates=[certificate | {"crt_registered_on": "2024-02-12"}],
    )
    assert {each["status"] for each in changed["results"] + changed["certificates"]} == {"refused"}
    assert await StepResult.count() == 3
    async with system(application, await make_key(ApiScope.RESULTS_WRITE, source="anders")) as other:
        [told] = (await report(other, everything[1]))["results"]
    assert told["status"] == "refused"


async def test_who_reports_what_is_recorded(jan: int, tests_system: AsyncClient) -> None:
    await report(tests_system, result("1", await number_of(jan), "betaling"))
    [event] = await AuditEvent.select()
    assert (event["action"], event["object_id"], event["actor"]) == ("record_result", jan, None)
    assert event["api_key"]


async def test_a_key_of_an_organisation_reports_on_its_own_only(jan: int, application: Any) -> None:
    secret = await make_key(ApiScope.RESULTS_WRITE, organisation=await organisation_of("lee", "XYZ"))
    async with system(application, secret) as other:
        [told] = (await report(other, result("1", await number_of(jan), "betaling")))["results"]
    assert told["reason"] == "Deze deelname bestaat niet."


ONE = b'{"results": [{"id": "1", "enrolment": "A", "step": "b", "outcome": "%b", "day": "%b", "attempt": %b}]}'


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"results": [{"id": "\\ud800"}]}', 400),
        (b"[" * 100_000, 422),
        (b'{"results": ' + b"[" * 100_000, 422),
        (b"null", 422),
        (b'{"resultaten": []}', 422),
        (b'{"results": [{"id": "1"}]}', 422),
        (b'{"results": [' + b",".join([b"{}"] * 1001) + b"]}", 422),
        (b" " * (1024 * 1024 + 1), 413),
    ],
)
async def test_what_cannot_be_read_is_a_problem(tests_system: AsyncClient, body: bytes, status: int) -> None:
    answer = await tests_system.post(URL, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status


async def test_a_thousand_and_one_together_are_too_many(jan: int, tests_system: AsyncClient) -> None:
    number = await number_of(jan)
    certificates = [{"number": "CO-1", "enrolment": number, "issued_on": "2024-02-10"}]
    results = [result(str(place), number, "betaling") for place in range(1000)]
    answer = await tests_system.post(URL, json={"results": results, "certificates": certificates})
    assert answer.status_code == 422
    assert await StepResult.count() == 0


async def test_other_content_is_refused(tests_system: AsyncClient) -> None:
    answer = await tests_system.post(URL, data={"results": "[]"})
    assert (answer.status_code, answer.headers["content-type"]) == (415, "application/problem+json")


async def test_one_number_for_two_at_once_is_one_certificate(abc: int, application: Any) -> None:
    people = await enrol(abc, [("Jan", "", f"Vries{place}") for place in range(4)])
    numbers = [await number_of(each) for each in people]
    async with system(application, await make_key(ApiScope.RESULTS_WRITE)) as client:
        steps = ("betaling", "theorietoets", "praktijkexamen")
        await report(client, *(result(f"{step}-{each}", each, step) for each in numbers for step in steps))
        told = await asyncio.gather(
            *(
                report(client, certificates=[{"number": "CO-1", "enrolment": each, "issued_on": "2024-02-10"}])
                for each in numbers
            )
        )
    assert sorted(each["certificates"][0]["status"] for each in told) == ["created", "refused", "refused", "refused"]


async def test_one_id_for_two_at_once_is_one_result(abc: int, application: Any) -> None:
    people = await enrol(abc, [("Jan", "", f"Vries{place}") for place in range(4)])
    numbers = [await number_of(each) for each in people]
    async with system(application, await make_key(ApiScope.RESULTS_WRITE)) as client:
        told = await asyncio.gather(*(report(client, result("1", each, "betaling")) for each in numbers))
    assert sorted(each["results"][0]["status"] for each in told) == ["created", "refused", "refused", "refused"]
