"""What is on record stays there as it was, whatever statement is sent to the database."""

from typing import Any

import pytest
from piccolo.querystring import QueryString

from app.database import violated_unique
from app.piccolo_conf import DB

ON_SQLITE = DB.engine_type == "sqlite"
NOON, EVENING, NEXT_DAY = (f"2026-03-0{day} {hour}:00:00+00:00" for day, hour in ((1, 12), (1, 20), (2, 12)))


async def run(sql: str) -> list[dict[str, Any]]:
    return await DB.run_querystring(QueryString(sql))


async def rows(table: str) -> list[dict[str, Any]]:
    return await run(f"SELECT * FROM {table} ORDER BY id")


async def refused(sql: str, why: str, *tables: str) -> None:
    """The statement fails for this reason and leaves the tables as they were."""
    before = [await rows(table) for table in tables]
    with pytest.raises(Exception, match=why):
        await run(sql)
    assert [await rows(table) for table in tables] == before
    assert all(before)


async def add_event(at: str, key: int | None = None) -> None:
    columns, values = ("id, ", f"{key}, ") if key is not None else ("", "")
    await run(
        f"INSERT INTO audit_event ({columns}at, action, object_type, origin)"
        f" VALUES ({values}'{at}', 'view', 'log', 'portaal')"
    )


async def seal(day: str, first: int | None, last: int | None) -> None:
    firsts = f"{'NULL' if first is None else first}, {'NULL' if last is None else last}"
    await run(
        "INSERT INTO audit_seal (day, first_event, last_event, events, previous_hash, hash, sealed_at)"
        f" VALUES ('{day}', {firsts}, 1, '', '', '{NEXT_DAY}')"
    )


@pytest.fixture
async def sealed(db: None) -> None:
    """Two events of which the first day is sealed, and one after it."""
    await add_event(NOON)
    await add_event(EVENING)
    await seal("2026-03-01", 1, 2)
    await seal("2026-03-02", None, None)
    await add_event(NEXT_DAY)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE audit_event SET action = 'none'", "tr_audit_event_never_changes"),
        ("UPDATE audit_event SET id = id + 100", "tr_audit_event_never_changes"),
        ("DELETE FROM audit_event WHERE id = 3", "tr_audit_event_kept"),
        ("DELETE FROM audit_event", "tr_audit_event_kept"),
        ("UPDATE audit_seal SET hash = 'x'", "tr_audit_seal_never_changes"),
        ("DELETE FROM audit_seal", "tr_audit_seal_kept"),
        (
            "INSERT INTO audit_event (id, at, action, object_type, origin)"
            f" VALUES (3, '{NEXT_DAY}', 'none', 'log', 'portaal') ON CONFLICT (id) DO UPDATE SET action = 'none'",
            "tr_audit_event_never_changes|audit_event.id",
        ),
    ],
)
async def test_the_record_never_changes(sealed: None, statement: str, why: str) -> None:
    await refused(statement, why, "audit_event", "audit_seal")


async def test_what_is_sealed_may_go_and_its_seal_stays(sealed: None) -> None:
    await run("DELETE FROM audit_event WHERE id <= 2")
    assert [row["id"] for row in await rows("audit_event")] == [3]
    assert len(await rows("audit_seal")) == 2


@pytest.mark.parametrize(
    "event",
    [f"2, '{NEXT_DAY}'", f"-1, '{NEXT_DAY}'", f"0, '{NEXT_DAY}'", f"9, '{NOON}'"],
)
async def test_nothing_is_added_to_what_is_sealed(sealed: None, event: str) -> None:
    if event.startswith("2"):
        await run("DELETE FROM audit_event WHERE id = 2")
    statement = (
        f"INSERT INTO audit_event (id, at, action, object_type, origin) VALUES ({event}, 'view', 'log', 'portaal')"
    )
    await refused(statement, "tr_audit_event_not_before_a_seal", "audit_event")


async def test_after_a_seal_events_go_on(sealed: None) -> None:
    await add_event(EVENING)  # the same moment as the last that is sealed
    await add_event(NEXT_DAY)
    assert [row["id"] for row in await rows("audit_event")] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("left_out", ["action", "object_type", "outcome", "origin"])
async def test_an_event_says_what_was_done_to_what_from_where_and_how_it_ended(sealed: None, left_out: str) -> None:
    told = {"action": "view", "object_type": "log", "outcome": "ok", "origin": "portaal"} | {left_out: ""}
    values = ", ".join(f"'{value}'" for value in told.values())
    statement = f"INSERT INTO audit_event (at, {', '.join(told)}) VALUES ('{NEXT_DAY}', {values})"
    await refused(statement, "tr_audit_event_says_all", "audit_event")


@pytest.mark.parametrize(
    "table", ["audit_event", "audit_seal", "step_result", "enrolment", "candidate", "paycode_event"]
)
@pytest.mark.skipif(ON_SQLITE, reason="SQLite has no TRUNCATE")
async def test_no_table_is_emptied_at_once(demo: None, table: str) -> None:
    await add_event(NOON)
    await seal("2026-03-01", 1, 1)
    statement = f"TRUNCATE {table} CASCADE"
    await refused(statement, "tr_[a-z_]+_not_emptied", "audit_event", "audit_seal", "step_result", "enrolment")


