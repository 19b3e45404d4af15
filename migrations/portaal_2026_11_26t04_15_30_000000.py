"""Accounts and organisations sort by code point."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder

ID = "2026-11-26T04:15:30:000000"
VERSION = "1.38.0"
DESCRIPTION = "Collation of accounts and organisations"

COLLATE = 'ALTER TABLE {} ALTER COLUMN sort_key TYPE text COLLATE "C"'


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="portaal", description=DESCRIPTION)

    async def run() -> None:
        engine = engine_finder()
        assert engine
        if engine.engine_type == "postgres":
            for table in ("portal_user", "organisation"):
                await engine.run_ddl(COLLATE.format(table))

    manager.add_raw(run)
    return manager
