"""The two databases behind one name: pooled SQLite and PostgreSQL. What differs between them is here,
in `sqlite.py` (connections) and in `transactions.py`."""

import asyncio
import sqlite3
from abc import abstractmethod
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

import asyncpg
from piccolo.engine.base import Engine
from piccolo.engine.postgres import PostgresEngine
from piccolo.engine.sqlite import Atomic, SQLiteEngine, TransactionType
from piccolo.querystring import QueryString

from app.addresses import sqlite_path
from app.settings import Settings
from app.sqlite import READERS, Pool, Row
from app.transactions import ACQUIRE_TIMEOUT, RELEASE_TIMEOUT, PostgresTransaction, SQLiteTransaction, Transaction

# PostgreSQL, per process and in seconds.
POOL_MIN_SIZE = 2
POOL_MAX_SIZE = 10
CONNECT_TIMEOUT = 3.0  # per host
COMMAND_TIMEOUT = 5.0
CLOSE_TIMEOUT = 5.0
UNREACHABLE = (
    OSError,  # TimeoutError is one
    asyncpg.CannotConnectNowError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.exceptions.TargetServerAttributeNotMatched,
)
UNAVAILABLE = (
    *UNREACHABLE,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shut down, or out of time
    asyncpg.InternalClientError,  # the connection died between two statements
    asyncpg.LockNotAvailableError,
    asyncpg.ReadOnlySQLTransactionError,  # a leader that no longer is one
    asyncpg.TooManyConnectionsError,
)
BUSY = {"SQLITE_BUSY", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY"}
SERVER_SETTINGS = {
    "application_name": "portaal",
    "jit": "off",
    "timezone": "UTC",
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}


def engine_from(settings: Settings) -> "SQLite | Postgres":
    """The engine that DATABASE_URL asks for. Connects to nothing yet."""
    if settings.database_url.startswith("sqlite:"):
        return SQLite(sqlite_path(settings.database_url))
    return Postgres(settings.database_url, statement_cache=settings.database_statement_cache)


def transaction(
    *, allow_nested: bool = False, patience: float | None = None
) -> "SQLiteTransaction | PostgresTransaction":
    """`async with transaction():` on the portal's database; Transaction says what it promises."""
    from app.piccolo_conf import DB  # which imports this module

    return DB.transaction(allow_nested=allow_nested, patience=patience)


@asynccontextmanager
async def snapshot(patience: float) -> AsyncIterator[None]:
    """All that is read inside is of one moment of the database, however long the reading takes. For reading only."""
    from app.piccolo_conf import DB

    if isinstance(DB, SQLite):
        async with DB.transaction(TransactionType.deferred, patience=patience):
            yield
    else:
        async with DB.transaction(patience=patience):
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
    is_unique = getattr(error, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_UNIQUE"
    return str(error) if is_unique else ""


class Statements(Engine[Any]):
    """How both engines run a statement: inside the task's transaction, or by itself."""

    __slots__ = ()

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Row]:
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return await self._run(sql, args, in_pool)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Row]:
        return await self._run(ddl, [], in_pool)

    async def batch(self, *args: Any, **options: Any) -> NoReturn:
        raise NotImplementedError("A batch swallows every error: read page by page instead.")

    async def _run(self, sql: str, args: Sequence[Any], in_pool: bool) -> list[Row]:
        for statements in _recorders.values():
            statements.append(sql)
        inside: Transaction | None = self.current_transaction.get()
        if inside is not None:
            return await inside.fetch(sql, args)
        return await self.fetch(sql, args, in_pool)

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
    ) -> SQLiteTransaction:
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

    def __init__(self, url: str, statement_cache: int | None = None) -> None:
        super().__init__(config={"dsn": url})
        self._addresses = deque(_one_per_host(url))
        self._options = _connection_options(url, statement_cache)
        self._loop: AbstractEventLoop | None = None

    async def check_version(self) -> None:
        """Not at import: a program that only shows its help needs no database."""

    def pool_here(self) -> Any:
        """The pool, unless another event loop started it (Piccolo's `run_sync()` brings its own)."""
        return self.pool if self._loop is asyncio.get_running_loop() else None

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

    async def connect(self, *_given: Any, **options: Any) -> Any:
        """To the first host that can write; the next attempt starts there."""
        for _ in range(len(self._addresses) - 1):
            with suppress(*UNREACHABLE):
                return await self._connect_to(self._addresses[0], options)
        return await self._connect_to(self._addresses[0], options)

    async def fetch(self, sql: str, args: Sequence[Any], in_pool: bool = True) -> list[Row]:
        async with self._connection(in_pool) as connection:
            rows: list[Row] = await connection.fetch(sql, *args)
            return rows

    def transaction(self, allow_nested: bool = False, patience: float | None = None) -> PostgresTransaction:
        return PostgresTransaction(self, allow_nested=allow_nested, patience=patience)

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

    async def _connect_to(self, address: str, options: dict[str, Any]) -> Any:
        try:
            return await asyncpg.connect(address, **self._options, **options)
        except BaseException:
            if self._addresses[0] == address:
                self._addresses.rotate(-1)
            raise


async def _keep(connection: Any) -> None:
    """Saves the round trip that RESET ALL takes after each statement: all that is set here is SET LOCAL."""


def _one_per_host(url: str) -> list[str]:
    """asyncpg's time-out spans all hosts of a URL, so one that swallows packets would hide the rest."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    return [parts._replace(netloc=f"{user}{at}{host}").geturl() for host in hosts.split(",")]


def _connection_options(url: str, statement_cache: int | None) -> dict[str, Any]:
    """What the URL itself sets, stays."""
    parts = urlsplit(url)
    given = parse_qs(parts.query)
    settings = SERVER_SETTINGS if statement_cache != 0 else {}
    options: dict[str, Any] = {
        "timeout": CONNECT_TIMEOUT,
        "command_timeout": COMMAND_TIMEOUT,
        "server_settings": {name: value for name, value in settings.items() if name not in given},
    }
    if statement_cache is not None:
        options["statement_cache_size"] = statement_cache
    if "sslmode" not in given:  # then the server is on this machine: the settings see to that
        options["ssl"] = "disable"
    if "," in parts.netloc and "target_session_attrs" not in given:
        options["target_session_attrs"] = "read-write"
    return options
