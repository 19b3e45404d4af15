"""Brings a database to the newest schema, whole or not at all, however many start at once."""

import contextlib
import io

from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.querystring import QueryString

from app import constraints, privileges
from app.acting import Duty, acting_as
from app.database import Postgres
from app.piccolo_conf import DB

# Any number will do, as long as nothing else in the database locks by it.
ADVISORY_LOCK = 7_206_132_288
PATIENCE = 3600.0  # seconds: an index on a million rows, or another process that is making it


async def migrate() -> list[str]:
    """Runs what has not run yet and brings the constraints up to date, in one transaction: a crash
    leaves the old schema. A second process waits (PostgreSQL: a lock; SQLite: the one writer) and then
    finds nothing to do. Returns the ids of the migrations that ran."""
    role = await privileges.own_role(DB) if isinstance(DB, Postgres) else ""
    with acting_as(Duty.MAINTENANCE):
        return await _migrate(role)


async def _migrate(role: str) -> list[str]:
    async with DB.transaction(allow_nested=True, patience=PATIENCE, as_owner=True):
        if DB.engine_type == "postgres":
            await DB.run_querystring(QueryString("SELECT pg_advisory_xact_lock({})", ADVISORY_LOCK))
        await Migration.create_table(if_not_exists=True)
        before = set(await Migration.get_migrations_which_ran("portaal"))
        with contextlib.redirect_stdout(io.StringIO()) as said:
            result = await ForwardsMigrationManager(app_name="portaal", migration_id="all").run()
        if not result.success:
            raise RuntimeError(f"{result.message}\n{said.getvalue()}")
        await constraints.apply(DB)
        if isinstance(DB, Postgres):
            await privileges.apply(DB, role)
        after = await Migration.get_migrations_which_ran("portaal")
    return [each for each in after if each not in before]


def known_migrations() -> set[str]:
    """Every one that this program has."""
    manager = ForwardsMigrationManager(app_name="portaal", migration_id="all")
    folder = manager.get_app_config("portaal").resolved_migrations_folder_path
    return set(manager.get_migration_ids(manager.get_migration_modules(folder)))


async def is_current() -> bool:
    """Whether every migration that this program knows has run."""
    return known_migrations() <= set(await Migration.get_migrations_which_ran("portaal"))


async def warning() -> str:
    """A line when the second wall is there but does not stop the portal's own role."""
    return await privileges.warning(DB) if isinstance(DB, Postgres) else ""
