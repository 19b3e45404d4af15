"""Accounts and organisations that were there are sorted as candidates are."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder
from piccolo.querystring import QueryString

from app.names import fold, sort_key

ID = "2026-11-26T04:16:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Fill the sort keys of accounts and organisations"

PEOPLE = "SELECT id, given_name, name_particle, family_name FROM portal_user"
ORGANISATIONS = "SELECT id, name FROM organisation"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="portaal", description=DESCRIPTION)

    async def run() -> None:
        engine = engine_finder()
        assert engine
        for row in await engine.run_querystring(QueryString(PEOPLE)):
            found = sort_key(row["given_name"], row["name_particle"], row["family_name"])
            filled = QueryString("UPDATE portal_user SET sort_key = {} WHERE id = {}", found, row["id"])
            await engine.run_querystring(filled)
        for row in await engine.run_querystring(QueryString(ORGANISATIONS)):
            filled = QueryString("UPDATE organisation SET sort_key = {} WHERE id = {}", fold(row["name"]), row["id"])
            await engine.run_querystring(filled)

    manager.add_raw(run)
    return manager
