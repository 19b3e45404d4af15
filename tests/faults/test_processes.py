"""Processes that are killed, whatever they were doing."""

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser import worker
from tests.faults.outcome import WELL_WITHIN, assert_nothing_lost, assert_well, tell
from tests.faults.work import working
from tests.instances import Start
from tests.worlds import Worlds, environment, portaal, portaal_command

KILLS = 12


def test_a_process_that_serves_is_killed_and_another_takes_its_place(
    worlds: Worlds, start: Start, record_property: Any
) -> None:
    worlds.copy("demo", name := f"killed-{worker()}")
    process, url = start(worlds, name, workers=2)
    with working(url) as work:
        work.wait(1)
        since = time.monotonic()
        for _ in range(3):
            os.kill(serving(process.pid)[0], signal.SIGKILL)
            until = time.monotonic()
            work.wait(1)
            wait_for_both(url)
        work.wait(WELL_WITHIN)
    enrolled = assert_nothing_lost(work, worlds, name)
    tell(record_property, "a process that serves killed, three times", work, since, until, enrolled)
    assert set(work.statuses("read")) <= {0, 200}
    assert_well(work, until)
    assert len(serving(process.pid)) == 2


def serving(parent: int) -> list[int]:
    """The processes that answer, the oldest first."""
    children = subprocess.run(["pgrep", "-P", str(parent), "-f", " serve "], check=False, capture_output=True)
    return [int(child) for child in children.stdout.split()]


def wait_for_both(url: str) -> None:
    """Each listens for itself: until the other is there, too."""
    place, deadline = f":{urlsplit(url).port or 0:04X} 00000000:0000 0A ", time.monotonic() + 60
    while Path("/proc/net/tcp").read_text().count(place) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.long
def test_a_migration_that_is_killed_leaves_the_old_schema(worlds: Worlds) -> None:
    name, chance = f"migrating-{worker()}", random.Random()
    lasts, killed_while = migrate(worlds, name, 60), 0
    everything = tables(worlds, name)
    for _ in range(KILLS):
        after = migrate(worlds, name, chance.uniform(0.3, 0.95) * lasts)
        lasts = min(lasts, after)
        killed_while += not tables(worlds, name)
        assert tables(worlds, name) in (set(), everything)
        portaal("migrate", database_url=worlds.databases.url(name))
        assert tables(worlds, name) == everything
    assert killed_while, "always killed too late"


def migrate(worlds: Worlds, name: str, patience: float) -> float:
    """A new database; killed after so many seconds. Gives how long it went on."""
    worlds.databases.create(name)
    began = time.monotonic()
    process = subprocess.Popen(
        portaal_command("migrate"), env=os.environ | environment(worlds.databases.url(name)), start_new_session=True
    )
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=patience)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return time.monotonic() - began


def tables(worlds: Worlds, name: str) -> set[str]:
    url = worlds.databases.url(name)
    catalogue = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    if url.startswith("sqlite:"):
        if not Path(url.removeprefix("sqlite:///")).exists():
            return set()
        catalogue = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return {table for (table,) in worlds.databases.rows(catalogue, name)}
