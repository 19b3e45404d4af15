"""What `make security` ends with: of each requirement of `docs/security.md`, what came of its tests on both databases.

Runs every test that the document names and everything marked `long`; what is marked `once` says the same on either
database and runs on SQLite only. Ends non-zero when something failed, did not run and did not say why, or is not
held."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import click

from tests.security.requirements import ROOT, Requirement, asvs, requirements

DATABASES = ("sqlite", "postgres")
LONGEST = 58 * 60
"""Seconds for all of it; what has not run by then has not run."""
# How tests are shared out. Those with a browser come last, and stay there; long ones wait for none before them.
IN_ORDER = ("-n", "4", "--dist", "load")
APART = ("-n", "2", "--dist", "worksteal")
WIDTH = 64
PASSED, FAILED, SKIPPED, MISSING = "passed", "FAILED", "skipped", "NOT RUN"


@dataclass
class Outcome:
    """Of one test function on one database, all its parameters together."""

    result: str = MISSING
    why: str = ""
    seconds: float = 0.0

    def add(self, result: str, why: str, seconds: float) -> None:
        self.seconds += seconds
        worst = (FAILED, PASSED, SKIPPED, MISSING)
        if worst.index(result) < worst.index(self.result):
            self.result, self.why = result, why


@dataclass
class Ran:
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    """By database and test."""

    def of(self, database: str, test: str) -> Outcome:
        return self.outcomes.setdefault((database, test), Outcome())

    def read(self, database: str, report: Path) -> None:
        if not report.exists():
            return
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
            name = (case.get("name") or "").split("[")[0]
            result, why = _outcome(case)
            test = f"{(case.get('classname') or '').replace('.', '/')}.py::{name}"
            self.of(database, test).add(result, why, float(case.get("time") or 0))


def _outcome(case: ElementTree.Element) -> tuple[str, str]:
    for child in case:
        if child.tag in {"failure", "error"}:
            return FAILED, (child.get("message") or "").partition("\n")[0]
        if child.tag == "skipped":
            return SKIPPED, child.get("message") or ""
    return PASSED, ""


def run(named: list[str], folder: Path, only_once: frozenset[str], *, everything: bool) -> Ran:
    """Only these, or these and all that is long: the long ones apart, with a core each."""
    ran, until = Ran(), time.monotonic() + LONGEST
    for database in DATABASES:
        its = asked_of(database, named, only_once)
        parts = (
            [("named", "not long", its, IN_ORDER), ("long", "long", ["tests"], APART)]
            if everything
            else [("named", "", its, IN_ORDER)]
        )
        for part, marked, tests, shared in parts:
            marks = " and ".join(filter(None, (marked, "not once" if database == "postgres" else "")))
            report = folder / f"{database}-{part}.xml"
            click.echo(f"== {database}: {part}, {max(0, until - time.monotonic()) / 60:.0f} minutes left")
            _pytest(database, marks, tests, shared, report, until)
            ran.read(database, report)
    return ran


def _pytest(database: str, marked: str, tests: list[str], shared: Sequence[str], report: Path, until: float) -> None:
    """Its progress goes to the screen."""
    command = (sys.executable, "-m", "pytest", "-q", *shared, "-m", marked)
    process = subprocess.Popen((*command, "--database", database, f"--junit-xml={report}", *tests), cwd=ROOT)
    try:
        process.wait(timeout=max(1.0, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        click.echo("== time is up")
        process.send_signal(signal.SIGINT)  # it writes down what did run
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()


def asked_of(database: str, tests: Iterable[str], only_once: frozenset[str]) -> list[str]:
    """Those that say something of this database: neither about the other one alone, nor the same on both."""
    others = tuple(f"tests/database/{other}/" for other in DATABASES if other != database)
    files = ((test, test.split("::")[0]) for test in tests)
    return [
        test for test, file in files if not file.startswith(others) and (database == "sqlite" or file not in only_once)
    ]


def once() -> frozenset[str]:
    """Tests that say the same on either database, by file."""
    files = (path for path in (ROOT / "tests").rglob("test_*.py") if "node_modules" not in path.parts)
    marked = (path for path in files if "mark.once" in path.read_text())
    return frozenset(str(path.relative_to(ROOT)) for path in marked)


def result_of(ran: Ran, database: str, tests: Iterable[str], only_once: frozenset[str]) -> str:
    """In a word or two: the worst that came of them."""
    asked = asked_of(database, tests, only_once)
    if not asked:
        return "as the other"
    found = [ran.of(database, test) for test in asked]
    for worst in (FAILED, MISSING):
        if many := sum(each.result == worst for each in found):
            return f"{worst} {many}"
    skipped = sum(each.result == SKIPPED for each in found)
    return f"{len(found) - skipped} passed" + (f", {skipped} skipped" if skipped else "")


def line(number: object, promise: str, tests: object, results: tuple[str, str], seconds: object) -> str:
    cut = promise if len(promise) <= WIDTH else f"{promise[: WIDTH - 1]}…"
    return f"{number!s:>3}  {cut:<{WIDTH}}  {tests!s:>5}  {results[0]:<20}  {results[1]:<20}  {seconds!s:>7}"


def rows(ran: Ran, asked: list[Requirement], only_once: frozenset[str]) -> Iterator[str]:
    yield line("#", "requirement", "tests", ("SQLite", "PostgreSQL"), "seconds")
    for each in asked:
        results = (result_of(ran, "sqlite", each.tests, only_once), result_of(ran, "postgres", each.tests, only_once))
        if not each.tests:
            results = ("not held" if each.not_held else "set aside", "")
        elif each.not_held:
            results = (f"{results[0]}, part open", results[1])
        seconds = sum(ran.of(database, test).seconds for database in DATABASES for test in each.tests)
        yield line(each.number, each.promise, len(each.tests), results, f"{seconds:.0f}")


def faults(ran: Ran, named: Iterable[str], only_once: frozenset[str]) -> Iterator[str]:
    """Whatever ran and failed, and whatever was named and did not run."""
    for database in DATABASES:
        for test in asked_of(database, named, only_once):
            ran.of(database, test)
    for (database, test), outcome in sorted(ran.outcomes.items()):
        if outcome.result in {FAILED, MISSING} and asked_of(database, [test], only_once):
            yield f"{outcome.result} on {database}: {test} {outcome.why}"


@click.command()
@click.option("--only", multiple=True, type=int, help="the number of a requirement, once or more: only its tests")
def main(only: tuple[int, ...]) -> None:
    """Every test that docs/security.md names, the long ones included; then what came of each requirement."""
    asked = [each for each in requirements() if not only or each.number in only]
    named = [*dict.fromkeys(test for each in asked for test in each.tests)]
    if not only:
        named = [*dict.fromkeys([*named, *(test for row in asvs() for test in row.tests)])]
    only_once = once()
    with tempfile.TemporaryDirectory() as folder:
        ran = run(named, Path(folder), only_once, everything=not only)
    wrong = [
        *faults(ran, named, only_once),
        *(f"not held: {each.number}. {each.not_held}" for each in asked if each.not_held),
    ]
    aside = [f"set aside: {each.number}. {each.set_aside}" for each in asked if each.set_aside]
    skipped = sorted(
        {
            f"skipped on {where}: {test} {out.why}"
            for (where, test), out in ran.outcomes.items()
            if out.result == SKIPPED
        }
    )
    click.echo("\n".join(["", *skipped, *aside, *wrong, "", *rows(ran, asked, only_once)]))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
