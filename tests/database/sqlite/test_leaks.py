"""Why the engine is our own: each pair shows the same mishap to Piccolo's engine and to ours."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from piccolo.engine.sqlite import SQLiteEngine, TransactionType

from app.database import SQLite
from app.sqlite import Connection
from tests.database.leaks import assert_nothing_lost
from tests.database.notes import numbers, rows, write

LOCKED = "database is locked"


class Stock(SQLiteEngine):
    """Piccolo's own, remembering what it opens so that the test can close it."""

    def __init__(self, path: str) -> None:
        super().__init__(path, timeout=0.05)
        self.opened: list[Any] = []

    async def get_connection(self) -> Any:
        connection = await super().get_connection()
        self.opened.append(connection)
        return connection


@pytest.fixture
async def stock(engine: SQLite) -> AsyncIterator[Stock]:
    stock = Stock(engine.path)
    yield stock
    for connection in stock.opened:
        await connection.close()


@pytest.fixture
def other(engine: SQLite) -> Iterator[sqlite3.Connection]:
    """A connection of somebody else to the same file."""
    with closing(sqlite3.connect(engine.path, isolation_level=None)) as other:
        yield other


async def test_piccolo_loses_a_connection_and_its_thread_when_begin_fails(
    stock: Stock, other: sqlite3.Connection
) -> None:
    other.execute("BEGIN IMMEDIATE")
    threads = threading.active_count()
    for _ in range(3):
        with pytest.raises(sqlite3.OperationalError, match=LOCKED):
            async with stock.transaction(TransactionType.immediate):
                await asyncio.sleep(0)
    assert threading.active_count() == threads + 3


async def test_we_lose_none_when_begin_fails(engine: SQLite, other: sqlite3.Connection) -> None:
    other.execute("BEGIN IMMEDIATE")
    for _ in range(30):
        with pytest.raises(sqlite3.OperationalError, match=LOCKED):
            async with engine.transaction(patience=0.01):
                await asyncio.sleep(0)
    other.execute("ROLLBACK")
    await assert_nothing_lost(engine)


async def test_piccolo_fails_at_once_when_two_read_and_then_write(stock: Stock) -> None:
    async def read_and_write(number: int) -> None:
        async with stock.transaction():
            await rows(stock, "SELECT id FROM note")
            await asyncio.sleep(0.01)
            await write(stock, number)

    outcomes = await asyncio.gather(*map(read_and_write, range(8)), return_exceptions=True)
    assert [str(outcome) for outcome in outcomes].count(LOCKED) >= 4


async def test_begin_may_be_cancelled_at_any_moment(engine: SQLite, other: sqlite3.Connection) -> None:
    for offset in range(0, 61, 2):
        other.execute("BEGIN IMMEDIATE")
        task = asyncio.create_task(_write_in_a_transaction(engine))
        await asyncio.sleep(offset / 1000)
        task.cancel()
        other.execute("ROLLBACK")
        with pytest.raises(asyncio.CancelledError):
            await task
    await assert_nothing_lost(engine)
    assert await numbers(engine) == []


async def _write_in_a_transaction(engine: SQLite) -> None:
    async with engine.transaction():
        await write(engine, 1)


async def test_a_cancelled_read_keeps_its_connection_until_its_thread_has_left_it(engine: SQLite) -> None:
    reader = Connection(Path(engine.path), read_only=True)
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
    for _ in range(20):
        task = asyncio.create_task(reader.fetch(endless))
        await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await reader.fetch("SELECT 1 AS one") == [{"one": 1}]
    reader.close()
    reader.join()


async def test_a_transaction_that_sqlite_has_rolled_back_cannot_go_on(engine: SQLite) -> None:
    """An interrupted or a full disk ends it early; what follows must not be committed by itself."""
    with pytest.raises(sqlite3.OperationalError, match="no transaction is active"):
        async with engine.transaction():
            await write(engine, 1)
            await rows(engine, "ROLLBACK")
            with pytest.raises(Exception, match="has rolled this transaction back"):
                await write(engine, 2)
    await assert_nothing_lost(engine)
    assert await numbers(engine) == []
