"""PostgreSQL fails in every way while people work: they are told when to come back, and all is well soon after."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app.database import POOL_MAX_SIZE
from tests.database.postgres.line import Line
from tests.faults.outcome import (
    WELL_WITHIN,
    assert_connections_are_free,
    assert_nothing_lost,
    assert_well,
    holds,
    tell,
)
from tests.faults.work import working
from tests.instances import Start
from tests.postgres import Server
from tests.worlds import Worlds

WORKERS = 2
CONNECTIONS = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'portaal'"
MEANWHILE = 2.0
SLOW = 0.3
QUICK = 1.0
"""Seconds for what asks no database, whatever that does."""

Fault = Callable[[Server], Any]


@contextmanager
def restarted(server: Server) -> Iterator[None]:
    server.crash()
    time.sleep(MEANWHILE)
    server.run()
    yield


@contextmanager
def restarted_at_once(server: Server) -> Iterator[None]:
    server.crash()
    server.run()
    yield


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    with server.frozen():
        time.sleep(4 * MEANWHILE)
        yield


@contextmanager
def connections_killed(server: Server) -> Iterator[None]:
    for _ in range(20):
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'portaal'",
            database="portaal",
        )
        time.sleep(0.15)
    yield


@contextmanager
def locked(server: Server) -> Iterator[None]:
    """Every connection of the pool ends up waiting for one table."""
    server.execute(
        f"BEGIN; LOCK TABLE candidate IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({3 * MEANWHILE}); COMMIT",
        database="portaal",
    )
    yield


@contextmanager
def no_connections(server: Server) -> Iterator[None]:
    """Somebody else has all that there are."""
    server.execute("ALTER ROLE portaal CONNECTION LIMIT 0")
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'portaal'", database="portaal"
    )
    time.sleep(MEANWHILE)
    server.execute("ALTER ROLE portaal CONNECTION LIMIT -1")
    yield


FAULTS: dict[str, Fault] = {
    "crashed and started again": restarted_at_once,
    "crashed and away for 2 seconds": restarted,
    "frozen": frozen,
    "every connection killed, twenty times": connections_killed,
    "a table locked": locked,
    "no connection to be had": no_connections,
}


# In every run of the suite the one that happens most; all of them with `make faults`.
ALWAYS = "crashed and started again"


@contextmanager
def line_in_between(url: str) -> Iterator[Line]:
    """On a loop of its own."""
    loop = asyncio.new_event_loop()
    line = Line(url)
    loop.run_until_complete(line.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(line.stop)
        loop.call_soon_threadsafe(loop.call_later, 0.1, loop.stop)
        thread.join(10)
        loop.close()


@pytest.mark.long
def test_the_line_to_postgresql_grows_slow(own_worlds: Worlds, start: Start, record_property: Any) -> None:
    with line_in_between(own_worlds.databases.url("portaal")) as line:
        _, url = start(own_worlds, "portaal", workers=WORKERS, DATABASE_URL=line.url)
        with working(url) as work:
            work.wait(MEANWHILE)
            since = time.monotonic()
            line.delay = SLOW
            work.wait(3 * MEANWHILE)
            line.delay = 0.0
            until = time.monotonic()
            work.wait(WELL_WITHIN + 1)
        enrolled = assert_nothing_lost(work, own_worlds, "portaal")
    tell(record_property, f"PostgreSQL: every message {SLOW} s later", work, since, until, enrolled)
    assert set(work.statuses("read")) <= {200, 503}
    assert work.slowest("alive") < QUICK
    assert_well(work, until)


@pytest.mark.parametrize(
    "fault", [ALWAYS, *(pytest.param(fault, marks=pytest.mark.long) for fault in FAULTS if fault != ALWAYS)]
)
def test_postgresql_fails_under_load(
    own_server: Server, own_worlds: Worlds, start: Start, record_property: Any, fault: str
) -> None:
    process, url = start(own_worlds, "portaal", workers=WORKERS)
    with working(url) as work:
        work.wait(MEANWHILE)
        held = holds(process.pid)
        since = time.monotonic()
        with FAULTS[fault](own_server):
            until = time.monotonic()
        work.wait(WELL_WITHIN + 1)
    enrolled = assert_nothing_lost(work, own_worlds, "portaal")
    tell(record_property, f"PostgreSQL: {fault}", work, since, until, enrolled)
    assert set(work.statuses("read")) <= {200, 503}
    assert set(work.statuses("alive")) == {200}
    assert work.slowest("alive") < QUICK
    assert_well(work, until)
    assert_connections_are_free(own_worlds, "portaal")
    [(connections,)] = own_worlds.databases.rows(CONNECTIONS, "portaal")
    assert int(connections) <= WORKERS * POOL_MAX_SIZE
    after = holds(process.pid)
    assert after["task"] <= held["task"] + 4
    assert after["fd"] <= held["fd"] + 20
