"""The chain of seals: each day that is over has one, and what was changed behind its back is found, and where."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from httpx import AsyncClient
from piccolo.querystring import QueryString

from app.audit import record
from app.chores import work_on_chores
from app.clock import now
from app.database import transaction
from app.log.seals import latest, seal_days
from app.log.verifying import Broken, verify, verify_last
from app.piccolo_conf import DB
from app.tables import AuditEvent, AuditSeal, Chore
from tests.sessions import client_of
from tests.worlds import Worlds, portaal_command

ON_SQLITE = DB.engine_type == "sqlite"
MONDAY = datetime(2026, 3, 2, 11, tzinfo=UTC)
Travel = Callable[[datetime], None]


async def nothing() -> None:
    """Nobody watches."""


@pytest.fixture
async def at(db: None) -> AsyncIterator[Travel]:
    """Moves the clock."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock.move_to


async def seen(times: int = 1) -> None:
    for _ in range(times):
        await record(None, "view", "enrolment", 7, organisation=1, rows=2)


async def run(sql: str) -> None:
    await DB.run_querystring(QueryString(sql))


async def tampered(statement: str) -> None:
    """By whoever owns the database, and knows how to silence it."""
    async with transaction(as_owner=True):
        for table in ("audit_event", "audit_seal"):
            if not ON_SQLITE:
                await DB.run_ddl(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                continue
            named = f"SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
            for row in await DB.run_querystring(QueryString(named)):
                await DB.run_ddl(f"DROP TRIGGER {row['name']}")
        await run(statement)


@pytest.fixture
async def week(at: Travel) -> None:
    """Three events on Monday, none on Tuesday, two on Wednesday, one on Thursday; sealed on Friday."""
    for place, times in enumerate((3, 0, 2, 1)):
        at(MONDAY + timedelta(days=place))
        await seen(times)
    at(MONDAY + timedelta(days=4))
    assert await seal_days(nothing) == {"days": 4, "events": 6}
    await seen()


async def test_each_day_that_is_over_is_sealed_once(week: None) -> None:
    seals = await AuditSeal.select(
        AuditSeal.day, AuditSeal.first_event, AuditSeal.last_event, AuditSeal.events
    ).order_by(AuditSeal.id)
    assert [tuple(seal.values()) for seal in seals] == [
        (date(2026, 3, 2), 1, 3, 3),
        (date(2026, 3, 3), None, None, 0),
        (date(2026, 3, 4), 4, 5, 2),
        (date(2026, 3, 5), 6, 6, 1),
    ]
    assert await seal_days(nothing) == {"days": 0, "events": 0}


async def test_a_whole_log_is_said_to_be_whole(week: None) -> None:
    whole, last = await verify(), await latest()
    assert last
    assert (whole.days, whole.events) == (4, 6)
    assert whole.line == f"The log is whole: 4 days and 6 events, up to 2026-03-05, seal {last['hash']}."
    assert await verify(last["hash"]) == whole


async def test_the_last_seal_is_looked_at_every_day(week: None) -> None:
    seal = await latest()
    assert seal is not None
    assert await verify_last(nothing) == {"events": seal["events"], "broken": 0}
    await tampered("UPDATE audit_seal SET hash = previous_hash WHERE id = (SELECT max(id) FROM audit_seal)")
    assert (await verify_last(nothing))["broken"] == 1


async def test_an_empty_log_is_whole(at: Travel) -> None:
    assert await seal_days(nothing) == {"days": 0, "events": 0}
    assert (await verify()).line == "The log is whole: no day of it is over yet."


ADDED = "INSERT INTO audit_event ({}at, action, object_type, origin) VALUES ({}'{}', 'view', 'log', 'portaal')"


@pytest.mark.parametrize(
    ("statement", "day", "why"),
    [
        ("UPDATE audit_event SET actor = 9 WHERE id = 2", 2, "an event or its seal was changed"),
        ("UPDATE audit_event SET details = '[1]' WHERE id = 5", 4, "an event or its seal was changed"),
        ("DELETE FROM audit_event WHERE id = 1", 2, "3 events were sealed and 2 are there"),
        ("DELETE FROM audit_event WHERE id <= 3", 2, "3 events were sealed and 0 are there"),
        (ADDED.format("id, ", "0, ", "2026-03-02 12:00:00+00:00"), 2, "an event was added to it afterwards"),
        (ADDED.format("id, ", "-4, ", "2026-03-02 12:00:00+00:00"), 2, "an event was added to it afterwards"),
        ("UPDATE audit_event SET id = 16 WHERE id = 6", 5, "1 events were sealed and 0 are there"),
        (ADDED.format("", "", "2026-03-04 12:00:00+00:00"), 5, "an event was added to it afterwards"),
        ("DELETE FROM audit_seal WHERE day = '2026-03-03'", 3, "its seal is missing"),
        ("DELETE FROM audit_seal WHERE day = '2026-03-02'", 3, "its seal does not follow on the one before"),
        ("DELETE FROM audit_seal WHERE day > '2026-03-02'", 3, "it has no seal, nor have the days after it"),
        ("DELETE FROM audit_seal", 2, "it has no seal, nor have the days after it"),
        ("UPDATE audit_seal SET hash = previous_hash WHERE day = '2026-03-04'", 4, "an event or its seal was changed"),
        ("UPDATE audit_seal SET events = 4 WHERE day = '2026-03-02'", 2, "4 events were sealed and 3 are there"),
        ("UPDATE audit_seal SET first_event = 2 WHERE day = '2026-03-02'", 2, "an event or its seal was changed"),
    ],
)
async def test_what_was_tampered_with_is_found(week: None, at: Travel, statement: str, day: int, why: str) -> None:
    await tampered(statement)
    at(MONDAY + timedelta(days=4, hours=1))
    with pytest.raises(Broken) as broken:
        await verify()
    assert str(broken.value) == f"The log is broken at 2026-03-0{day}: {why}."


async def test_a_chain_made_anew_lacks_the_seal_that_was_noted_down(week: None) -> None:
    last = await latest()
    assert last
    await tampered("UPDATE audit_event SET actor = 9 WHERE id = 2")
    await tampered("DELETE FROM audit_seal")
    await seal_days(nothing)
    assert (await verify()).days == 4
    with pytest.raises(Broken, match="the seal that you give is not in the chain"):
        await verify(last["hash"])


async def test_the_day_that_is_over_for_less_than_an_hour_waits(at: Travel) -> None:
    await seen()
    at(datetime(2026, 3, 2, 23, 59, tzinfo=UTC))  # 00:59 in Amsterdam
    assert await seal_days(nothing) == {"days": 0, "events": 0}
    at(datetime(2026, 3, 3, 0, 1, tzinfo=UTC))
    assert await seal_days(nothing) == {"days": 1, "events": 1}


async def test_what_was_written_late_stands_in_the_next_seal(week: None, at: Travel) -> None:
    """Its moment is of Thursday, its number behind Friday's; a clock was slow."""
    at(datetime(2026, 3, 5, 22, 59, 59, tzinfo=UTC))
    await seen()
    at(MONDAY + timedelta(days=5))
    assert await seal_days(nothing) == {"days": 1, "events": 1}
    await seen()
    at(MONDAY + timedelta(days=6))
    assert await seal_days(nothing) == {"days": 1, "events": 2}
    assert (await verify()).events == 9


@pytest.mark.skipif(ON_SQLITE, reason="SQLite has one writer: nobody writes while the day is sealed")
async def test_an_event_that_is_being_written_holds_up_the_seal(at: Travel) -> None:
    await seen()
    written, sealed = asyncio.Event(), asyncio.Event()

    async def write_slowly() -> None:
        async with transaction(patience=60):
            await seen()
            written.set()
            await sealed.wait()

    slow = asyncio.create_task(write_slowly())
    await written.wait()
    await seen()
    at(MONDAY + timedelta(days=1))
    with pytest.raises(Exception, match="lock timeout"):
        await seal_days(nothing)
    assert await AuditSeal.count() == 0
    await seen()  # it held up nobody else
    sealed.set()
    await slow
    assert await seal_days(nothing) == {"days": 1, "events": 3}
    assert (await verify()).events == 3


async def test_several_that_seal_at_once_make_one_chain(at: Travel) -> None:
    await seen(5)
    at(MONDAY + timedelta(days=3))
    await asyncio.gather(*(seal_days(nothing) for _ in range(4)))
    assert (await verify()).days == await AuditSeal.count() == 3


async def test_one_of_several_does_the_chore_of_a_day(at: Travel) -> None:
    done: list[datetime] = []

    async def work(keep: Callable[[], Awaitable[None]]) -> dict[str, int]:
        done.append(now())
        await keep()
        return {"things": 3}

    await asyncio.gather(*(work_on_chores({"test": work}) for _ in range(4)))
    await work_on_chores({"test": work})
    assert len(done) == 1
    [chore] = await Chore.select(Chore.state, Chore.told)
    assert (chore["state"], json.loads(chore["told"])) == ("ready", {"things": 3})
    at(MONDAY + timedelta(days=1))
    await work_on_chores({"test": work})
    assert len(done) == 2


async def test_a_chore_that_failed_is_done_later(at: Travel) -> None:
    tries: list[int] = []

    async def work(_: Callable[[], Awaitable[None]]) -> dict[str, int]:
        tries.append(1)
        return {"things": 1 // (len(tries) - 1)}

    with pytest.raises(ZeroDivisionError):
        await work_on_chores({"test": work})
    await work_on_chores({"test": work})
    assert len(tries) == 1
    at(MONDAY + timedelta(minutes=6))
    await work_on_chores({"test": work})
    assert len(tries) == 2


async def test_the_command_says_it_in_one_line(worlds: Worlds, week: None) -> None:
    async def command() -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            *portaal_command("log", "verify"), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
        )
        said = (await process.communicate())[0].decode()
        return process.returncode or 0, said

    at_once = "The log is broken at 2026-03-06: it has no seal, nor have the days after it.\n"
    assert await command() == (1, at_once)  # for the command it is later than for the test
    await tampered("UPDATE audit_event SET actor = 9 WHERE id = 2")
    assert await command() == (1, "The log is broken at 2026-03-02: an event or its seal was changed.\n")


async def test_the_log_shows_its_last_seal(week: None, application: object) -> None:
    from tests.candidates.handmade import administrator

    await administrator("kim")
    last = await latest()
    assert last
    kim: AsyncClient = await client_of(application, "kim")
    page = (await kim.get("/beheer/logboek")).text
    assert "Verzegeld tot en met 05-03-2026" in page
    assert last["hash"] in page


async def test_every_event_of_the_portal_says_all_of_it(application: object, demo: None) -> None:
    """By whom, when, what, to what, with what outcome, from where: the database refuses less."""
    async with await client_of(application, "beheerder") as client:
        for address in ("/beheer/logboek", "/beheer/kandidaten/1", "/deelnames/1", "/overzicht.xlsx?route=zonnestroom"):
            assert (await client.get(address)).status_code == 200
    events = await AuditEvent.select()
    assert {event["action"] for event in events} >= {"view_log", "view", "download"}
    for event in events:
        assert all(event[field] for field in ("at", "action", "object_type", "outcome", "origin"))
        assert event["actor"] or event["api_key"] or event["origin"]
