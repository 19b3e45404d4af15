"""Brings a database to the newest schema, whole or not at all, however many start at once."""

import contextlib
import io

from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.querystring import QueryString

from app import constraints
from app.piccolo_conf import DB

# Any number will do, as long as nothing else in the database locks by it.
ADVISORY_LOCK = 7_206_132_288
PATIENCE = 3600.0  # seconds: an index on a million rows, or another process that is making it


async def migrate() -> list[str]:
    """Runs what has not run yet and brings the constraints up to date, in one transaction: a crash
    leaves the old schema. A second process waits (PostgreSQL: a lock; SQLite: the one writer) and then
    finds nothing to do. Returns the ids of the migrations that ran."""
    async with DB.transaction(allow_nested=True, patience=PATIENCE):
        if DB.engine_type == "postgres":
            await DB.run_querystring(QueryString("SELECT pg_advisory_xact_lock({})", ADVISORY_LOCK))
        await Migration.create_table(if_not_exists=True)
        before = set(await Migration.get_migrations_which_ran("portaal"))
        with contextlib.redirect_stdout(io.StringIO()) as said:
            result = await ForwardsMigrationManager(app_name="portaal", migration_id="all").run()
        if not result.success:
            raise RuntimeError(f"{result.message}\n{said.getvalue()}")
        await constraints.apply(DB)
        after = await Migration.get_migrations_which_ran("portaal")
    return [each for each in after if each not in before]


async def is_current() -> bool:
    """Whether every migration that this program knows has run."""
    manager = ForwardsMigrationManager(app_name="portaal", migration_id="all")
    app_config = manager.get_app_config("portaal")
    known = manager.get_migration_ids(manager.get_migration_modules(app_config.resolved_migrations_folder_path))
    return set(known) <= set(await Migration.get_migrations_which_ran("portaal"))
