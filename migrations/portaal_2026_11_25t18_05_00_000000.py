"""Candidates who were there are sorted and found as their enrolments are; codes say when they last changed."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.engine import engine_finder
from piccolo.querystring import QueryString

from app.names import search_text, sort_key

ID = "2026-11-25T18:05:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "Fill what candidates are found by"

CHANGED = "UPDATE paycode SET changed_at = coalesce(used_at, deactivated_at, created_at)"
NAMES = """
    SELECT id, given_name, name_particle, family_name, email, crt_number FROM candidate
    WHERE id > {} ORDER BY id LIMIT 1000
"""
FILL = "UPDATE candidate SET sort_key = {}, search_text = {} WHERE id = {}"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="portaal", description=DESCRIPTION)

    async def run() -> None:
        engine = engine_finder()
        assert engine
        await engine.run_querystring(QueryString(CHANGED))
        last = 0
        while rows := await engine.run_querystring(QueryString(NAMES, last)):
            for row in rows:
                name = row["given_name"], row["name_particle"], row["family_name"]
                found = search_text(*name, row["email"], row["crt_number"] or "")
                await engine.run_querystring(QueryString(FILL, sort_key(*name), found, row["id"]))
            last = rows[-1]["id"]

    manager.add_raw(run)
    return manager
