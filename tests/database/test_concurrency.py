"""Many at once, in one process and in two: no error that is about the others, no write lost."""

import asyncio
import contextvars
import os
import sys
from pathlib import Path

from app.database import Postgres, SQLite, recorded_statements
from tests.database.leaks import assert_nothing_lost
from tests.database.notes import numbers, rows, write
from tests.worlds import environment

ROOT = Path(__file__).parents[2]
WRITERS = 16
PROCESSES = 2
TRANSACTIONS = 300


async def test_sixteen_writers_of_which_every_third_fails(engine: SQLite | Postgres) -> None:
    await write(engine, 0)
    outcomes = await asyncio.gather(*(_work(engine, writer) for writer in range(WRITERS)))
    await assert_nothing_lost(engine)
    [row] = await rows(engine, "SELECT text FROM note WHERE id = 0")
    assert int(row["text"]) == sum(outcomes) == WRITERS * 20


async def _work(engine: SQLite | Postgres, writer: int) -> int:
    """Counts one up, thirty times, and breaks off ten of them."""
    done = 0
    for turn in range(30):
        try:
            await _count_up(engine, breaks_off=turn % 3 == writer % 3)
        except ZeroDivisionError:
            continue
        done += 1
    return done


async def _count_up(engine: SQLite | Postgres, *, breaks_off: bool = False) -> None:
    """Reads and then writes: on PostgreSQL the row is locked by the read, on SQLite the file by BEGIN."""
    lock = "FOR UPDATE" if engine.engine_type == "postgres" else ""
    async with engine.transaction():
        [row] = await rows(engine, f"SELECT text FROM note WHERE id = 0 {lock}")
        count = int("0" + row["text"].removeprefix("note ")) + 1
        await rows(engine, "UPDATE note SET text = {} WHERE id = 0", str(count))
        if breaks_off:
            raise ZeroDivisionError


async def test_two_processes_do_not_hinder_each_other(engine: SQLite | Postgres, url: str) -> None:
    await write(engine, 0)
    command = [sys.executable, "-m", "tests.database.test_concurrency"]
    running = [
        await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=os.environ | environment(url))
        for _ in range(PROCESSES)
    ]
    assert [await process.wait() for process in running] == [0] * PROCESSES
    [row] = await rows(engine, "SELECT text FROM note WHERE id = 0")
    assert int(row["text"]) == PROCESSES * TRANSACTIONS


async def _count_up_in_a_process() -> None:
    from app.piccolo_conf import DB

    for _ in range(TRANSACTIONS // 4):
        await asyncio.gather(*(_count_up(DB) for _ in range(4)))
    await DB.close_connection_pool()


async def test_reads_go_on_while_a_transaction_writes(engine: SQLite | Postgres) -> None:
    async with engine.transaction():
        await write(engine, 1)
        outside = contextvars.Context()
        async with asyncio.timeout(3):
            assert await asyncio.create_task(numbers(engine), context=outside) == []


async def test_reads_may_be_gathered(engine: SQLite | Postgres) -> None:
    await write(engine, 1)
    assert await asyncio.gather(*(numbers(engine) for _ in range(50))) == [[1]] * 50
    await assert_nothing_lost(engine)


async def test_statements_can_be_counted(engine: SQLite | Postgres) -> None:
    with recorded_statements() as outer:
        await write(engine, 1)
        with recorded_statements() as inner:
            async with engine.transaction():
                await numbers(engine)
    await numbers(engine)
    assert inner == ["SELECT id FROM note ORDER BY id"]
    assert [statement.split()[0] for statement in outer] == ["INSERT", "SELECT"]


if __name__ == "__main__":
    asyncio.run(_count_up_in_a_process())
