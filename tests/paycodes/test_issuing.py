"""A batch is issued whole, in a few statements, and is changed without ever touching a used code."""

import asyncio
import time
from datetime import date, timedelta
from typing import Any

import pytest
from piccolo.querystring import QueryString

from app.access import Access
from app.clock import local_day, today
from app.database import recorded_statements, transaction
from app.paycodes import issuing
from app.paycodes.changing import deactivate, extend, link_batch, reactivate
from app.paycodes.codes import check_sign
from app.paycodes.issuing import Issued, NewBatch, issue_batch
from app.paycodes.redemption import redeem
from app.piccolo_conf import DB
from app.tables import AuditEvent, Batch, Paycode, PaycodeEvent, Role, Route
from tests.paycodes.world import make_enrolment, make_manager, make_organisation, make_route


async def administrator() -> Access:
    user = await make_manager("robin", role=Role.ADMINISTRATOR)
    return Access(user.id, frozenset({Role.ADMINISTRATOR}), ())


async def issue(route: Route, count: int = 3, **values: Any) -> Issued:
    until = values.pop("valid_until", today() + timedelta(days=365))
    async with transaction():
        return await issue_batch(None, NewBatch(count, route.id, until, **values), by=None)


async def codes_of(batch: Issued) -> list[dict[str, Any]]:
    return await Paycode.select().where(Paycode.batch == batch.id).order_by(Paycode.id)


async def events() -> list[str]:
    return await PaycodeEvent.select(PaycodeEvent.change).order_by(PaycodeEvent.id).output(as_list=True)


async def test_ten_thousand_codes_are_issued_in_a_moment_by_three_statements(db: None) -> None:
    """Half a second on a machine that does nothing else. Here others work too, so the clock is patient, and asks up to
    three times; what is not patient is how many statements it takes, and what the database does for each code."""
    route, took = await make_route("co", 1), [9.0]
    while len(took) < 4 and took[-1] > 4:
        start = time.perf_counter()
        with recorded_statements() as statements:
            batch = await issue(route, 10_000)
        took.append(time.perf_counter() - start)
    assert took[-1] < 4, took
    assert len(statements) == 3  # the batch, its codes, the record
    codes = await codes_of(batch)
    assert len(codes) == 10_000
    assert all(each["code"][-1] == check_sign(each["code"][:-1]) for each in codes)


@pytest.mark.skipif(DB.engine_type != "postgres", reason="asks the catalogue of PostgreSQL")
async def test_a_new_code_costs_three_look_ups_and_ten_places_in_an_index(db: None) -> None:
    """The keys of batch, user and enrolment, and what is read along. One more costs ten thousand more."""
    rows, inserts = "tgtype & 1 = 1", "tgtype & 4 = 4"
    triggers = f"SELECT COUNT(*) AS n FROM pg_trigger WHERE tgrelid = 'paycode'::regclass AND {rows} AND {inserts}"
    indexes = "SELECT COUNT(*) AS n FROM pg_index WHERE indrelid = 'paycode'::regclass"
    counts = [(await DB.run_querystring(QueryString(sql)))[0]["n"] for sql in (triggers, indexes)]
    assert counts == [3, 10]


async def test_its_codes_are_the_batch_s_in_everything_and_valid_through_the_last_day(db: None) -> None:
    route, organisation = await make_route("co", 1, "monteur"), await make_organisation("NWT")
    batch = await issue(route, organisation=organisation.id, reference="Noord", valid_until=date(2030, 6, 30))
    code = (await codes_of(batch))[0]
    assert (code["organisation"], code["reference"]) == (organisation.id, "Noord")
    assert local_day(code["expires_at"]) == date(2030, 6, 30)
    assert code["changed_at"] == code["created_at"]
    assert await AuditEvent.exists().where(AuditEvent.action == "issue_batch")


async def test_a_number_and_a_code_that_exist_are_drawn_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    route = await make_route("co", 1)
    first = await issue(route, 1)
    taken, numbers = (await codes_of(first))[0]["code"], iter([first.number, "9Z9Z9Z"])
    drawn = iter([[taken, "A" * 16], ["C" * 16]])
    monkeypatch.setattr(issuing, "new_batch_number", lambda: next(numbers))
    monkeypatch.setattr(issuing, "new_codes", lambda count: next(drawn))
    second = await issue(route, 2)
    assert second.number == "9Z9Z9Z"
    assert [each["code"] for each in await codes_of(second)] == ["A" * 16, "C" * 16]


async def test_what_is_deactivated_can_be_reactivated_and_both_are_kept(db: None) -> None:
    access, batch = await administrator(), await issue(await make_route("co", 1))
    first = (await codes_of(batch))[0]["id"]
    assert await deactivate(access, None, batch.id, [first], "Niet betaald") == 1
    assert await deactivate(access, None, batch.id, [], "De rest") == 2
    assert await reactivate(access, None, batch.id, [first]) == 1
    assert await events() == ["deactivated"] * 3 + ["reactivated"]
    assert [each["deactivation_reason"] for each in await codes_of(batch)] == ["", "De rest", "De rest"]


async def test_extending_never_shortens(db: None) -> None:
    access, batch = await administrator(), await issue(await make_route("co", 1))
    later = today() + timedelta(days=500)
    assert await extend(access, None, batch.id, [], today() + timedelta(days=9)) == 0
    assert await extend(access, None, batch.id, [], later) == 3
    assert {local_day(each["expires_at"]) for each in await codes_of(batch)} == {later}


async def test_a_batch_of_nobody_is_linked_once_and_its_codes_follow(db: None) -> None:
    access, batch = await administrator(), await issue(await make_route("co", 1))
    one, two = await make_organisation("NWT"), await make_organisation("ZPI")
    assert sorted(await asyncio.gather(*(link_batch(access, None, batch.id, each.id) for each in (one, two)))) == [
        False,
        True,
    ]
    row = await Batch.select(Batch.organisation).where(Batch.id == batch.id).first()
    assert row
    assert {each["organisation"] for each in await codes_of(batch)} == {row["organisation"]}
    assert await events() == ["linked"] * 3


async def test_of_redeeming_and_deactivating_at_once_one_wins(db: None) -> None:
    access, route = await administrator(), await make_route("co", 1)
    enrolment = await make_enrolment(None, route, "Jan", "de", "Vries")
    for _ in range(10):
        batch = await issue(route, 1)
        code = (await codes_of(batch))[0]["code"]

        async def use(code: str = code) -> bool:
            async with transaction():
                return await redeem(code, enrolment=enrolment.id, route=route.id, profile=None) is not None

        used, inactive = await asyncio.gather(use(), deactivate(access, None, batch.id, [], "Te laat"))
        assert used + inactive == 1
        assert not await deactivate(access, None, batch.id, [], "Nog eens")
