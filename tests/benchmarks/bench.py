"""`make bench`: the portal as it is shipped, what a team would take instead, and the floor, on the same data at once.

`python -m tests.benchmarks.bench --only django-admin --enrolments 1000 --seconds 2` tries one quickly. Everything is
made in a folder of its own, and gone afterwards unless `--folder` names one, which keeps the environments."""

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import click
import httpx
from lxml import html

from app.clock import today
from tests.benchmarks.load import Measured, measure
from tests.benchmarks.pages import sign_in
from tests.benchmarks.shipped import ROOT, Bench, cookies, measuring, stop
from tests.browser import wait_until_ready
from tests.postgres import OWNER, free_port
from tests.worlds import environment

RIVALS = Path(__file__).parent / "rivals"
RESULTS = Path(__file__).parent / "RESULTS.md"
USER = "schaal.groot"
"""One organisation, with a twentieth of all."""
PAGES = ("Overzicht", "Betaalcodes")
CONNECTIONS = (1, 16)


@dataclass(frozen=True)
class Contender:
    name: str
    what: str
    paths: Mapping[str, str]
    """Page → address; `{organisation}` is that of USER."""


CONTENDERS = (
    Contender("portal", "the portal, 1 worker", {"Overzicht": "/overzicht", "Betaalcodes": "/betaalcodes"}),
    Contender("portal-2", "the portal, 2 workers", {"Overzicht": "/overzicht", "Betaalcodes": "/betaalcodes"}),
    Contender("floor", "the floor", {"Overzicht": "/overzicht", "Betaalcodes": "/betaalcodes"}),
    Contender("static", "static, same size", {"Overzicht": "/static/overzicht", "Betaalcodes": "/static/betaalcodes"}),
    Contender(
        "django-admin",
        "Django admin",
        {
            "Overzicht": "/admin/admin/enrolment/?organisation__id__exact={organisation}",
            "Betaalcodes": "/admin/admin/paycode/?organisation__id__exact={organisation}",
        },
    ),
    Contender(
        "django-tables2",
        "django-tables2, django-filter",
        {
            "Overzicht": "/lijst/enrolment/?organisation={organisation}",
            "Betaalcodes": "/lijst/paycode/?organisation={organisation}",
        },
    ),
)


@dataclass(frozen=True)
class Run:
    database: str
    contender: Contender
    page: str
    connections: int
    measured: Measured


@click.command()
@click.option("--enrolments", "sizes", type=int, multiple=True, default=(1_000, 100_000, 1_000_000), show_default=True)
@click.option("--only", multiple=True, type=click.Choice([each.name for each in CONTENDERS]))
@click.option("--database", "databases", multiple=True, type=click.Choice(("sqlite", "postgres")))
@click.option("--seconds", default=5.0, show_default=True)
@click.option("--times", default=3, show_default=True, help="Runs of each, of which the median counts.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), help="Kept for the next time.")
@click.option("--write", is_flag=True, help="Write the table to RESULTS.md.")
def main(
    sizes: tuple[int, ...],
    only: tuple[str, ...],
    databases: tuple[str, ...],
    seconds: float,
    times: int,
    folder: Path | None,
    write: bool,
) -> None:
    if shutil.which("wrk") is None:
        raise click.ClickException("wrk is missing: apt-get install wrk")
    chosen = [each for each in CONTENDERS if not only or each.name in only]
    parts = []
    with ExitStack() as stack:
        scratch = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portaal-bench-")))
        scratch.mkdir(parents=True, exist_ok=True)
        scratch.chmod(0o755)
        python = rivals_python(scratch) if any("django" in each.name for each in chosen) else Path(sys.executable)
        for size in sizes:
            runs: list[Run] = []
            for database in databases or ("sqlite", "postgres"):
                with measuring(database, size, seconds) as bench:
                    for contender in chosen:
                        with serving(contender, bench, python) as (site, process):
                            runs += runs_of(contender, bench, site, process, times)
            parts.append(table(size, runs))
            click.echo(parts[-1])
    if write:
        RESULTS.write_text("\n".join((head(python, seconds, times), *parts)))


def rivals_python(scratch: Path) -> Path:
    folder = scratch / "rivals"
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(folder / "bin/pip"), "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", str(RIVALS / "requirements.txt")], check=True)
        (folder / "ready").touch()
    return folder / "bin/python"


