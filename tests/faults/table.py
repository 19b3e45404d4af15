"""`make faults`: every fault that the portal must stand, injected for real, and what came of it on either database.

Lost and done twice are counted by the tests, which fail unless both are nothing. `lasted` and `well after` are seconds:
of the fault, and from its end until nobody was sent away any more. `sent away` are answers that said to come back, of
all that were asked for meanwhile; `done` is what was written all the same, once each."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import click

ROOT = Path(__file__).parents[2]
ELSEWHERE = {
    "tests/imports/test_killed.py::test_killed_at_any_moment_it_is_all_or_nothing": "killed in an import, 25 times",
    "tests/security/long/test_killed.py::test_killed_at_any_moment_it_is_done_whole_or_not_at_all": (
        "killed while codes are issued and somebody unlinked, 25 times"
    ),
    "tests/downloads/test_death.py::test_another_instance_takes_over_from_one_that_was_killed": (
        "killed while a workbook is made"
    ),
    "tests/database/test_concurrency.py::test_two_processes_do_not_hinder_each_other": "two processes on one database",
    "tests/database/test_cancellation.py::test_a_thousand_cancelled_transactions_leave_everything_free": (
        "a thousand transactions cancelled"
    ),
    "tests/serving/test_stopping.py::test_what_is_under_way_is_finished": "told to stop with forms under way",
    "tests/serving/test_stopping.py::test_it_stops_although_the_database_hangs": "told to stop, the database frozen",
    "tests/schema/test_upgrade.py::test_nobody_who_reads_is_sent_away_by_an_upgrade": "upgraded under load",
    "tests/serving/test_pgbouncer.py::test_the_portal_works_behind_pgbouncer": "behind pgbouncer",
    "tests/security/long/test_slow_clients.py::test_who_sends_slowly_keeps_nobody_waiting": "1500 who send slowly",
}
COLUMNS = ("lasted", "well after", "sent away", "done")


@dataclass(frozen=True)
class Row:
    fault: str
    database: str
    result: str
    told: dict[str, str]

    @property
    def line(self) -> str:
        cells = (f"{self.told.get(column, ''):>10}" for column in COLUMNS)
        return f"{self.fault:<64} {self.database:<9} {self.result:<8}{''.join(cells)}  {self.told.get('more', '')}"


def run(database: str, folder: Path) -> list[Row]:
    report = folder / f"{database}.xml"
    command = (sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "--database", database)
    subprocess.run(
        (*command, "-o", "junit_family=xunit1", f"--junit-xml={report}", "tests/faults", *ELSEWHERE),
        cwd=ROOT,
        check=False,
    )
    return list(read(report, "SQLite" if database == "sqlite" else "PostgreSQL"))


def read(report: Path, database: str) -> Iterator[Row]:
    """What does not concern this database is left out."""
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
        outcomes = {child.tag for child in case}
        if "skipped" in outcomes:
            continue
        told = {each.get("name", ""): each.get("value", "") for each in case.iter("property")}
        name = f"{(case.get('classname') or '').replace('.', '/')}.py::{case.get('name')}"
        fault = told.get("fault") or ELSEWHERE.get(name) or (case.get("name") or "")[5:].replace("_", " ")
        yield Row(fault, database, "FAILED" if outcomes & {"failure", "error"} else "held", told)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for database in ("sqlite", "postgres") for row in run(database, Path(folder))]
    heads = dict(zip(COLUMNS, COLUMNS, strict=True))
    click.echo(Row("fault", "database", "result", heads).line)
    for row in sorted(rows, key=lambda row: row.fault):
        click.echo(row.line)
    failed = sum(row.result == "FAILED" for row in rows)
    click.echo(f"{len(rows) - failed} held, {failed} failed; lost: nothing, done twice: nothing, unless it says FAILED")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
