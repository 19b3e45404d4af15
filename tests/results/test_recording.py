"""Results come in: in order, once each, many at a time."""

import asyncio
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from app.results.recording import Already, Answer, NewResult, Recorded, Refused, record_results, withdraw
from app.tables import AuditEvent, Enrolment, Outcome, Step, StepResult
from tests.candidates.handmade import MADE_AT, enrol, organisation_of

DAY = date(2024, 2, 1)


@pytest.fixture
async def jan(db: None) -> int:
    """The enrolment of Jan de Vries on Vakmanschap CO, not paid."""
    [jan] = await enrol(await organisation_of("kim", "ABC"))
    return jan


async def step(slug: str) -> int:
    row = await Step.select(Step.id).where(Step.slug == slug, Step.route.slug == "co").first()
    assert row
    return int(row["id"])


async def result(enrolment: int, slug: str, outcome: str = "passed", day: date = DAY, **values: Any) -> NewResult:
    told = {"source": "toets", "by": None} | values
    return NewResult(enrolment, await step(slug), Outcome(outcome), day, **told)


async def record(*results: NewResult) -> list[Answer]:
    from app.database import transaction

    async with transaction():
        return await record_results(results)


async def progress(enrolment: int) -> str:
    row = await Enrolment.select(Enrolment.progress).where(Enrolment.id == enrolment).first()
    assert row
    return str(row["progress"])


async def changed(enrolment: int) -> datetime:
    row = await Enrolment.select(Enrolment.changed_at).where(Enrolment.id == enrolment).first()
    assert row
    moment: datetime = row["changed_at"]
    return moment


async def test_what_comes_in_order_is_recorded_and_shows(jan: int) -> None:
    paid, theory = await result(jan, "betaling"), await result(jan, "theorietoets", place="Arnhem", source_id="T-1")
    plan = await result(jan, "praktijkexamen", "scheduled", date(2024, 3, 1))
    answers = await record(paid, theory, await result(jan, "praktijkexamen", "failed", day=DAY))
    assert [type(each) for each in answers] == [Recorded] * 3
    assert await progress(jan) == "ppvf--o"
    assert await record(plan) == [Recorded(4, 2)]
    assert await progress(jan) == "ppvs--o"
    assert await changed(jan) > MADE_AT
    row = await StepResult.select().where(StepResult.source_id == "T-1").first()
    assert row
    assert (row["place"], row["attempt"], row["source"], row["day"]) == ("Arnhem", 1, "toets", DAY)


async def test_a_refusal_leaves_the_others_and_what_follows_on_it_out(jan: int) -> None:
    practical, paid, theory = [await result(jan, slug) for slug in ("praktijkexamen", "betaling", "theorietoets")]
    unknown = replace(paid, enrolment=jan + 1)
    first, second, third, fourth = await record(practical, paid, unknown, theory)
    assert (type(second), type(fourth)) == (Recorded, Recorded)
    assert first == Refused("Deze deelname is nog niet betaald.")
    assert third == Refused("Deze deelname bestaat niet.")
    assert await progress(jan) == "ppvo--o"


async def test_the_same_report_twice_is_one_fact(jan: int) -> None:
    paid = await result(jan, "betaling", source_id="B-1")
    assert await record(paid, paid) == [Recorded(1, 1), Already(1)]
    before = await changed(jan)
    assert await record(paid, replace(paid, attempt=1, by=None, api_key=7)) == [Already(1), Already(1)]
    assert await changed(jan) == before
    [other] = await record(replace(paid, day=date(2024, 2, 2)))
    assert other == Refused("Onder dit kenmerk is al een andere uitslag vastgelegd.")
    assert [type(each) for each in await record(replace(paid, source="anders"))] == [Refused]  # paid already
    assert await StepResult.count() == 1


