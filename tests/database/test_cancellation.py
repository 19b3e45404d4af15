"""A task may be cancelled anywhere: nobody gets its connection early, and nothing stays behind."""

import asyncio
import contextvars
import random
from contextlib import suppress

import pytest

from app.database import Postgres, SQLite
from tests.database.leaks import assert_nothing_lost
from tests.database.notes import numbers, rows, write

CANCELLATIONS = 1000
SLOW = {
    "sqlite": """
        WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter)
        SELECT max(n) AS most FROM counter
    """,
    "postgres": "SELECT pg_sleep(4)",
}


async def test_a_thousand_cancelled_transactions_leave_everything_free(engine: SQLite | Postgres) -> None:
    chance = random.Random(1)
    at_once = 10
    for first in range(0, CANCELLATIONS, at_once):
        tasks = [asyncio.create_task(_read_and_write(engine, first + each)) for each in range(at_once)]
        for task in tasks:
            await asyncio.sleep(chance.uniform(0, 0.012))
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await assert_nothing_lost(engine)
    written = await numbers(engine)
    assert 0 < len(written) < 2 * CANCELLATIONS
    assert len(written) % 2 == 0, "a pair is written whole or not at all"


async def _read_and_write(engine: SQLite | Postgres, number: int) -> None:
    async with engine.transaction():
        await write(engine, 2 * number)
        await asyncio.sleep(0.001)
        await write(engine, 2 * number + 1)
    await numbers(engine)


@pytest.mark.parametrize("inside", [False, True])
async def test_a_cancelled_statement_ends_at_the_database_too(engine: SQLite | Postgres, inside: bool) -> None:
    for _ in range(20):
        task = asyncio.create_task(_slow(engine, inside))
        await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.wait([task], timeout=3)
        assert task.cancelled()
    await assert_nothing_lost(engine)


async def _slow(engine: SQLite | Postgres, inside: bool) -> None:
    if not inside:
        await rows(engine, SLOW[engine.engine_type])
        return
    async with engine.transaction():
        await write(engine, 1)
        await rows(engine, SLOW[engine.engine_type])


async def test_a_task_cancelled_again_while_it_ends_still_ends(engine: SQLite | Postgres) -> None:
    for _ in range(20):
        task = asyncio.create_task(_slow(engine, inside=True))
        await asyncio.sleep(0.02)
        while not task.done():
            task.cancel()
            await asyncio.sleep(0)
        with suppress(asyncio.CancelledError):
            await task
    await assert_nothing_lost(engine)
    assert await numbers(engine) == []


async def test_who_is_cancelled_in_the_queue_leaves_the_queue(engine: SQLite | Postgres) -> None:
    async with engine.transaction():
        await write(engine, 1)
        waiting = [_outside(engine, number) for number in range(2, 12)]
        await asyncio.sleep(0.02)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    await assert_nothing_lost(engine)


def _outside(engine: SQLite | Postgres, number: int) -> asyncio.Task[None]:
    """A task that knows nothing of the transaction it is started in."""
    fresh = contextvars.Context()
    return asyncio.create_task(write(engine, number, answers=1), context=fresh)


async def test_a_gather_inside_a_transaction_loses_nothing(engine: SQLite | Postgres) -> None:
    """SQLite takes the statements in turn; PostgreSQL refuses all but one."""
    for _ in range(10):
        with suppress(Exception):
            async with engine.transaction():
                await asyncio.gather(*(rows(engine, "SELECT id FROM note") for _ in range(5)))
        await assert_nothing_lost(engine)
