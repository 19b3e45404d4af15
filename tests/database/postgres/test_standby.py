"""A standby reads what is long, and only when it knows all that had been written before: nobody sees what has been."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from app import database
from app.database import Postgres, engine_from, snapshot
from app.settings import get_settings
from tests.database.notes import DECLARATION, numbers, rows, write
from tests.postgres import Server, free_port

LATER = 30.0


@pytest.fixture
def standby(own_server: Server) -> Iterator[Server]:
    standby = Server(own_server.folder.parent / "standby", free_port())
    standby.follow(own_server)
    yield standby
    standby.stop()


@pytest.fixture
async def engine(own_server: Server, standby: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Postgres]:
    settings = replace(
        get_settings(),
        database_url=own_server.url("postgres", "postgres"),
        read_database_url=standby.url("postgres", "postgres"),
    )
    engine = engine_from(settings)
    assert isinstance(engine, Postgres)
    monkeypatch.setattr("app.piccolo_conf.DB", engine)
    await engine.start_connection_pool()
    await engine.run_ddl(DECLARATION)
    yield engine
    await engine.close_connection_pool()


async def is_elsewhere(engine: Postgres) -> bool:
    [row] = await rows(engine, "SELECT pg_is_in_recovery() AS here")
    return bool(row["here"])


async def test_a_snapshot_is_read_from_the_standby_and_misses_nothing(engine: Postgres) -> None:
    for number in range(20):
        await write(engine, number)
        async with snapshot(LATER):
            assert await is_elsewhere(engine)
            assert await numbers(engine) == list(range(number + 1))
    assert not await is_elsewhere(engine)


async def test_a_standby_that_is_behind_or_away_is_not_asked(
    engine: Postgres, standby: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.postgres.CATCH_UP", 0.2)
    standby.execute("SELECT pg_wal_replay_pause()")
    await write(engine, 1)
    async with snapshot(LATER):
        assert not await is_elsewhere(engine)
        assert await numbers(engine) == [1]
    standby.execute("SELECT pg_wal_replay_resume()")
    async with snapshot(LATER):
        assert await is_elsewhere(engine)
    standby.stop()
    async with snapshot(LATER):
        assert not await is_elsewhere(engine)
    standby.run()


async def test_what_is_written_never_goes_there(engine: Postgres) -> None:
    async with engine.transaction():
        await write(engine, 1)
        assert not await is_elsewhere(engine)
    async with database.together():
        assert not await is_elsewhere(engine)
