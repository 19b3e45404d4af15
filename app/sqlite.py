"""Persistent SQLite connections: one on the event loop's own thread for reads that are done at once, and each on a
thread of its own a few for the other reads and one that writes."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from time import perf_counter
from typing import Any

import piccolo.engine.sqlite  # noqa: F401  registers its converters; those below must come after

Row = dict[str, Any]

READERS = 4
BUSY_TIMEOUT = 10.0  # seconds that a writer waits for its turn, in this process or behind another
CLOSE_TIMEOUT = 5.0
QUICK = 0.002
"""Seconds that a read may keep the event loop."""
LOOK = 2_000
"""Steps of SQLite's machine between two looks at the clock: some 30 microseconds."""
PUT_OFF = {sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}

PRAGMAS = (
    f"busy_timeout = {BUSY_TIMEOUT * 1000:.0f}",  # first: the next one may need it
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "temp_store = MEMORY",
    "cache_size = -16384",  # KiB, per connection
    "mmap_size = 1073741824",
)


class QuickReader:
    """Reads on the thread that asks. Most reads of a page take less time than it takes to wake another thread, and
    two threads that want the interpreter at once wait for each other row by row."""

    def __init__(self, path: Path) -> None:
        self._connection = _open(path, read_only=True)
        self._connection.execute("PRAGMA busy_timeout = 0")
        self._until = 0.0
        self._connection.set_progress_handler(lambda: perf_counter() > self._until, LOOK)

    def fetch(self, sql: str, args: Sequence[Any]) -> list[Row] | None:
        """The rows; `None` when they take longer than `QUICK`, or a lock is in the way."""
        self._until = perf_counter() + QUICK
        try:
            return _fetch(self._connection, sql, args)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in PUT_OFF:
                raise
            return None

    def close(self) -> None:
        self._connection.close()