def runs_of(contender: Contender, bench: Bench, site: str, process: int, times: int) -> Iterator[Run]:
    [(organisation,)] = bench.databases.rows("SELECT id FROM organisation WHERE code = 'GRT'", bench.world(bench.size))
    for page, path in contender.paths.items():
        address = f"{site}{path.format(organisation=organisation)}"
        headers = {"Accept-Encoding": "br, gzip", **signed_in(contender, site)}
        answer = httpx.get(address, headers=headers, timeout=60)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        for connections in CONNECTIONS:
            found = measure(address, headers, connections, bench.seconds, process, bench.server, times)
            click.echo(f"{bench.database} {contender.name} {page} c={connections}: {found}", err=True)
            yield Run(bench.database, contender, page, connections, found)


@contextmanager
def serving(contender: Contender, bench: Bench, python: Path) -> Iterator[tuple[str, int]]:
    name, port = bench.world(bench.size), free_port()
    site = f"http://127.0.0.1:{port}"
    if contender.name.startswith("portal"):
        process = bench.start(name, site, workers=2 if contender.name.endswith("2") else 1)
    else:
        process = start(contender, bench.databases.url(name), site, python, bench.folder)
    try:
        wait_until_ready(process, site)
        yield site, process.pid
    finally:
        stop(process)


def start(contender: Contender, url: str, site: str, python: Path, folder: Path) -> subprocess.Popen[bytes]:
    """What is no portal of ours."""
    own = os.environ | environment(url, site)
    granian = ("-m", "granian", "--host", "127.0.0.1", "--port", site.rpartition(":")[2], "--workers", "1", "--no-ws")
    if contender.name in {"floor", "static"}:
        own |= {"FLOOR_PAGES": "/overzicht /betaalcodes", "FLOOR_USER": USER, "PYTHONPATH": str(ROOT)}
        command, cwd = [sys.executable, *granian, "--interface", "asgi", "tests.benchmarks.floor:application"], ROOT
    else:
        own |= {"BENCH_DATABASE": owned(url)}
        subprocess.run(
            [str(python), "django_lists.py", "prepare"], cwd=RIVALS, env=own, check=False, capture_output=True
        )
        threads = ("--blocking-threads", "1", "--interface", "wsgi")
        command, cwd = [str(python), *granian, *threads, "django_lists:application"], RIVALS
    with (folder / f"{contender.name}.log").open("wb") as log:
        return subprocess.Popen(command, cwd=cwd, env=own, stdout=log, stderr=log, start_new_session=True)


def owned(url: str) -> str:
    """Django knows nothing of row-level security: it comes as the owner, who is not behind it."""
    return url.replace("//portaal@", f"//{OWNER}@").replace("sqlite:///", "sqlite://localhost")


def signed_in(contender: Contender, site: str) -> dict[str, str]:
    if contender.name in {"floor", "static"}:
        return {}
    with httpx.Client(base_url=site, timeout=60) as client:
        if contender.name.startswith("portal"):
            sign_in(client, USER)
        else:
            form = dict(html.fromstring(client.get("/admin/login/").content).forms[0].form_values())
            answer = client.post("/admin/login/", data=form | {"username": "beheer", "password": "beheer"})
            assert answer.is_redirect, f"nobody signs in: {answer.status_code}"
        return {"Cookie": cookies(client)}


def head(python: Path, seconds: float, times: int) -> str:
    told = subprocess.run([str(python), "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True).stdout
    rivals = [line for line in told.splitlines() if line.lower().startswith(("django", "granian", "psycopg="))]
    ours = [f"{name} {version(name)}" for name in ("litestar", "piccolo", "jinja2", "granian", "asyncpg")]
    return f"""# Measured side by side

`make bench`, {today().isoformat()}: {os.cpu_count()} cores, Python {platform.python_version()}, load by wrk on the
same machine, {times} runs of {seconds:g} s each, of which the medians. Signed in, everything on; the organisation has a
twentieth of all enrolments, and half as many paycodes as enrolments exist. Every contender is served by granian, one
process unless it says otherwise. Ratios are of requests a second.

The portal: {", ".join(ours)}. Beside it: {", ".join(rivals)}.
"""


def table(size: int, runs: list[Run]) -> str:
    lines = [
        f"\n## {size:,} enrolments\n",
        "| page | database | connections | who | portal ÷ this | req/s | p50 ms | p99 ms | CPU ms: server | database"
        " | KB |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    portal = {(run.database, run.page, run.connections): run.measured for run in runs if run.contender.name == "portal"}
    for run in sorted(runs, key=lambda run: (run.page, run.database, run.connections)):
        base, found = portal.get((run.database, run.page, run.connections)), run.measured
        ratio = f"{base.per_second / found.per_second:.2f}" if base else ""
        lines.append(
            f"| {run.page} | {run.database} | {run.connections} | {run.contender.what} | {ratio} |"
            f" {found.per_second:.0f} | {found.p50:.1f} | {found.p99:.1f} | {found.server:.2f} | {found.database:.2f} |"
            f" {found.bytes / 1000:.1f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