async def test_each_fact_leaves_a_trace_of_who_brought_it(jan: int) -> None:
    paid = replace(await result(jan, "betaling"), api_key=7)
    await record(paid, replace(paid, day=date(1999, 1, 1)))
    [event] = await AuditEvent.select()
    assert (event["action"], event["object_type"], event["object_id"], event["api_key"]) == (
        "record_result",
        "enrolment",
        jan,
        7,
    )


async def test_a_thousand_take_few_statements(db: None) -> None:
    from app.database import recorded_statements, transaction

    people = await enrol(await organisation_of("kim", "ABC"), [("Jan", "", f"Vries{n}") for n in range(500)])
    theory = await result(people[0], "theorietoets", source_id="")
    paid = await result(people[0], "betaling", source_id="")
    reports = [
        replace(each, enrolment=person, source_id=f"{each.step}-{person}")
        for person in people
        for each in (paid, theory)
    ]
    async with transaction():
        with recorded_statements() as statements:
            answers = await record_results(reports)
    assert {type(each) for each in answers} == {Recorded}
    assert len(statements) <= 25
    assert set(await Enrolment.select(Enrolment.progress).output(as_list=True)) == {"ppvo--o"}


@pytest.mark.parametrize("named", [True, False])
async def test_two_reports_of_one_attempt_at_once_give_one_fact(jan: int, named: bool) -> None:
    await record(await result(jan, "betaling"))
    theory = await result(jan, "theorietoets", source_id="T-1" if named else None)

    async def report() -> list[Answer]:
        return await record(theory)

    answers = [answer for [answer] in await asyncio.gather(*(report() for _ in range(8)))]
    assert sum(isinstance(each, Recorded) for each in answers) == 1
    assert {type(each) for each in answers} == {Recorded, Already if named else Refused}
    assert await StepResult.count() == 2


# Corrections


async def correct(fact: int, replacement: NewResult | None = None) -> Recorded | Refused:
    from app.database import transaction

    async with transaction():
        return await withdraw(fact, "verkeerde kandidaat", replacement, by=1)


async def test_a_correction_is_a_new_fact_and_both_stay(jan: int) -> None:
    await record(await result(jan, "betaling"), await result(jan, "theorietoets", "failed", place="Arnhem"))
    right = await correct(2, await result(jan, "theorietoets", "passed"))
    assert right == Recorded(3, 1)
    assert await progress(jan) == "ppvo--o"
    old, new = await StepResult.select().where(StepResult.id.is_in([2, 3])).order_by(StepResult.id)
    assert (old["outcome"], old["place"]) == ("failed", "Arnhem")
    assert (new["withdraws"], new["withdrawal_reason"], new["recorded_by"]) == (2, "verkeerde kandidaat", 1)


async def test_a_result_may_be_taken_away_and_reported_anew(jan: int) -> None:
    theory = await result(jan, "theorietoets", "failed", source_id="T-1")
    await record(await result(jan, "betaling"), theory)
    assert isinstance(await correct(2), Recorded)
    assert await progress(jan) == "ppoo--o"
    assert await record(theory) == [Already(2)]
    assert await record(replace(theory, source_id="T-2")) == [Recorded(4, 1)]


async def test_a_correction_that_breaks_the_order_is_refused(jan: int) -> None:
    await record(await result(jan, "betaling"), await result(jan, "theorietoets"))
    refused = await correct(1)
    assert isinstance(refused, Refused)
    assert "Hierop volgt Theorietoets" in refused.reason
    assert await StepResult.count() == 2


async def test_what_was_corrected_is_not_corrected_twice_not_even_at_once(jan: int) -> None:
    await record(await result(jan, "betaling"))
    answers = await asyncio.gather(*(correct(1) for _ in range(5)))
    assert sum(isinstance(each, Recorded) for each in answers) == 1
    assert {each.reason for each in answers if isinstance(each, Refused)} == {
        "Deze uitslag is intussen al gecorrigeerd."
    }
    assert isinstance(await correct(99), Refused)
