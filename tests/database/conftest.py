"""An engine of the test's own, on an empty database with one table. What is about one of the two
databases lies in the folder of that name and is collected for it alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.database.notes import DECLARATION
from tests.worlds import Worlds

if TYPE_CHECKING:  # the settings must stand before the portal is imported
    from app.database import Postgres, SQLite


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    other = {"sqlite": "postgres", "postgres": "sqlite"}[config.getoption("--database")]
    return True if collection_path == Path(__file__).parent / other else None


@pytest.fixture
def url(worlds: Worlds, worker_name: str) -> str:
    """The address of an empty database, as its owner."""
    worlds.databases.create(worker_name)
    return worlds.databases.owner_url(worker_name)


@pytest.fixture
def worker_name(request: pytest.FixtureRequest) -> str:
    worker = getattr(request.config, "workerinput", {"workerid": "main"})["workerid"]
    return f"{worker}_engine"


@pytest.fixture
async def engine(url: str) -> AsyncIterator["SQLite | Postgres"]:
    from app.acting import acting_for
    from app.database import engine_from
    from app.settings import get_settings

    engine = engine_from(replace(get_settings(), database_url=url))
    with acting_for(None):
        await engine.start_connection_pool()
        await engine.run_ddl(DECLARATION)
        yield engine
        await engine.close_connection_pool()
