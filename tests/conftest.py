"""One suite, two databases: `pytest --database sqlite` (the default) or `--database postgres`.

The settings are set before anything imports the portal, one database per xdist worker.
A test names the world that it wants: `db`, `demo` or `demo_readonly`."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import Server, ServerMissing, free_port
from tests.worlds import PostgresDatabases, SQLiteFiles, Worlds, environment

pytest_plugins = ["tests.clients", "tests.browser"]

FOLDER = pytest.StashKey[Path]()
SERVER = pytest.StashKey[Server]()
WORLDS = pytest.StashKey[Worlds]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="the database to run the suite on",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    run = getattr(config, "workerinput", None) or _start_run(config)
    folder = Path(run["folder"])
    on_postgres = config.getoption("--database") == "postgres"
    databases = PostgresDatabases(Server(folder / "postgres", run["port"])) if on_postgres else SQLiteFiles(folder)
    config.stash[WORLDS] = Worlds(folder, databases)
    os.environ.update(environment(databases.url(_worker())))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells an xdist worker where the run keeps its databases."""
    node.workerinput.update(folder=str(node.config.stash[FOLDER]), port=_port(node.config))


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVER in config.stash:
        config.stash[SERVER].stop()
    if FOLDER in config.stash:
        shutil.rmtree(config.stash[FOLDER])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps a loop running in which no other loop can start."""
    items.sort(key=lambda item: "playwright" in getattr(item, "fixturenames", ()))


def _start_run(config: pytest.Config) -> dict[str, Any]:
    config.stash[FOLDER] = folder = Path(tempfile.mkdtemp(prefix="portaal-"))
    folder.chmod(0o711)  # PostgreSQL runs as another user
    if config.getoption("--database") == "postgres":
        config.stash[SERVER] = server = Server(folder / "postgres", free_port())
        try:
            server.start()
        except ServerMissing as missing:
            raise pytest.UsageError(str(missing)) from None
    return {"folder": str(folder), "port": _port(config)}


def _port(config: pytest.Config) -> int:
    return config.stash[SERVER].port if SERVER in config.stash else 0


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def worlds(pytestconfig: pytest.Config) -> Worlds:
    return pytestconfig.stash[WORLDS]


@pytest.fixture(scope="session")
def standing() -> list[str]:
    """The demo world that earlier tests only read, if it still stands."""
    return []


@pytest.fixture
async def world(request: pytest.FixtureRequest, worlds: Worlds, standing: list[str]) -> AsyncIterator[None]:
    """Puts the world that the test names (if none: `demo_readonly`) behind DATABASE_URL, pool open."""
    from app.piccolo_conf import DB

    template = "empty" if "db" in request.fixturenames else "demo"
    reads_only = not {"db", "demo"} & set(request.fixturenames)
    if not (reads_only and standing):
        worlds.copy(template, _worker())
    standing[:] = ["demo"] if reads_only else []
    await DB.start_connection_pool()
    yield
    await DB.close_connection_pool()


@pytest.fixture
async def db(world: None) -> None:
    """A migrated database without content, for this test alone."""


@pytest.fixture
async def demo(world: None) -> None:
    """A demo world for this test alone, to write in."""


@pytest.fixture
async def demo_readonly(world: None) -> None:
    """A demo world shared with other tests: sign in, but change nothing that others look at."""
