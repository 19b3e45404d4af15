"""Transactions that always end: whatever fails or is cancelled, the connection goes back.

Piccolo's own lose it for good when BEGIN, COMMIT or ROLLBACK fails, or the task is cancelled in one.
"""

import asyncio
import logging
import sqlite3
from abc import abstractmethod
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Literal, cast

import asyncpg
import piccolo.engine.postgres
import piccolo.engine.sqlite
from piccolo.engine.base import BaseTransaction
from piccolo.engine.exceptions import TransactionError
from piccolo.engine.sqlite import TransactionType

from app.acting import NOBODY, Acting, acting
from app.postgres import LOST
from app.sqlite import BUSY_TIMEOUT, Connection, Pool, Row

logger = logging.getLogger(__name__)

ACQUIRE_TIMEOUT = 2.0
RELEASE_TIMEOUT = 2.0


class Transaction(BaseTransaction):
    """`async with DB.transaction():` commits at the end, or rolls back when the block raises.

    A transaction inside another raises, unless one of the two has `allow_nested` (migrations): then it
    is the outer one. `patience`: the seconds that a statement or a lock may take in work that nobody
    waits for, instead of the time-outs of a page. `as_owner`: by the role that may change the schema. `elsewhere`: by a
    standby, where that can be. A task that outlives the transaction it was started in gets TransactionError.
    """

    engine: Any
    context: Any
    _parent: Any
    _committed: bool
    _rolled_back: bool

    def __init__(
        self, engine: Any, *, allow_nested: bool, patience: float | None, as_owner: bool = False, **options: Any
    ) -> None:
        outer = engine.current_transaction.get()
        joins = allow_nested or (outer is not None and outer.allow_nested)
        super().__init__(engine=engine, allow_nested=joins, **options)  # type: ignore[call-arg]
        self.allow_nested = allow_nested
        self.patience = patience
        self.as_owner = as_owner
        self.connection: Any = None

    async def __aenter__(self) -> Any:
        if self._parent is not None:
            return self._parent
        await self._open()
        self.context = self.engine.current_transaction.set(self)
        return self

    async def _open(self) -> None:
        self.connection = await self.take()
        try:
            await self.begin()
        except BaseException:
            await self._end()
            raise

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> Literal[False]:
        if self._parent is not None:
            return False
        try:
            if exception is None and self._is_open:
                await self.commit()
        finally:
            try:
                await self._end()
            finally:
                self.engine.current_transaction.reset(self.context)
        return False

    async def fetch(self, sql: str, args: Sequence[Any]) -> list[Row]:
        """The rows of a statement inside it."""
        if self.connection is None or not self._is_open:
            raise TransactionError("This transaction has ended.")
        return await self.run(sql, args)

    @abstractmethod
    async def load(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Inserts many rows the quickest way that the database knows."""

    @abstractmethod
    async def take(self) -> Any:
        """A connection for this transaction alone. Raises TimeoutError when none comes free."""

    @abstractmethod
    async def begin(self) -> None: ...

    @abstractmethod
    async def commit(self) -> None: ...

    @abstractmethod
    async def rollback(self) -> None: ...

    @abstractmethod
    async def run(self, sql: str, args: Sequence[Any]) -> list[Row]: ...

    @abstractmethod
    async def give_back(self, connection: Any) -> None:
        """Rolls back what is open and hands in the connection; nothing raises but a cancellation."""

    @property
    def _is_open(self) -> bool:
        return not (self._committed or self._rolled_back)

    async def _end(self) -> None:
        connection, self.connection = self.connection, None
        await self.give_back(connection)


# The types of these columns of a table, in their order.
TYPES = """
SELECT array_agg(format_type(atttypid, NULL) ORDER BY place)
FROM unnest($2::text[]) WITH ORDINALITY AS named (name, place)
JOIN pg_attribute ON attrelid = $1::text::regclass AND attname = name
"""


class SQLiteTransaction(Transaction, piccolo.engine.sqlite.SQLiteTransaction):
    """Has the one writer, and with BEGIN IMMEDIATE the file: it never fails half-way on a lock.
    A deferred one only reads, beside the writer."""

    async def load(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        names, places = ", ".join(f'"{column}"' for column in columns), ", ".join("?" * len(columns))
        await self.connection.execute_many(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)  # noqa: S608

    async def take(self) -> Connection:
        self._pool = cast(Pool, self.engine.pool())
        reads_only = self.transaction_type is TransactionType.deferred
        take = self._pool.take_reader if reads_only else self._pool.take_writer
        return await take(self.patience or BUSY_TIMEOUT)

    async def begin(self) -> None:
        await self.connection.wait_for_others(self.patience or BUSY_TIMEOUT)
        await self.connection.execute(f"BEGIN {self.transaction_type.value}")

    async def commit(self) -> None:
        await self.connection.execute("COMMIT")
        self._committed = True

    async def rollback(self) -> None:
        await self.connection.execute("ROLLBACK")
        self._rolled_back = True

    async def run(self, sql: str, args: Sequence[Any]) -> list[Row]:
        if not self.connection.in_transaction:
            raise TransactionError("SQLite has rolled this transaction back.")
        rows: list[Row] = await self.connection.fetch(sql, args)
        return rows

    async def give_back(self, connection: Connection) -> None:
        try:
            if connection.in_transaction:
                await connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            logger.warning("SQLite could not roll back: %s", error)
        finally:
            self._pool.give_back(connection)


class PostgresTransaction(Transaction, piccolo.engine.postgres.PostgresTransaction):
    """Sends BEGIN, COMMIT and ROLLBACK itself: after a cancellation asyncpg's own object can do none of them."""

    _told: Acting = NOBODY

    def __init__(self, engine: Any, *, elsewhere: bool = False, **options: Any) -> None:
        super().__init__(engine, **options)
        self.elsewhere = elsewhere

    async def _open(self) -> None:
        """Once more when the connection had died since it was last used: nothing was done with it yet."""
        try:
            await super()._open()
        except LOST:
            await super()._open()

    async def load(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """As arrays: COPY, which is no quicker, does not go through row-level security."""
        await self._tell()
        types = await self.connection.fetchval(TYPES, table, columns)
        names = ", ".join(f'"{column}"' for column in columns)
        arrays = ", ".join(f"${place}::{each}[]" for place, each in enumerate(types, start=1))
        statement = f"INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays})"  # noqa: S608 - our own names
        await self.connection.execute(statement, *zip(*rows, strict=True), timeout=self.patience)

    async def take(self) -> Any:
        self._pool: Any = None if self.as_owner else self.engine.pool_here()
        if self.elsewhere and (connection := await self.engine.standby()):
            self._pool = None
            return connection
        if self._pool is None:
            return await self.engine.connect(as_owner=self.as_owner)
        return await self._pool.acquire(timeout=ACQUIRE_TIMEOUT)

    async def begin(self) -> None:
        """Says in the same message on whose behalf it is: that costs no time of its own."""
        self._told = acting()
        await self.connection.execute("BEGIN" + _patient(self.patience) + self._told.told)

    async def commit(self) -> None:
        # After a failed statement PostgreSQL answers COMMIT with a rollback, and calls that a success.
        if await self.connection.execute("COMMIT", timeout=self.patience) == "ROLLBACK":
            self._rolled_back = True
            raise TransactionError("Rolled back: a statement had failed, and its error was caught inside.")
        self._committed = True

    async def rollback(self) -> None:
        await self.connection.execute("ROLLBACK")
        self._rolled_back = True

    async def run(self, sql: str, args: Sequence[Any]) -> list[Row]:
        await self._tell()
        rows: list[Row] = await self.connection.fetch(sql, *args, timeout=self.patience)
        return rows

    async def _tell(self) -> None:
        """Where it is on another's behalf than the statement before."""
        if (now := acting()) != self._told:
            await self.connection.execute(now.told_instead)
            self._told = now

    async def give_back(self, connection: Any) -> None:
        await _to_the_end(self._give_back(connection))

    async def _give_back(self, connection: Any) -> None:
        try:
            if self._is_open:
                await connection.execute("ROLLBACK", timeout=RELEASE_TIMEOUT)
            if self._pool is None:
                await connection.close(timeout=RELEASE_TIMEOUT)
            else:
                await self._pool.release(connection, timeout=RELEASE_TIMEOUT)
        except Exception as error:
            logger.warning("PostgreSQL could not roll back: %r", error)
            with suppress(asyncpg.InterfaceError):  # closed and replaced already
                connection.terminate()


def _patient(seconds: float | None) -> str:
    """Follows BEGIN; without limit for the time between statements."""
    if seconds is None:
        return ""
    milliseconds = round(seconds * 1000)
    return (
        f"; SET LOCAL statement_timeout = {milliseconds}; SET LOCAL lock_timeout = {milliseconds}"
        "; SET LOCAL idle_in_transaction_session_timeout = 0"
    )


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Finishes the work however often the task is cancelled; the cancellation follows."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        raise
