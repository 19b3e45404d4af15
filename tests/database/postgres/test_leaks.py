"""Why the transaction class is our own: each test shows the same mishap to Piccolo's engine and to ours."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import asyncpg
import pytest
from piccolo.engine.postgres import PostgresEngine

from app.database import Postgres, engine_from, is_unavailable
from app.settings import get_settings
from tests.database.leaks import assert_nothing_lost, taken
from tests.database.notes import numbers, rows, write
from tests.database.postgres.line import Line, line_to

OFFSETS = [milliseconds / 1000 for milliseconds in range(0, 61, 3)]


@pytest.fixture
async def line(url: str) -> AsyncIterator[Line]:
    async with line_to(url) as line:
        yield line


@pytest.fixture
async def far(engine: Postgres, line: Line) -> AsyncIterator[Postgres]:
    """The same database, over the line."""
    far = engine_from(replace(get_settings(), database_url=line.url))
    assert isinstance(far, Postgres)
    await far.start_connection_pool(min_size=2, max_size=2)
    yield far
    await far.close_connection_pool()


@pytest.fixture
async def stock(engine: Postgres, url: str, line: Line) -> AsyncIterator[PostgresEngine]:
    stock = PostgresEngine({"dsn": url})  # asks for the version at once, and blocks the line meanwhile
    stock.config = {"dsn": line.url}
    await stock.start_connection_pool(min_size=2, max_size=2)
    yield stock
    assert stock.pool is not None
    stock.pool.terminate()


async def test_piccolo_loses_a_connection_when_begin_is_cancelled(stock: PostgresEngine, line: Line) -> None:
    line.delay = 0.02
    for _ in range(2):
        await _cancel_after(stock, 0.01)
    assert taken(stock) == 2


async def test_we_lose_none_when_begin_is_cancelled(far: Postgres, line: Line) -> None:
    line.delay = 0.02
    for offset in OFFSETS:
        await _cancel_after(far, offset)
    line.delay = 0.0
    await assert_nothing_lost(far)
    assert await numbers(far) == []


async def _cancel_after(engine: PostgresEngine, seconds: float) -> None:
    async def begin() -> None:
        async with engine.transaction():
            await asyncio.sleep(1)

    task = asyncio.create_task(begin())
    await asyncio.sleep(seconds)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_piccolo_loses_a_connection_when_commit_fails(stock: PostgresEngine) -> None:
    async def fail() -> bool:
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with stock.transaction():
                await write(stock, 1, answers=2)
        return stock.transaction_exists()

    assert await asyncio.create_task(fail()), "and the task believes that it is still inside"
    assert taken(stock) == 1


async def test_a_killed_connection_is_replaced(engine: Postgres) -> None:
    for _ in range(20):
        with pytest.raises(Exception, match=r"terminat|closed|progress|released") as failure:
            async with engine.transaction():
                await write(engine, 1)
                [own] = await rows(engine, "SELECT pg_backend_pid() AS process")
                await _kill(engine, own["process"])
                await write(engine, 2)
        assert is_unavailable(failure.value)
        await assert_nothing_lost(engine)
    assert await numbers(engine) == []


async def _kill(engine: Postgres, process: int) -> None:
    """As an administrator would, from a connection outside the pool."""
    connection = await engine.get_new_connection()
    await connection.execute(f"SELECT pg_terminate_backend({process})")
    await connection.close()


async def test_without_a_pool_nothing_stays_open_either(engine: Postgres, far: Postgres, line: Line) -> None:
    """Piccolo closes such a connection only after an error of PostgreSQL's own, not after a cancellation."""
    await far.close_connection_pool()
    line.delay = 0.005
    for offset in OFFSETS:
        task = asyncio.create_task(rows(far, "SELECT pg_sleep(0.02)"))
        await asyncio.sleep(offset)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.1)
    assert await _asleep(engine) == 0


async def _asleep(engine: Postgres) -> int:
    [row] = await rows(engine, "SELECT count(*) AS number FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'")
    number: int = row["number"]
    return number
