"""The two databases behind one name: pooled SQLite and PostgreSQL. What differs between them is here,
in `sqlite.py` and `postgres.py` (connections) and in `transactions.py`."""

import asyncio
import logging
import sqlite3
from abc import abstractmethod
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from time import perf_counter
from typing import Any, NoReturn

import asyncpg
from piccolo.engine.base import Engine
from piccolo.engine.postgres import PostgresEngine
from piccolo.engine.sqlite import Atomic, SQLiteEngine, TransactionType
from piccolo.querystring import QueryString

from app.acting import NOBODY, acting
from app.addresses import sqlite_path
from app.meters import STATEMENT_SECONDS
from app.postgres import LOST, UNREACHABLE, Server, caught_up
from app.settings import Settings
from app.sqlite import READERS, Pool, Row
from app.transactions import ACQUIRE_TIMEOUT, RELEASE_TIMEOUT, PostgresTransaction, SQLiteTransaction, Transaction

logger = logging.getLogger(__name__)

# PostgreSQL, per process and in seconds.
POOL_MIN_SIZE = 2
POOL_MAX_SIZE = 10
CLOSE_TIMEOUT = 5.0
UNAVAILABLE = (
    *UNREACHABLE,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, or out of time
    asyncpg.InternalClientError,  # the connection died between two statements
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,  # the other one goes through
    asyncpg.ReadOnlySQLTransactionError,  # a leader that no longer is one
    asyncpg.InsufficientResourcesError,  # connections, memory, disk
)
TAKEN = "UNIQUE constraint failed"
"""How SQLite begins its refusal of a second row under one key."""
BUSY = {"SQLITE_BUSY", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY"}


def engine_from(settings: Settings) -> "SQLite | Postgres":
    """The engine that DATABASE_URL asks for. Connects to nothing yet."""
    if settings.database_url.startswith("sqlite:"):
        return SQLite(sqlite_path(settings.database_url))
    return Postgres(
        settings.database_url,
        settings.migrate_database_url,
        settings.database_statement_cache,
        settings.read_database_url,
    )


def transaction(
    *, allow_nested: bool = False, patience: float | None = None, as_owner: bool = False
) -> "SQLiteTransaction | PostgresTransaction":
    """`async with transaction():` on the portal's database; Transaction says what it promises."""
    from app.piccolo_conf import DB  # which imports this module

    return DB.transaction(allow_nested=allow_nested, patience=patience, as_owner=as_owner)


@asynccontextmanager
async def together() -> AsyncIterator[None]:
    """Reads that belong to one page: PostgreSQL hears once for all of them on whose behalf they are."""
    from app.piccolo_conf import DB

    if isinstance(DB, SQLite) or DB.current_transaction.get() is not None or acting() == NOBODY:
        yield
    else:
        async with DB.transaction():
            yield


@asynccontextmanager
async def snapshot(patience: float) -> AsyncIterator[None]:
    """All that is read inside is of one moment of the database, however long the reading takes. For reading only: a
    standby does it, if there is one and it knows by then what had been written before."""
    from app.piccolo_conf import DB

    if isinstance(DB, SQLite):
        async with DB.transaction(TransactionType.deferred, patience=patience):
            yield
    else:
        async with DB.transaction(patience=patience, elsewhere=True):
            await DB.run_ddl("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextmanager
def recorded_statements() -> Iterator[list[str]]:
    """Every statement that this process sends meanwhile, BEGIN and its like apart: for tests that count."""
    statements: list[str] = []
    _recorders[id(statements)] = statements
    try:
        yield statements
    finally:
        del _recorders[id(statements)]


_recorders: dict[int, list[str]] = {}


def is_unavailable(error: BaseException) -> bool:
    """Whether the database could not do now what it may well do in a moment."""
    if isinstance(error, sqlite3.OperationalError):
        return "_".join(getattr(error, "sqlite_errorname", "").split("_")[:2]) in BUSY
    if isinstance(error, asyncpg.InterfaceError):  # most of these are mistakes of the program
        return "connection is closed" in str(error) or "released back to the pool" in str(error)
    return isinstance(error, UNAVAILABLE)


def violated_unique(error: BaseException) -> str:
    """What two rows may not share, in words that name its columns; empty for any other error."""
    if isinstance(error, asyncpg.UniqueViolationError):
        return error.constraint_name or str(error)
    said = str(error) if isinstance(error, sqlite3.IntegrityError) else ""
    return said if said.startswith(TAKEN) else ""


def violated_reference(error: BaseException) -> bool:
    """Whether a row could not go because another refers to it."""
    if isinstance(error, asyncpg.ForeignKeyViolationError | asyncpg.RestrictViolationError):
        return True
    # SQLite runs RESTRICT as a trigger, and calls it so.
    return isinstance(error, sqlite3.IntegrityError) and "FOREIGN KEY" in str(error)


class Statements(Engine[Any]):
    """How both engines run a statement: inside the task's transaction, or by itself."""

    __slots__ = ()

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Row]:
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return await self._run(sql, args, in_pool)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Row]:
        return await self._run(ddl, [], in_pool)

    async def run_sql(self, sql: str, values: Sequence[Any]) -> list[Row]:
        """A statement in this database's own words."""
        return await self._run(sql, values, True)

    async def batch(self, *args: Any, **options: Any) -> NoReturn:
        raise NotImplementedError("A batch swallows every error: read page by page instead.")

    async def _run(self, sql: str, args: Sequence[Any], in_pool: bool) -> list[Row]:
        for statements in _recorders.values():
            statements.append(sql)
        inside: Transaction | None = self.current_transaction.get()
        began = perf_counter()
        try:
            if inside is not None:
                return await inside.fetch(sql, args)
            return await self.fetch(sql, args, in_pool)
        finally:
            STATEMENT_SECONDS.observe(perf_counter() - began)

    @abstractmethod
    def connections(self) -> tuple[int, int]:
        """How many of this event loop are in use, and how many are free."""

    @abstractmethod
    async def fetch(self, sql: str, args: Sequence[Any], in_pool: bool) -> list[Row]:
        """The rows of a statement outside a transaction."""