class Connection:
    """One connection and the only thread that uses it, so statements never overlap on it."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._connection = _open(path, read_only)
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._busy_timeout = BUSY_TIMEOUT
        self._closed = False
        self._thread = Thread(target=self._work, name="sqlite", daemon=True)
        self._thread.start()

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    async def fetch(self, sql: str, args: Sequence[Any] = ()) -> list[Row]:
        """The rows. Cancelled, it interrupts the statement and ends when the thread has left it."""
        job = _Job(lambda: _fetch(self._connection, sql, args))
        rows: list[Row] = await self._settled(job, self._connection.interrupt)
        return rows

    async def execute_many(self, sql: str, many: Sequence[Sequence[Any]]) -> None:
        """Runs a statement that gives no rows once for each of these arguments."""
        await self._settled(_Job(lambda: self._connection.executemany(sql, many)), self._connection.interrupt)

    async def execute(self, sql: str) -> None:
        """BEGIN, COMMIT, SAVEPOINT and the like: never interrupted, so that none is half done."""
        await self._settled(_Job(lambda: self._connection.execute(sql)), lambda: None)

    async def wait_for_others(self, seconds: float) -> None:
        """How long a lock of another process is waited for."""
        if seconds != self._busy_timeout:
            await self.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")
            self._busy_timeout = seconds

    def close(self) -> None:
        """Ends what runs. The thread is gone after `join()`."""
        self._closed = True
        self._connection.interrupt()
        self._jobs.put(None)

    def join(self) -> None:
        self._thread.join()

    async def _settled(self, job: "_Job", interrupt: Callable[[], None]) -> Any:
        if self._closed:
            raise sqlite3.ProgrammingError("The connection is closed.")
        self._jobs.put(job)
        try:
            return await job.future
        except asyncio.CancelledError:
            while not job.done:
                interrupt()
                with suppress(asyncio.CancelledError):
                    await asyncio.sleep(0.005)
            raise

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run()
        # An interruption that found nothing to interrupt would keep close() from emptying the log.
        with suppress(sqlite3.Error):
            self._connection.execute("SELECT 1")
        self._connection.close()


class Pool:
    """The connections of one event loop to one file: readers for whoever comes first, a writer by turns."""

    def __init__(self, path: Path, readers: int = READERS) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.writer = Connection(path)
        self._quick = QuickReader(path)
        self._turn = asyncio.Lock()
        self._readers = [Connection(path, read_only=True) for _ in range(readers)]
        self._free: asyncio.LifoQueue[Connection] = asyncio.LifoQueue()  # the last used is the warmest
        for reader in self._readers:
            self._free.put_nowait(reader)

    async def fetch(self, sql: str, args: Sequence[Any] = ()) -> list[Row]:
        """Outside a transaction: a read runs beside the writer, anything else waits for its turn."""
        verb = sql.lstrip()[:6].upper()
        if verb == "SELECT":
            return await self._read(sql, args)
        if verb.startswith("WITH"):
            return await self._read_or_write(sql, args)
        return await self._write(sql, args)

    async def take_reader(self, patience: float = BUSY_TIMEOUT) -> Connection:
        """Raises TimeoutError when all stay taken."""
        async with asyncio.timeout(patience):
            return await self._free.get()

    async def take_writer(self, patience: float = BUSY_TIMEOUT) -> Connection:
        """Raises TimeoutError when the writer stays taken."""
        async with asyncio.timeout(patience):
            await self._turn.acquire()
        return self.writer

    def give_back(self, connection: Connection) -> None:
        if connection is self.writer:
            self._turn.release()
        else:
            self._free.put_nowait(connection)

    def connections(self) -> tuple[int, int]:
        """How many are in use, and how many are free."""
        free = self._free.qsize() + (not self._turn.locked())
        return len(self._readers) + 1 - free, free

    async def close(self) -> None:
        """Waits for what runs, but not for ever."""
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_TIMEOUT), self._turn:
                for _ in self._readers:
                    await self._free.get()
        await asyncio.to_thread(self.abandon)

    def abandon(self) -> None:
        """Closes at once; whoever still waits for a row gets an error."""
        connections = (*self._readers, self.writer)
        for connection in connections:
            connection.close()
        for connection in connections:
            connection.join()
        self._quick.close()

    async def _read(self, sql: str, args: Sequence[Any]) -> list[Row]:
        if (rows := self._quick.fetch(sql, args)) is not None:
            await asyncio.sleep(0)  # whoever reads again and again lets others go between
            return rows
        reader = await self.take_reader()
        try:
            return await reader.fetch(sql, args)
        finally:
            self.give_back(reader)

    async def _read_or_write(self, sql: str, args: Sequence[Any]) -> list[Row]:
        """`WITH …` may end in a write; a reader refuses that before it has done anything."""
        try:
            return await self._read(sql, args)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_READONLY:
                raise
        return await self._write(sql, args)

    async def _write(self, sql: str, args: Sequence[Any]) -> list[Row]:
        writer = await self.take_writer()
        try:
            return await writer.fetch(sql, args)
        finally:
            self.give_back(writer)


class _Job:
    """A call for a connection's thread; its future lives in the event loop that asked."""

    __slots__ = ("_call", "_loop", "done", "future")

    def __init__(self, call: Callable[[], Any]) -> None:
        self._call = call
        self._loop = asyncio.get_running_loop()
        self.future = self._loop.create_future()
        self.done = False

    def run(self) -> None:
        try:
            outcome, report = self._call(), self.future.set_result
        except BaseException as error:
            outcome, report = error, self.future.set_exception
        self.done = True
        with suppress(RuntimeError):  # the loop is gone, and with it whoever waited
            self._loop.call_soon_threadsafe(self._report, report, outcome)

    def _report(self, report: Callable[[Any], None], outcome: Any) -> None:
        if not self.future.done():
            report(outcome)


def _open(path: Path, read_only: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path,
        isolation_level=None,
        detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES,
        check_same_thread=False,  # opened here, used by one thread, closed after it
        cached_statements=256,
    )
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.execute(f"PRAGMA query_only = {int(read_only)}")
    return connection


def _fetch(connection: sqlite3.Connection, sql: str, args: Sequence[Any]) -> list[Row]:
    cursor = connection.execute(sql, args)
    rows = cursor.fetchall()
    if not rows:
        return []
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _moment(value: bytes) -> datetime:
    return datetime.fromisoformat(value.decode()).replace(tzinfo=UTC)


def _day(value: bytes) -> date:
    return date.fromisoformat(value.decode())


# Piccolo's own go through Decimal and two calls per value: a third of the time of a page of rows.
sqlite3.register_converter("INTEGER", int)
sqlite3.register_converter("BOOLEAN", b"1".__eq__)
sqlite3.register_converter("DATE", _day)
sqlite3.register_converter("TIMESTAMPTZ", _moment)
