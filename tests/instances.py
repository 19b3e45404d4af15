"""Instances of the portal that a test starts, kills and stops, and a PostgreSQL whose end no other test notices."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.browser import start_serving
from tests.postgres import DURABLE, Server, free_port
from tests.worlds import PostgresDatabases, Worlds, portaal

Start = Callable[..., tuple[subprocess.Popen[bytes], str]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start(worlds, name, **settings)`: `portaal serve`, gone after the test however that ended."""
    started: list[subprocess.Popen[bytes]] = []

    def start(worlds: Worlds, name: str, **settings: Any) -> tuple[subprocess.Popen[bytes], str]:
        process, url = start_serving(worlds, name, tmp_path / f"{name}-{len(started)}.log", **settings)
        started.append(process)
        return process, url

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture
def own_server(pytestconfig: pytest.Config) -> Iterator[Server]:
    if pytestconfig.getoption("--database") != "postgres":
        pytest.skip("SQLite is no other process: run on PostgreSQL")
    folder = Path(tempfile.mkdtemp(prefix="portaal-own-"))
    folder.chmod(0o711)
    server = Server(folder / "postgres", free_port(), DURABLE)
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.fixture
def own_worlds(own_server: Server, tmp_path: Path) -> Worlds:
    """With the demo world behind the name `portaal`."""
    databases = PostgresDatabases(own_server)
    databases.create("portaal")
    for command in ("migrate", "demo"):
        portaal(command, database_url=databases.url("portaal"))
    return Worlds(tmp_path, databases)