class SQLite(Statements, SQLiteEngine):
    """One file, a pool of connections per event loop; started by the first statement if not before."""

    def __init__(self, path: Path, readers: int = READERS) -> None:
        super().__init__(path=str(path))
        self._readers = readers
        self._pools: dict[AbstractEventLoop, Pool] = {}

    def pool(self) -> Pool:
        """The connections of the running event loop."""
        loop = asyncio.get_running_loop()
        if loop not in self._pools:
            self._abandon_closed_loops()
            self._pools[loop] = Pool(Path(self.path), self._readers)
        return self._pools[loop]

    def connections(self) -> tuple[int, int]:
        return self.pool().connections()

    async def start_connection_pool(self) -> None:
        self.pool()

    async def close_connection_pool(self) -> None:
        pool = self._pools.pop(asyncio.get_running_loop(), None)
        if pool is not None:
            await pool.close()
        self._abandon_closed_loops()

    async def fetch(self, sql: str, args: Sequence[Any], in_pool: bool = True) -> list[Row]:
        return await self.pool().fetch(sql, args)

    def transaction(
        self,
        transaction_type: TransactionType = TransactionType.immediate,
        allow_nested: bool = False,
        patience: float | None = None,
        as_owner: bool = False,
    ) -> SQLiteTransaction:
        """Whoever may open the file, owns it."""
        return SQLiteTransaction(self, allow_nested=allow_nested, patience=patience, transaction_type=transaction_type)

    def atomic(self, transaction_type: TransactionType = TransactionType.immediate) -> Atomic:
        return super().atomic(transaction_type)

    def _abandon_closed_loops(self) -> None:
        for loop in [loop for loop in self._pools if loop.is_closed()]:
            self._pools.pop(loop).abandon()


