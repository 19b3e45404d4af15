"""What an engine holds, seen from outside: threads of this process, connections at the server."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from piccolo.engine.postgres import PostgresEngine

from app.database import Postgres, SQLite
from app.sqlite import READERS
from tests.database.notes import rows


async def assert_nothing_lost(engine: SQLite | Postgres) -> None:
    """The task is outside, every connection is free and none is left with something open."""
    assert not engine.transaction_exists()
    if isinstance(engine, SQLite):
        assert sqlite_threads() == READERS + 1
    else:
        await _soon(lambda: _all_free(engine))
    async with asyncio.timeout(10):
        async with engine.transaction():
            await rows(engine, "SELECT 1 AS one")
        await asyncio.gather(*(rows(engine, "SELECT 1 AS one") for _ in range(20)))


def taken(engine: PostgresEngine) -> int:
    """Connections of the pool that are not free."""
    pool: Any = engine.pool
    number: int = pool.get_size() - pool.get_idle_size()
    return number


def sqlite_threads() -> int:
    return sum(thread.name == "sqlite" for thread in threading.enumerate())


async def _all_free(engine: Postgres) -> bool:
    """In the pool, and as the server sees it."""
    open_transactions = await rows(
        engine,
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state LIKE {}",
        "idle in transaction%",
    )
    return taken(engine) == 0 and not open_transactions


async def _soon(condition: Callable[[], Awaitable[bool]]) -> None:
    """A busy server takes a moment to notice that a connection is gone."""
    for _ in range(250):
        if await condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("a connection is not given back")
