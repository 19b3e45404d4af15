"""The portal as it is shipped, on worlds of any size, and what is found of it beside what was asked."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from httpx import Client

from tests.benchmarks.pages import sign_in
from tests.browser import wait_until_ready
from tests.postgres import DURABLE, Server, free_port
from tests.worlds import Databases, PostgresDatabases, SQLiteFiles, environment, portaal, portaal_command

ROOT = Path(__file__).parents[2]
LARGE = ("shared_buffers=1GB", "work_mem=32MB", "random_page_cost=1.1", *DURABLE)
SMALL = 1_000
"""Enrolments in the smallest world."""


@dataclass(frozen=True)
class Figure:
    target: str
    limit: str
    figure: str
    met: bool


def at_most(target: str, limit: float, found: float, unit: str = "", note: str = "") -> Figure:
    return Figure(target, f"at most {limit:,g}{unit}", _told(found, unit, note), found <= limit)


def at_least(target: str, limit: float, found: float, unit: str = "", note: str = "") -> Figure:
    return Figure(target, f"at least {limit:,g}{unit}", _told(found, unit, note), found >= limit)


def _told(found: float, unit: str, note: str) -> str:
    places = 0 if abs(found) >= 100 or found == int(found) else 1 if abs(found) >= 10 else 2
    return f"{found:,.{places}f}{unit}{note and f' ({note})'}"


@dataclass(frozen=True)
class Portal:
    url: str
    pid: int
    """The first of its processes, which leads the group of them all."""
    databases: Databases
    name: str
    """Of its database among those."""

    @contextmanager
    def client(self, username: str) -> Iterator[Client]:
        """A browser in which this person is signed in."""
        with Client(base_url=self.url, timeout=60) as client:
            sign_in(client, username)
            yield client

    def headers(self, username: str) -> dict[str, str]:
        """What a browser sends along in which this person is signed in."""
        with self.client(username) as client:
            return {"Accept-Encoding": "br", "Cookie": cookies(client)}


@dataclass(frozen=True)
class Bench:
    """Where portals are measured: `size` enrolments, runs of `seconds`."""

    database: str
    """`sqlite` or `postgres`."""
    databases: Databases
    folder: Path
    size: int
    seconds: float = 5.0
    duration: float = 60.0
    """Seconds of load before the memory of a worker is looked at."""
    server: int | None = None
    """The first process of PostgreSQL."""
    _made: set[int] = field(default_factory=set)

    @contextmanager
    def portal(self, size: int | None = None, settings: Mapping[str, str] | None = None) -> Iterator[Portal]:
        """`portaal serve` with one worker, on the world of that size: made once, and worn by who was there before."""
        url, name = f"http://127.0.0.1:{free_port()}", self.world(size or self.size)
        process = self.start(name, url, settings)
        try:
            wait_until_ready(process, url, self.folder / f"{name}.log")
            yield Portal(url, process.pid, self.databases, name)
        finally:
            stop(process)

    def start(
        self, name: str, url: str, settings: Mapping[str, str] | None = None, workers: int = 1
    ) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                portaal_command("serve", "--port", url.rpartition(":")[2], "--workers", str(workers)),
                cwd=ROOT,
                env=os.environ | environment(self.databases.url(name), url) | dict(settings or {}),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def world(self, size: int) -> str:
        """The name of its database."""
        name = f"bench-{size}"
        if size not in self._made:
            self.databases.create(name)
            for command in (("migrate",), ("demo",), ("scale", "--enrolments", str(size))):
                portaal(*command, database_url=self.databases.url(name))
            self._made.add(size)
        return name


def stop(process: subprocess.Popen[bytes]) -> None:
    """Without notice: nobody else is served. The workbooks' process sees that it is gone, and goes."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def measuring(database: str, size: int, seconds: float = 5.0, duration: float = 60.0) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="portaal-targets-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        if database == "sqlite":
            yield Bench(database, SQLiteFiles(place), place, size, seconds, duration)
            return
        server = Server(place / "postgres", free_port(), LARGE)
        server.start()
        try:
            yield Bench(database, PostgresDatabases(server), place, size, seconds, duration, server.pid)
        finally:
            server.stop()


def cookies(client: Client) -> str:
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def p99(values: list[float]) -> float:
    return sorted(values)[len(values) * 99 // 100]