class Postgres(Statements, PostgresEngine):
    """A pool from start-up on, several hosts if the URL names them, and a limit to every wait.

    `statement_cache` 0 is for a server behind pgbouncer, which also refuses the time-outs below:
    set those on the role there.
    """

    def __init__(
        self,
        url: str,
        owner_url: str | None = None,
        statement_cache: int | None = None,
        standby_url: str | None = None,
    ) -> None:
        super().__init__(config={"dsn": url})
        self._server = Server(url, statement_cache)
        self._owner = Server(owner_url or url, statement_cache)
        self._standby = Server(standby_url, statement_cache) if standby_url else None
        self._loop: AbstractEventLoop | None = None

    async def check_version(self) -> None:
        """Not at import: a program that only shows its help needs no database."""

    def pool_here(self) -> Any:
        """The pool, unless another event loop started it (Piccolo's `run_sync()` brings its own)."""
        return self.pool if self._loop is asyncio.get_running_loop() else None

    def connections(self) -> tuple[int, int]:
        pool = self.pool_here()
        if pool is None:
            return 0, 0
        free: int = pool.get_idle_size()
        return pool.get_size() - free, free

    async def start_connection_pool(self, **options: Any) -> None:
        if self.pool_here() is None:
            own = {"min_size": POOL_MIN_SIZE, "max_size": POOL_MAX_SIZE, "connect": self.connect, "reset": _keep}
            self.pool = await asyncpg.create_pool(**(own | options))
            self._loop = asyncio.get_running_loop()

    async def close_connection_pool(self) -> None:
        """Waits for what runs, but not for ever."""
        pool, self.pool = self.pool_here(), None
        if pool is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(pool.close(), CLOSE_TIMEOUT)

    async def get_new_connection(self) -> Any:
        return await self.connect()

    async def connect(self, *_given: Any, as_owner: bool = False, **options: Any) -> Any:
        """`as_owner`: as the role of MIGRATE_DATABASE_URL, if there is one."""
        return await (self._owner if as_owner else self._server).connect(options)

    async def fetch(self, sql: str, args: Sequence[Any], in_pool: bool = True) -> list[Row]:
        """On somebody's behalf it is a transaction of its own: what is told lasts no longer than that. What only reads
        is asked again when the connection died of it."""
        try:
            return await self._fetch(sql, args, in_pool)
        except LOST:
            if not sql.lstrip().startswith("SELECT"):
                raise
            return await self._fetch(sql, args, in_pool)

    async def _fetch(self, sql: str, args: Sequence[Any], in_pool: bool) -> list[Row]:
        if acting() != NOBODY:
            async with self.transaction() as alone:
                return list(await alone.fetch(sql, args))
        async with self._connection(in_pool) as connection:
            rows: list[Row] = await connection.fetch(sql, *args)
            return rows

    async def standby(self) -> Any:
        """A connection to the standby, which knows all that was written until now. None when there is no standby, it is
        away, or it does not get that far soon enough."""
        if self._standby is None:
            return None
        [now] = await self._fetch("SELECT pg_current_wal_insert_lsn()::text AS place", [], True)
        with suppress(*UNAVAILABLE):
            connection = await self._standby.connect({"target_session_attrs": "any"})
            if await caught_up(connection, now["place"]):
                return connection
        logger.warning("The standby is away or behind: the primary is asked instead.")
        return None

    def transaction(
        self,
        allow_nested: bool = False,
        patience: float | None = None,
        as_owner: bool = False,
        elsewhere: bool = False,
    ) -> PostgresTransaction:
        return PostgresTransaction(
            self, allow_nested=allow_nested, patience=patience, as_owner=as_owner, elsewhere=elsewhere
        )

    @asynccontextmanager
    async def _connection(self, in_pool: bool) -> AsyncIterator[Any]:
        pool = self.pool_here() if in_pool else None
        if pool is not None:
            async with pool.acquire(timeout=ACQUIRE_TIMEOUT) as connection:
                yield connection
            return
        connection = await self.connect()
        try:
            yield connection
        finally:
            await connection.close(timeout=RELEASE_TIMEOUT)


async def _keep(connection: Any) -> None:
    """Saves the round trip that RESET ALL takes after each statement: all that is set here is SET LOCAL."""
