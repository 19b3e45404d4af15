"""`make bench`: the portal as it is shipped, what a team would take instead, and the floor, on the same data at once.

`python -m tests.benchmarks.bench --only django-admin --enrolments 1000 --seconds 2` tries one quickly. Everything is
made in a folder of its own, and gone afterwards unless `--folder` names one, which keeps the environments."""

import os
import platform
import shutil
import signal
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
from tests.browser import wait_until_ready
from tests.postgres import DURABLE, OWNER, Server, free_port
from tests.worlds import PostgresDatabases, SQLiteFiles, environment, portaal, portaal_command

ROOT = Path(__file__).parents[2]
RIVALS = Path(__file__).parent / "rivals"
RESULTS = Path(__file__).parent / "RESULTS.md"
USER = "schaal.groot"
"""One organisation, with a twentieth of all."""
LARGE = ("shared_buffers=1GB", "work_mem=32MB", "random_page_cost=1.1", *DURABLE)
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
class World:
    database: str
    url: str
    server: int | None
    """The first process of PostgreSQL."""
    organisation: int
    """That of USER."""


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
            runs = []
            for database in databases or ("sqlite", "postgres"):
                with world(database, size) as there:
                    for contender in chosen:
                        with serving(contender, there.url, python, scratch) as (site, process):
                            runs += list(runs_of(contender, there, site, process, seconds, times))
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


@contextmanager
def world(database: str, size: int) -> Iterator[World]:
    with tempfile.TemporaryDirectory(prefix="portaal-bench-world-") as folder:
        Path(folder).chmod(0o755)
        server = None
        if database == "postgres":
            server = Server(Path(folder) / "postgres", free_port(), LARGE)
            server.start()
        databases = PostgresDatabases(server) if server else SQLiteFiles(Path(folder))
        databases.create("bench")
        for command in (("migrate",), ("demo",), ("scale", "--enrolments", str(size))):
            portaal(*command, database_url=databases.url("bench"))
        [(organisation,)] = databases.rows("SELECT id FROM organisation WHERE code = 'GRT'", "bench")
        try:
            yield World(database, databases.url("bench"), server.pid if server else None, int(organisation))
        finally:
            if server:
                server.stop()


def runs_of(contender: Contender, there: World, site: str, process: int, seconds: float, times: int) -> Iterator[Run]:
    for page, path in contender.paths.items():
        address = f"{site}{path.format(organisation=there.organisation)}"
        headers = {"Accept-Encoding": "br, gzip", **signed_in(contender, site)}
        answer = httpx.get(address, headers=headers, timeout=60)
        assert answer.status_code == 200, f"{address}: {answer.status_code}"
        for connections in CONNECTIONS:
            found = measure(address, headers, connections, seconds, process, there.server, times)
            click.echo(f"{there.database} {contender.name} {page} c={connections}: {found}", err=True)
            yield Run(there.database, contender, page, connections, found)


@contextmanager
def serving(contender: Contender, url: str, python: Path, scratch: Path) -> Iterator[tuple[str, int]]:
    port = free_port()
    site = f"http://127.0.0.1:{port}"
    own = os.environ | environment(url, site)
    granian = ("-m", "granian", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--no-ws")
    if contender.name.startswith("portal"):
        workers = "2" if contender.name.endswith("2") else "1"
        command, cwd = portaal_command("serve", "--port", str(port), "--workers", workers), ROOT
    elif contender.name in {"floor", "static"}:
        own |= {"FLOOR_PAGES": "/overzicht /betaalcodes", "FLOOR_USER": USER, "PYTHONPATH": str(ROOT)}
        command, cwd = [sys.executable, *granian, "--interface", "asgi", "tests.benchmarks.floor:application"], ROOT
    else:
        own |= {"BENCH_DATABASE": owned(url)}
        subprocess.run(
            [str(python), "django_lists.py", "prepare"], cwd=RIVALS, env=own, check=False, capture_output=True
        )
        threads = ("--blocking-threads", "1", "--interface", "wsgi")
        command, cwd = [str(python), *granian, *threads, "django_lists:application"], RIVALS
    with (scratch / f"{contender.name}.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=cwd, env=own, stdout=log, stderr=log, start_new_session=True)
    try:
        wait_until_ready(process, site)
        yield site, process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


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
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in client.cookies.items())}


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
