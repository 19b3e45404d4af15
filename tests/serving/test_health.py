"""Whoever watches hears whether the portal lives and can serve, and no more."""

import time
from typing import Any

import pytest
import structlog
from httpx import AsyncClient, Response

from app import health
from tests.clients import visitor

NOT = (503, "niet gereed", "10")


def told(answer: Response) -> tuple[int, str, str]:
    return answer.status_code, answer.text, answer.headers.get("retry-after", "")


async def asked(application: Any) -> tuple[int, str, str]:
    watcher = visitor(application)
    watcher.event_hooks = {}  # a 503 is what is asked for
    return told(await watcher.get("/gereed"))


async def test_it_lives_and_is_ready_for_whoever_asks(client: AsyncClient, demo_readonly: None) -> None:
    assert told(await client.get("/gezond")) == (200, "gezond", "")
    assert told(await client.get("/gereed")) == (200, "gereed", "")


async def test_with_an_older_schema_it_is_not_ready(application: Any, db: None) -> None:
    from piccolo.apps.migrations.tables import Migration

    last = max(await Migration.get_migrations_which_ran("portaal"))
    await as_owner(f"DELETE FROM migration WHERE name = '{last}'")
    with structlog.testing.capture_logs() as logs:
        assert [await asked(application) for _ in range(2)] == [NOT, NOT]
    assert [(each["event"], each["reason"]) for each in logs] == [("not_ready", "schema")]


async def as_owner(statement: str) -> None:
    from app.database import transaction
    from app.piccolo_conf import DB

    async with transaction(as_owner=True):
        await DB.run_ddl(statement)


async def test_on_a_full_disk_it_is_not_ready(
    application: Any, demo_readonly: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LEAST_FREE", 1 << 62)
    assert await asked(application) == NOT
    monkeypatch.undo()
    assert (await asked(application))[0] == 200


async def test_a_database_that_lacks_a_table_is_no_failure(application: Any, db: None) -> None:
    await as_owner("ALTER TABLE migration RENAME TO lost")
    started = time.monotonic()
    assert await asked(application) == NOT
    assert time.monotonic() - started < health.PATIENCE + 1
