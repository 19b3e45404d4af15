"""One suite, two databases: `pytest --database sqlite` (the default) or `--database postgres`.

The settings are set before anything imports the portal, one database per xdist worker.
A test names the world that it wants: `db`, `demo` or `demo_readonly`."""

import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import Server, ServerMissing, free_port
from tests.watch import telling
from tests.worlds import PostgresDatabases, SQLiteFiles, Worlds, environment

pytest_plugins = ["tests.clients", "tests.browser", "tests.instances"]

FOLDER = pytest.StashKey[Path]()
SERVER = pytest.StashKey[Server]()
WORLDS = pytest.StashKey[Worlds]()
BEHIND_THE_WALL = ExitStack()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgres"),
        default="sqlite",
        help="the database to run the suite on",
    )
    parser.addoption("--again", action="store_true", help="leave out what another database cannot change")
    parser.addoption("--worlds", type=Path, help="a folder that keeps the worlds made, for the next run (SQLite)")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    run = getattr(config, "workerinput", None) or _start_run(config)
    folder = Path(run["folder"])
    on_postgres = config.getoption("--database") == "postgres"
    databases = PostgresDatabases(Server(folder / "postgres", run["port"])) if on_postgres else SQLiteFiles(folder)
    config.stash[WORLDS] = Worlds(folder, databases)
    os.environ.update(environment(databases.url(_worker())))
    for own in ("httpx", "mail.log"):  # the tests' browser and mail server, which say what they send and get
        logging.getLogger(own).setLevel(logging.WARNING)
    _see_everything()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells an xdist worker where the run keeps its databases."""
    node.workerinput.update(folder=str(node.config.stash[FOLDER]), port=_port(node.config))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the portal logged meanwhile tells nothing that it should not."""
    report = yield
    if found := [line for name, text in report.sections if name.startswith("Captured") for line in telling(text)]:
        report.outcome, report.longrepr = "failed", "\n".join(("The log tells too much:", *found))
    return report


@pytest.fixture(scope="session", autouse=True)
def what_servers_logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nor did a server that a test started, as it was found at the end."""
    yield
    logs = list(tmp_path_factory.getbasetemp().rglob("*.log"))
    assert not [f"{log.name}: {line}" for log in logs for line in telling(log.read_text(errors="replace"))]


def pytest_unconfigure(config: pytest.Config) -> None:
    BEHIND_THE_WALL.close()
    if SERVER in config.stash:
        config.stash[SERVER].stop()
    if FOLDER in config.stash and not config.getoption("--worlds"):
        shutil.rmtree(config.stash[FOLDER])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright keeps a loop running in which no other loop can start."""
    if config.getoption("--again"):
        config.hook.pytest_deselected(items=[item for item in items if not _asks_a_database(item)])
        items[:] = filter(_asks_a_database, items)
    items.sort(key=lambda item: "playwright" in _fixtures(item))


def _fixtures(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])


def _asks_a_database(item: pytest.Item) -> bool:
    """And would be answered otherwise by another one. What a browser makes of a page is the same; the walk goes through
    it all once more."""
    in_browser = "playwright" in _fixtures(item) and "walk" not in item.path.parts
    return "worlds" in _fixtures(item) and not in_browser and item.get_closest_marker("once") is None


def _see_everything() -> None:
    """Tests look behind the second wall, from here to their end; a request is on behalf of who sends it."""
    from app.acting import Duty, acting_as

    BEHIND_THE_WALL.enter_context(acting_as(Duty.MAINTENANCE))


def _start_run(config: pytest.Config) -> dict[str, Any]:
    config.stash[FOLDER] = folder = config.getoption("--worlds") or Path(tempfile.mkdtemp(prefix="portaal-"))
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
