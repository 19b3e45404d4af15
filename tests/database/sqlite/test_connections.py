"""Persistent connections: readers that cannot write, one writer, and as many event loops as there are."""

import asyncio
import contextvars
import sqlite3
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from piccolo.engine.sqlite import TransactionType

from app.database import SQLite
from app.sqlite import READERS
from tests.database.leaks import assert_nothing_lost, sqlite_threads
from tests.database.notes import DECLARATION, numbers, rows, write

T = TypeVar("T")

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1), ("busy_timeout", 10_000), ("query_only", 0)],
)
async def test_the_writer_is_set_up(engine: SQLite, pragma: str, value: str | int) -> None:
    [row] = await rows(engine, f"PRAGMA {pragma}")
    assert list(row.values()) == [value]


async def test_readers_cannot_write(engine: SQLite) -> None:
    readers = engine.pool()._readers
    assert len(readers) == READERS
    for reader in readers:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await reader.fetch("INSERT INTO note (id, text) VALUES (1, 'a')")


async def test_a_read_does_not_wait_for_the_writer_and_a_write_does(engine: SQLite) -> None:
    async with engine.transaction():
        await write(engine, 1)
        read = _outside(numbers(engine))
        read_by_name = _outside(rows(engine, " with n AS (SELECT count(*) AS all_of_them FROM note) SELECT * FROM n"))
        writing = _outside(rows(engine, "WITH n AS (SELECT 2 AS i) INSERT INTO note (id, text) SELECT i, 'b' FROM n"))
        assert await read == []
        assert await read_by_name == [{"all_of_them": 0}]
        assert await numbers(engine) == [1], "inside, one sees what one has written"
        assert not writing.done()
    await writing
    assert await numbers(engine) == [1, 2]


def _outside(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """A task that knows nothing of the transaction it is started in."""
    return asyncio.create_task(work, context=contextvars.Context())


async def test_a_deferred_transaction_reads_one_moment_beside_the_writer(engine: SQLite) -> None:
    async with engine.transaction(TransactionType.deferred):
        assert await numbers(engine) == []
        await _outside(write(engine, 1))
        assert await numbers(engine) == []
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await write(engine, 2)
    assert await numbers(engine) == [1]
    await assert_nothing_lost(engine)


async def test_a_write_that_returns_rows_is_a_write(engine: SQLite) -> None:
    assert await rows(engine, "INSERT INTO note (id, text) VALUES (7, 'a') RETURNING id") == [{"id": 7}]
    assert await numbers(engine) == [7]


async def test_the_folder_and_the_first_connection_come_with_the_first_statement(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "portaal.sqlite"
    lazy = SQLite(file)
    assert not file.parent.is_dir()
    await lazy.run_ddl(DECLARATION)
    assert await numbers(lazy) == []
    await lazy.close_connection_pool()


async def test_starting_and_closing_twice_is_harmless(engine: SQLite) -> None:
    for _ in range(2):
        await engine.start_connection_pool()
    assert sqlite_threads() == READERS + 1
    for _ in range(2):
        await engine.close_connection_pool()
    assert sqlite_threads() == 0
    await write(engine, 1)
    await assert_nothing_lost(engine)


async def test_every_event_loop_has_connections_of_its_own(engine: SQLite) -> None:
    """Piccolo's run_sync() brings a loop; when that has ended, its connections go."""

    async def write_in_a_transaction(number: int) -> list[int]:
        async with engine.transaction():
            await write(engine, number)
        return await numbers(engine)

    for number in range(1, 4):
        fresh = contextvars.Context()
        written = await asyncio.to_thread(fresh.run, asyncio.run, write_in_a_transaction(number))
        assert written == list(range(1, number + 1))
    assert await numbers(engine) == [1, 2, 3]
    assert len(engine._pools) == 2


async def test_closing_does_not_wait_for_a_task_that_hangs(engine: SQLite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.sqlite.CLOSE_TIMEOUT", 0.2)
    enough = asyncio.Event()

    async def hang() -> None:
        async with engine.transaction():
            await write(engine, 1)
            await enough.wait()

    task = asyncio.create_task(hang())
    await asyncio.sleep(0.05)
    async with asyncio.timeout(3):
        await engine.close_connection_pool()
    enough.set()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        await task
    await engine.start_connection_pool()
    await assert_nothing_lost(engine)
    assert await numbers(engine) == []


async def test_several_processes_may_open_a_new_file_together(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys, pathlib; from app.database import SQLite;"
        "asyncio.run(SQLite(pathlib.Path(sys.argv[1])).run_ddl('CREATE TABLE IF NOT EXISTS t (i INTEGER)'))"
    )
    for attempt in range(2):
        command = [sys.executable, "-c", program, str(tmp_path / f"{attempt}.sqlite")]
        running = [await asyncio.create_subprocess_exec(*command, cwd=ROOT) for _ in range(4)]
        assert [await process.wait() for process in running] == [0] * 4
