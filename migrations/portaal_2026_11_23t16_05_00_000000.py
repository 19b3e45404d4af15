"""Names sort by code point on both databases, whatever the locale of the PostgreSQL server."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder
from piccolo.querystring import QueryString

ID = "2026-11-23T16:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Sort by code point"

COLLATE = 'ALTER TABLE enrolment ALTER COLUMN sort_key TYPE text COLLATE "C"'


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="portaal", description=DESCRIPTION)

    async def run() -> None:
        engine = engine_finder()
        if engine and engine.engine_type == "postgres":
            await engine.run_querystring(QueryString(COLLATE))

    manager.add_raw(run)
    return manager