REPLACED = (
    ("audit_event", "SELECT * FROM audit_event WHERE id = 3", "audit_event.id"),
    ("audit_seal", "SELECT * FROM audit_seal WHERE id = 1", "audit_seal.(id|day)"),
    (
        "audit_seal",
        "SELECT 99, day, first_event, last_event, 0, 'x', 'x', sealed_at FROM audit_seal WHERE id = 1",
        "audit_seal.day",
    ),
)


@pytest.mark.parametrize(("table", "selection", "why"), REPLACED)
@pytest.mark.skipif(not ON_SQLITE, reason="only SQLite has REPLACE")
async def test_no_event_or_seal_takes_the_place_of_another(sealed: None, table: str, selection: str, why: str) -> None:
    await refused(f"INSERT OR REPLACE INTO {table} {selection}", why, "audit_event", "audit_seal")


async def fact(key: int, withdraws: int | None = None, source_id: str = "1") -> str:
    """A statement that inserts a fact about the first enrolment."""
    [step] = await run("SELECT step FROM step_result ORDER BY id LIMIT 1")
    values = f"{key}, 1, {step['step']}, 1, 'passed', '2026-01-01', '', 'lab', '{source_id}'"
    correction = f"{withdraws}, 'Fout'" if withdraws else "NULL, ''"
    return (
        "INTO step_result (id, enrolment, step, attempt, outcome, day, place, source, source_id, withdraws,"
        f" withdrawal_reason, recorded_at) VALUES ({values}, {correction}, '{NEXT_DAY}')"
    )


@pytest.mark.skipif(not ON_SQLITE, reason="only SQLite has REPLACE")
async def test_no_fact_takes_the_place_of_another(demo: None) -> None:
    await run(f"INSERT {await fact(900_001)}")
    await run(f"INSERT {await fact(900_002, withdraws=900_001, source_id='2')}")
    for statement, why in (
        (await fact(900_001, source_id="3"), "step_result.id"),
        (await fact(900_003), "step_result.source, step_result.source_id"),
        (await fact(900_003, withdraws=900_001, source_id="3"), "step_result.withdraws"),
    ):
        await refused(f"INSERT OR REPLACE {statement}", why, "step_result")
    everything = "INSERT OR REPLACE INTO enrolment SELECT * FROM enrolment WHERE id = 1"
    await refused(everything, "enrolment.id", "step_result", "enrolment")


async def test_a_second_fact_of_one_source_is_refused_in_the_same_words_as_ever(demo: None) -> None:
    await run(f"INSERT {await fact(900_001)}")
    with pytest.raises(Exception, match="source") as refusal:
        await run(f"INSERT {await fact(900_002)}")
    said = violated_unique(refusal.value)
    on_sqlite = "UNIQUE constraint failed: step_result.source, step_result.source_id"
    assert said == (on_sqlite if ON_SQLITE else "ux_step_result_source")


async def test_a_fact_goes_only_with_its_whole_enrolment(demo: None) -> None:
    await run(f"INSERT {await fact(900_001)}")
    await refused("DELETE FROM step_result WHERE id = 900001", "tr_step_result_kept", "step_result")
    await refused("DELETE FROM step_result", "tr_step_result_kept", "step_result")
    [lonely] = await run(
        "SELECT min(step_result.enrolment) AS id FROM step_result WHERE withdraws IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM paycode WHERE used_by = step_result.enrolment) AND NOT EXISTS"
        " (SELECT 1 FROM enrolment WHERE renews = step_result.enrolment) AND enrolment <> 1"
    )
    assert [row for row in await rows("step_result") if row["enrolment"] == lonely["id"]]
    await run(f"DELETE FROM enrolment WHERE id = {lonely['id']}")
    assert not [row for row in await rows("step_result") if row["enrolment"] == lonely["id"]]


@pytest.fixture
async def deactivated(demo: None) -> None:
    """A code of which is kept what happened to it."""
    await run(
        "INSERT INTO paycode_event (id, paycode, change, at, reason)"
        f" SELECT 7, min(id), 'deactivated', '{NOON}', 'Kwijt' FROM paycode"
    )


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE paycode_event SET reason = ''", "tr_paycode_event_never_changes"),
        ("DELETE FROM paycode_event", "tr_paycode_event_kept"),
        ("DELETE FROM paycode WHERE id IN (SELECT paycode FROM paycode_event)", "tr_paycode_event_kept"),
    ],
)
async def test_what_happened_to_a_code_is_kept(deactivated: None, statement: str, why: str) -> None:
    await refused(statement, why, "paycode_event", "paycode")


@pytest.mark.skipif(not ON_SQLITE, reason="only SQLite has REPLACE")
async def test_nothing_takes_the_place_of_what_happened_to_a_code(deactivated: None) -> None:
    for statement, why in (
        ("INSERT OR REPLACE INTO paycode_event SELECT * FROM paycode_event", "paycode_event.id"),
        ("INSERT OR REPLACE INTO paycode SELECT * FROM paycode WHERE id = 1", "tr_paycode_event_kept"),
    ):
        await refused(statement, why, "paycode_event", "paycode")
