"""Brings a database to the newest schema, however many start at once, while the release before this one serves."""

import asyncio
import contextlib
import hashlib
import io
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

import asyncpg
from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration

from app import constraints, privileges
from app.acting import Duty, acting_as
from app.database import Postgres
from app.piccolo_conf import DB
from app.walls import policies

# Any number will do, as long as nothing else in the database locks by it.
ADVISORY_LOCK = 7_206_132_288
PATIENCE = 3600.0  # seconds: an index on a million rows, or another process that is making it
# Whoever waits for a table keeps all those waiting who come later. So a step lets them go first, and long before
# PostgreSQL would look for a deadlock (after a second): whom it ends then might be somebody who reads.
LOCK_TIMEOUT = "300ms"
PAUSE = 0.2
COMPLETE = "portaal_constraints"
"""Kept beside the migrations that ran: to which constraints and policies the database was brought."""

Step = Callable[[], Awaitable[None]]


async def migrate() -> list[str]:
    """Runs what has not run yet and brings the constraints up to date. A second process waits, and then finds nothing
    to do. Returns the ids of the migrations that ran.

    A new database gets all of it or nothing, and so does SQLite, where readers go on beside the one writer. In
    PostgreSQL each step is all or nothing, so that nobody who reads waits for longer than one takes; killed between
    two, the next start goes on."""
    role = await privileges.own_role(DB) if isinstance(DB, Postgres) else ""
    with acting_as(Duty.MAINTENANCE):
        async with _alone():
            return await _migrate(role)


async def _migrate(role: str) -> list[str]:
    async with DB.transaction(allow_nested=True, patience=PATIENCE, as_owner=True):
        await Migration.create_table(if_not_exists=True)
        ran = set(await Migration.get_migrations_which_ran("portaal"))
        pending = sorted(known_migrations() - ran)
        if not ran or not isinstance(DB, Postgres):
            async for step in _steps(pending, role):
                await step()
            return pending
    async for step in _steps(pending, role):
        await _let_readers_go_first(step)
    return pending


async def _steps(pending: list[str], role: str) -> AsyncIterator[Step]:
    for migration in pending:
        yield partial(_run, migration)
    for statements in await constraints.changes(DB):
        yield partial(constraints.make, DB, statements)
    if isinstance(DB, Postgres):
        yield partial(privileges.apply, DB, role)
    yield _note_complete


async def _run(migration: str) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as said:
        result = await ForwardsMigrationManager(app_name="portaal", migration_id=migration).run()
    if not result.success:
        raise RuntimeError(f"{result.message}\n{said.getvalue()}")


async def _let_readers_go_first(step: Step) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            async with DB.transaction(allow_nested=True, patience=PATIENCE, as_owner=True):
                await DB.run_ddl(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                return await step()
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            if time.monotonic() > until:
                raise
        await asyncio.sleep(PAUSE)


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    """Of all processes that bring this PostgreSQL up to date; SQLite has one writer anyway."""
    if not isinstance(DB, Postgres):
        yield
        return
    connection = await DB.connect(as_owner=True)
    try:
        await connection.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        await connection.fetch("SELECT pg_advisory_lock($1)", ADVISORY_LOCK, timeout=PATIENCE)
        yield
    finally:
        await connection.close()


async def _note_complete() -> None:
    """Last, so that what was cut off is known to be."""
    if _declared() not in await Migration.get_migrations_which_ran(COMPLETE):
        await Migration.insert(Migration(name=_declared(), app_name=COMPLETE))


def _declared() -> str:
    """Of all names, which change with what they stand for."""
    names = [*constraints.declared(DB.engine_type), *(policies() if isinstance(DB, Postgres) else ())]
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()


def known_migrations() -> set[str]:
    """Every one that this program has."""
    manager = ForwardsMigrationManager(app_name="portaal", migration_id="all")
    folder = manager.get_app_config("portaal").resolved_migrations_folder_path
    return set(manager.get_migration_ids(manager.get_migration_modules(folder)))


async def is_current() -> bool:
    """Whether every migration that this program knows has run, and its constraints are there."""
    ran = set(await Migration.get_migrations_which_ran())
    return known_migrations() | {_declared()} <= ran


async def warning() -> str:
    """A line when the second wall is there but does not stop the portal's own role."""
    return await privileges.warning(DB) if isinstance(DB, Postgres) else ""
