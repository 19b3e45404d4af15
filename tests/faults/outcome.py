"""What must hold when all is well again, as the database itself tells: nothing lost, nothing twice, every connection
free."""

import time
from typing import Any

from tests.faults.work import DOMAIN, Work
from tests.processes import family
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


def assert_nothing_lost(work: Work, worlds: Worlds, name: str) -> int:
    """Whom the portal said to have enrolled is, once, with one event and one letter; nobody is half. Gives how many."""
    assert not work.refused, work.refused
    assert len(work.enrolled) > 3, "too little was done to say anything"
    done = {email: numbers for email, *numbers in worlds.databases.rows(DONE, name)}
    assert set(done) == set(work.enrolled)
    assert {tuple(numbers) for numbers in done.values()} == {("1", "1", "1")}
    portaal("log", "verify", database_url=worlds.databases.owner_url(name))
    if worlds.databases.url(name).startswith("sqlite:"):
        assert worlds.databases.rows("PRAGMA integrity_check", name) == [("ok",)]
    return len(done)


def assert_connections_are_free(worlds: Worlds, name: str) -> None:
    deadline = time.monotonic() + 5
    while not_free := worlds.databases.rows(NOT_FREE, name):
        assert time.monotonic() < deadline, not_free
        time.sleep(0.1)


def holds(group: int) -> dict[str, int]:
    """Threads and open files of all processes of a server."""
    return {part: sum(len(list((each / part).iterdir())) for each in family(group)) for part in ("task", "fd")}


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
