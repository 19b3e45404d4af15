"""Every wait for PostgreSQL has an end, and what the address says counts."""

import asyncio
import contextvars
import time
from dataclasses import replace
from typing import Any

import pytest

from app import database, postgres, transactions
from app.database import Postgres, engine_from
from app.settings import get_settings
from tests.database.leaks import assert_nothing_lost
from tests.database.notes import numbers, rows, write
from tests.database.postgres.line import line_to

SHORT = 0.5


async def setting(engine: Postgres, name: str) -> str:
    [row] = await rows(engine, "SELECT current_setting({}) AS value", name)
    value: str = row["value"]
    return value


def at(url: str, **changes: Any) -> Postgres:
    engine = engine_from(replace(get_settings(), database_url=url, **changes))
    assert isinstance(engine, Postgres)
    return engine


@pytest.mark.parametrize(
    ("name", "page", "patient"),
    [
        ("statement_timeout", "5s", "1h"),
        ("lock_timeout", "2s", "1h"),
        ("idle_in_transaction_session_timeout", "10s", "0"),
    ],
)
async def test_the_server_stops_what_takes_too_long(engine: Postgres, name: str, page: str, patient: str) -> None:
    assert await setting(engine, name) == page
    async with engine.transaction(patience=3600):
        assert await setting(engine, name) == patient
    assert await setting(engine, name) == page


async def test_the_address_may_set_more(engine: Postgres, url: str) -> None:
    own = at(f"{url}?statement_timeout=7s&application_name=proef")
    assert await setting(own, "statement_timeout") == "7s"
    assert await setting(own, "application_name") == "proef"
    assert await setting(own, "jit") == "off"


async def test_behind_pgbouncer_nothing_is_prepared_or_set(engine: Postgres, url: str) -> None:
    bare = at(url, database_statement_cache=0)
    await bare.start_connection_pool(min_size=1, max_size=1)
    for _ in range(3):
        assert await setting(bare, "application_name") == ""
    assert await rows(bare, "SELECT name FROM pg_prepared_statements") == []
    await bare.close_connection_pool()


async def test_a_program_that_needs_no_database_asks_none() -> None:
    started = time.monotonic()
    at("postgresql://nobody@127.0.0.1:1/nothing")
    assert time.monotonic() - started < 0.2


async def test_waiting_for_a_connection_ends(engine: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (database, transactions):
        monkeypatch.setattr(module, "ACQUIRE_TIMEOUT", SHORT)
    await engine.close_connection_pool()
    await engine.start_connection_pool(min_size=2, max_size=2)
    enough = asyncio.Event()
    holding = [asyncio.create_task(_hold(engine, enough)) for _ in range(2)]
    await asyncio.sleep(0.1)
    with pytest.raises(TimeoutError):
        await write(engine, 1)
    with pytest.raises(TimeoutError):
        async with engine.transaction():
            await write(engine, 1)
    enough.set()
    await asyncio.gather(*holding)
    await assert_nothing_lost(engine)


async def _hold(engine: Postgres, enough: asyncio.Event) -> None:
    async with engine.transaction():
        await enough.wait()


async def test_a_server_that_falls_silent_is_given_up(
    engine: Postgres, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "COMMAND_TIMEOUT", SHORT)
    monkeypatch.setattr(transactions, "RELEASE_TIMEOUT", SHORT)
    async with line_to(url) as line:
        far = at(line.url)
        await far.start_connection_pool(min_size=1, max_size=2)
        with pytest.raises(TimeoutError):
            async with far.transaction():
                line.dead = True
                await write(far, 1)
        with pytest.raises(TimeoutError):
            await write(far, 1)
        line.dead = False
        await assert_nothing_lost(far)
        await far.close_connection_pool()


async def test_stopping_does_not_wait_for_a_task_that_hangs(engine: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "CLOSE_TIMEOUT", SHORT)
    enough = asyncio.Event()
    task = asyncio.create_task(_hold(engine, enough))
    await asyncio.sleep(0.1)
    async with asyncio.timeout(10 * SHORT):
        await engine.close_connection_pool()
    enough.set()
    with pytest.raises(Exception, match=r"closed|released"):
        await task
    await engine.start_connection_pool()
    await assert_nothing_lost(engine)


async def test_a_host_that_swallows_everything_is_passed_by(
    engine: Postgres, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "CONNECT_TIMEOUT", SHORT)
    async with line_to(url) as line:
        line.dead = True
        both = at(url.replace("@", f"@{line.host},"))
        await both.start_connection_pool(min_size=4, max_size=4)
        assert await numbers(both) == []
        calls = line.calls
        await (await both.get_new_connection()).close()
        assert line.calls == calls > 0, "the host that answered is asked first"
        await both.close_connection_pool()


async def test_starting_and_closing_twice_is_harmless(engine: Postgres) -> None:
    pool = engine.pool
    await engine.start_connection_pool()
    assert engine.pool is pool
    for _ in range(2):
        await engine.close_connection_pool()
    await write(engine, 1)
    await engine.start_connection_pool()
    assert await numbers(engine) == [1]


async def test_another_event_loop_gets_connections_of_its_own(engine: Postgres) -> None:
    """Piccolo's run_sync() brings one."""
    await write(engine, 1)
    fresh = contextvars.Context()
    assert await asyncio.to_thread(fresh.run, asyncio.run, _in_a_transaction(engine)) == [1]


async def _in_a_transaction(engine: Postgres) -> list[int]:
    async with engine.transaction():
        return await numbers(engine)
