"""Derived columns follow the facts."""

import asyncio
from typing import Any

from app.clock import now, today
from app.tables import Certificate, Enrolment, Kind, Outcome, State, Step, StepResult


async def enrolment(state: State, kind: Kind = Kind.FIRST) -> dict[str, Any]:
    """The first that stands so on the route Vakmanschap CO."""
    query = Enrolment.select().where(Enrolment.state == state, Enrolment.kind == kind, Enrolment.route.slug == "co")
    row = await query.order_by(Enrolment.id).first()
    assert row is not None
    return row


async def record(enrolment: int, step: str, outcome: Outcome, attempt: int = 1) -> None:
    row = await Enrolment.select(Enrolment.route).where(Enrolment.id == enrolment).first()
    assert row is not None
    found = await Step.select(Step.id).where(Step.route == row["route"], Step.slug == step).first()
    assert found is not None
    await StepResult(
        enrolment=enrolment,
        step=found["id"],
        attempt=attempt,
        outcome=outcome,
        day=today(),
        source="test",
        recorded_at=now(),
    ).save()


async def columns(enrolment: int) -> dict[str, Any]:
    row = await Enrolment.select().where(Enrolment.id == enrolment).first()
    assert row is not None
    return row


async def test_a_new_fact_shows_and_marks_the_row_as_changed(demo: None) -> None:
    from app.database import transaction
    from app.results.rederive import rederive

    row = await enrolment(State.NOT_STARTED)
    async with transaction():
        await record(row["id"], "theorietoets", Outcome.FAILED)
        assert await rederive([row["id"]]) == 1
    after = await columns(row["id"])
    assert (after["state"], after["progress"][2]) == (State.RESIT, "f")
    assert after["progress_notes"].split("|")[2] == f"{today():%Y%m%d}.1"
    assert after["changed_at"] > row["changed_at"]


async def test_what_did_not_change_keeps_its_moment(demo: None) -> None:
    from app.database import transaction
    from app.results.rederive import rederive

    row = await enrolment(State.RUNNING)
    async with transaction():
        assert await rederive([row["id"]]) == 0
    assert await columns(row["id"]) == row


async def test_a_finished_renewal_shows_on_what_it_renews(demo: None) -> None:
    from app.database import transaction
    from app.results.rederive import rederive

    renewal = await enrolment(State.RUNNING, Kind.RENEWAL)
    assert (await columns(renewal["renews"]))["state"] == State.RENEWING
    async with transaction():
        await Certificate(enrolment=renewal["id"], number="TEST-1", issued_on=today()).save()
        assert await rederive([renewal["id"]]) == 2
    assert (await columns(renewal["renews"]))["state"] == State.RENEWED
    assert (await columns(renewal["id"]))["state"] == State.COMPLETED


async def test_a_rollback_takes_the_derivation_along(demo: None) -> None:
    from app.database import transaction
    from app.results.rederive import rederive

    row = await enrolment(State.NOT_STARTED)
    async with transaction() as inside:
        await record(row["id"], "theorietoets", Outcome.FAILED)
        await rederive([row["id"]])
        await inside.rollback()
    assert await columns(row["id"]) == row


async def test_all_are_repaired_in_few_statements(demo: None) -> None:
    from app.database import recorded_statements, transaction
    from app.results.rederive import rederive

    before = await Enrolment.select(Enrolment.id, Enrolment.progress_notes).order_by(Enrolment.id)
    await Enrolment.update(
        {Enrolment.progress: "", Enrolment.progress_notes: "", Enrolment.state: State.RENEWED}, force=True
    )
    async with transaction():
        with recorded_statements() as statements:
            assert await rederive() >= len(before) - 1
    assert len(statements) <= 15
    assert await Enrolment.select(Enrolment.id, Enrolment.progress_notes).order_by(Enrolment.id) == before


async def test_two_who_write_facts_of_one_enrolment_see_each_other_s(demo: None) -> None:
    from app.database import transaction
    from app.results.rederive import rederive

    row = await enrolment(State.NOT_STARTED)

    async def write(step: str) -> None:
        async with transaction():
            await record(row["id"], step, Outcome.PASSED)
            await asyncio.sleep(0.05)
            await rederive([row["id"]])

    await asyncio.gather(write("theorietoets"), write("praktijkexamen"))
    async with transaction():
        assert await rederive([row["id"]]) == 0
    assert (await columns(row["id"]))["progress"][2:4] == "pp"
