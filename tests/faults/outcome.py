"""What must hold when all is well again, as the database itself tells: nothing lost, nothing twice, every connection
free."""

import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.faults.work import DOMAIN, Work
from tests.postgres import binary
from tests.worlds import Worlds, portaal

WELL_WITHIN = 5.0
"""Seconds after the end of a fault that somebody may still be sent away."""
DONE = f"""
SELECT email, COUNT(DISTINCT enrolment.id), COUNT(DISTINCT audit_event.id), COUNT(DISTINCT mail.id)
FROM candidate
LEFT JOIN enrolment ON enrolment.candidate = candidate.id
LEFT JOIN audit_event ON object_type = 'enrolment' AND object_id = enrolment.id AND action = 'enrol'
LEFT JOIN mail ON mail.enrolment = enrolment.id
WHERE email LIKE '%@{DOMAIN}' GROUP BY candidate.id, email
"""
NOT_FREE = """
SELECT pid, state, query FROM pg_stat_activity
WHERE application_name = 'portaal' AND datname = current_database() AND state <> 'idle'
"""


def rows(worlds: Worlds, name: str, statement: str) -> list[tuple[str, ...]]:
    """As text."""
    url = worlds.databases.url(name)
    if url.startswith("sqlite:"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
            return [tuple(map(str, row)) for row in database.execute(statement)]
    superuser = url.replace("//portaal@", "//postgres@")
    command = [str(binary("psql")), "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", superuser, "-c", statement]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [tuple(line.split("\t")) for line in told.splitlines()]


def assert_nothing_lost(work: Work, worlds: Worlds, name: str) -> int:
    """Whom the portal said to have enrolled is, once, with one event and one letter; nobody is half. Gives how many."""
    assert not work.refused, work.refused
    assert len(work.enrolled) > 3, "too little was done to say anything"
    done = {email: numbers for email, *numbers in rows(worlds, name, DONE)}
    assert set(done) == set(work.enrolled)
    assert {tuple(numbers) for numbers in done.values()} == {("1", "1", "1")}
    portaal("log", "verify", database_url=worlds.databases.owner_url(name))
    if worlds.databases.url(name).startswith("sqlite:"):
        assert rows(worlds, name, "PRAGMA integrity_check") == [("ok",)]
    return len(done)


def assert_connections_are_free(worlds: Worlds, name: str) -> None:
    deadline = time.monotonic() + 5
    while not_free := rows(worlds, name, NOT_FREE):
        assert time.monotonic() < deadline, not_free
        time.sleep(0.1)


def holds(group: int) -> dict[str, int]:
    """Threads and open files of all processes of a server."""
    processes = [each for each in Path("/proc").iterdir() if each.name.isdigit() and _group(each) == group]
    return {part: sum(len(list((process / part).iterdir())) for process in processes) for part in ("task", "fd")}


def _group(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[2])
    except OSError:
        return 0


def assert_well(work: Work, since: float) -> None:
    """Soon after this moment nobody was sent away any more."""
    late = [each for each in work.answers if each.is_away and each.ended - since >= WELL_WITHIN]
    assert not late, "\n".join(
        f"{each.what} {each.status} {each.began - since:.1f}-{each.ended - since:.1f}" for each in late
    )


def tell(record: Any, fault: str, work: Work, since: float, until: float, done: int) -> None:
    """One line of the table of `make faults`."""
    record("fault", fault)
    record("lasted", f"{until - since:.1f}")
    record("well after", f"{work.away(until):.1f}")
    record("sent away", f"{sum(each.is_away for each in work.answers)}/{len(work.answers)}")
    record("done", done)
