"""What Piccolo cannot declare: checks, compound, partial and covering indexes, triggers.

`declared(engine)` is the whole list for an engine, by name. `apply()` brings a database to it: what is
missing is made, what is no longer listed goes. A changed definition therefore gets a new name.
"""

from collections.abc import Sequence
from typing import Any

from piccolo.engine.base import Engine
from piccolo.querystring import QueryString

from app.constraints.checks import checks
from app.constraints.definition import Definition
from app.constraints.indexes import indexes, search
from app.constraints.triggers import FOLLOWS_FROM_BATCH, kept, triggers


def declared(engine_type: str) -> dict[str, Definition]:
    parts = (
        checks(engine_type),
        indexes(engine_type),
        search(engine_type),
        triggers(engine_type),
        kept(engine_type),
    )
    return {each.name: each for part in parts for each in part}


async def apply(engine: Engine[Any]) -> None:
    """Runs inside the caller's transaction."""
    for statements in await changes(engine):
        await make(engine, statements)


async def changes(engine: Engine[Any]) -> list[Sequence[str]]:
    """What is still to be done: each of these makes one object or drops one. What takes a place comes before what had
    it."""
    wanted = declared(engine.engine_type)
    present = await present_names(engine)
    missing: list[Sequence[str]] = [definition.make for name, definition in wanted.items() if name not in present]
    return missing + [(drop,) for name, drop in present.items() if name not in wanted]


async def make(engine: Engine[Any], statements: Sequence[str]) -> None:
    for statement in statements:
        await engine.run_ddl(statement)


async def present_names(engine: Engine[Any]) -> dict[str, str]:
    """Of the objects that this list governs: name → the statement that drops it."""
    rows = await engine.run_querystring(QueryString(CATALOGUE[engine.engine_type]))
    return {row["name"]: row["removal"] for row in rows}


CATALOGUE = {
    "sqlite": """
        SELECT name, 'DROP ' || type || ' "' || name || '"' AS removal FROM sqlite_master
        WHERE substr(name, 1, 3) IN ('ck_', 'ux_', 'ix_', 'tr_')
            AND (type IN ('index', 'trigger') OR sql LIKE 'CREATE VIRTUAL TABLE %')
    """,
    "postgres": f"""
        SELECT conname AS name,
            'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || conname AS removal
        FROM pg_constraint
        WHERE (left(conname, 3) = 'ck_' OR conname IN {FOLLOWS_FROM_BATCH})
            AND connamespace = current_schema()::regnamespace
        UNION ALL
        SELECT indexname, 'DROP INDEX ' || indexname
        FROM pg_indexes
        WHERE left(indexname, 3) IN ('ux_', 'ix_') AND schemaname = current_schema()
        UNION ALL
        SELECT tgname, 'DROP TRIGGER ' || tgname || ' ON ' || tgrelid::regclass
        FROM pg_trigger
        JOIN pg_class ON pg_class.oid = tgrelid
        WHERE left(tgname, 3) = 'tr_' AND relnamespace = current_schema()::regnamespace
    """,
}
