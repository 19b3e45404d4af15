"""Reads that are done at once happen on the thread that asks; no other read keeps it."""

import asyncio
import contextvars
import sqlite3
from time import perf_counter

import pytest

from app.database import SQLite
from app.sqlite import QUICK, Connection
from tests.database.notes import numbers, rows, write

ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT max(i) AS last FROM n"


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that a thread of their own did."""
    done: list[str] = []
    fetch = Connection.fetch

    async def noted(connection: Connection, sql: str, *args: object) -> object:
        done.append(sql)
        return await fetch(connection, sql, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Connection, "fetch", noted)
    return done


async def test_a_quick_read_wakes_no_thread(engine: SQLite, threads: list[str]) -> None:
    await write(engine, 1)
    assert len(threads) == 1
    assert await numbers(engine) == [1], "what was written is seen at once"
    assert len(threads) == 1


async def test_a_long_read_goes_to_a_thread_and_keeps_nobody(engine: SQLite, threads: list[str]) -> None:
    longest, before = 0.0, perf_counter()
    reading = asyncio.ensure_future(rows(engine, ENDLESS, 2_000_000))
    while not reading.done():
        await asyncio.sleep(0.001)
        longest, before = max(longest, perf_counter() - before), perf_counter()
    assert await reading == [{"last": 2_000_000}]
    assert len(threads) == 1
    assert longest < QUICK + 0.1


async def test_whoever_reads_without_end_lets_others_go_between(engine: SQLite) -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    for _ in range(50):
        await numbers(engine)
    beside.cancel()
    assert turns >= 50


async def test_a_mistake_is_told_as_it_is(engine: SQLite, threads: list[str]) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await rows(engine, "SELECT * FROM nowhere")
    assert threads == []


async def test_a_read_in_a_transaction_belongs_to_it(engine: SQLite) -> None:
    async with engine.transaction():
        await write(engine, 1)
        assert await numbers(engine) == [1]
        outside = asyncio.create_task(numbers(engine), context=contextvars.Context())
        assert await outside == []
