"""A transaction is whole or not there, and whoever comes after it starts outside."""

import asyncio
from typing import Any

import pytest
from piccolo.columns import Varchar
from piccolo.engine.exceptions import TransactionError
from piccolo.table import create_table_class

from app.database import Postgres, SQLite
from tests.database.notes import numbers, write


async def test_a_block_that_ends_is_kept(engine: SQLite | Postgres) -> None:
    async with engine.transaction():
        await write(engine, 1)
        assert engine.transaction_exists()
    assert not engine.transaction_exists()
    assert await numbers(engine) == [1]


async def test_a_block_that_raises_leaves_nothing(engine: SQLite | Postgres) -> None:
    with pytest.raises(ZeroDivisionError):
        async with engine.transaction():
            await write(engine, 1)
            raise ZeroDivisionError
    assert not engine.transaction_exists()
    assert await numbers(engine) == []


async def test_a_commit_that_fails_leaves_nothing_and_loses_nothing(engine: SQLite | Postgres) -> None:
    for _ in range(30):
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            async with engine.transaction():
                await write(engine, 1, answers=2)
        assert not engine.transaction_exists()
    async with engine.transaction():
        await write(engine, 1, answers=2)
        await write(engine, 2)
    assert await numbers(engine) == [1, 2]


async def test_a_failed_statement_that_is_caught_inside_never_commits_half(engine: SQLite | Postgres) -> None:
    """SQLite undoes the statement and goes on; PostgreSQL gives up the transaction, and then says so."""
    try:
        async with engine.transaction():
            await write(engine, 1)
            with pytest.raises(Exception, match=r"(?i)unique"):
                await write(engine, 1)
    except TransactionError:
        assert engine.engine_type == "postgres"
        assert await numbers(engine) == []
    else:
        assert await numbers(engine) == [1]


async def test_a_transaction_inside_another_is_refused(engine: SQLite | Postgres) -> None:
    with pytest.raises(TransactionError, match="already active"):
        async with engine.transaction():
            await write(engine, 1)
            async with engine.transaction():
                await write(engine, 2)
    assert await numbers(engine) == []


@pytest.mark.parametrize(("outer", "inner"), [(True, False), (False, True)])
async def test_a_transaction_may_be_part_of_another_when_either_says_so(
    engine: SQLite | Postgres, outer: bool, inner: bool
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with engine.transaction(allow_nested=outer) as whole:
            async with engine.transaction(allow_nested=inner) as part:
                assert part is whole
                await write(engine, 1)
            assert engine.transaction_exists()
            raise ZeroDivisionError
    assert await numbers(engine) == []


async def test_a_savepoint_undoes_a_part(engine: SQLite | Postgres) -> None:
    async with engine.transaction() as transaction:
        await write(engine, 1)
        savepoint = await transaction.savepoint()
        await write(engine, 2)
        await savepoint.rollback_to()
        await write(engine, 3)
        await savepoint.release()
    assert await numbers(engine) == [1, 3]


async def test_a_transaction_may_be_rolled_back_by_hand(engine: SQLite | Postgres) -> None:
    async with engine.transaction() as transaction:
        await write(engine, 1)
        await transaction.rollback()
        with pytest.raises(TransactionError, match="has ended"):
            await write(engine, 2)
    await write(engine, 3)
    assert await numbers(engine) == [3]


async def test_atomic_runs_all_or_nothing(engine: SQLite | Postgres) -> None:
    note: Any = create_table_class("Note", class_kwargs={"db": engine}, class_members={"text": Varchar()})
    atomic = engine.atomic()
    atomic.add(note.insert(note(id=1)), note.insert(note(id=1)))
    with pytest.raises(Exception, match=r"(?i)unique"):
        await atomic.run()  # type: ignore[no-untyped-call]
    assert await numbers(engine) == []


async def test_a_task_that_outlives_its_transaction_cannot_reach_the_next_one(engine: SQLite | Postgres) -> None:
    over = asyncio.Event()

    async def straggle() -> None:
        await over.wait()
        await write(engine, 1)

    async with engine.transaction():
        straggler = asyncio.create_task(straggle())
    async with engine.transaction():
        over.set()
        with pytest.raises(TransactionError, match="has ended"):
            await straggler
    assert await numbers(engine) == []


async def test_patience_outlasts_the_time_outs_of_a_page(engine: SQLite | Postgres) -> None:
    async with engine.transaction(patience=60):
        await write(engine, 1)
    async with engine.transaction():
        await write(engine, 2)
    assert await numbers(engine) == [1, 2]
