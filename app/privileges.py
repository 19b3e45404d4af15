"""Brings PostgreSQL to what `app/walls.py` declares: the policies, and the privileges of the portal's own role."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.database import Postgres
from app.walls import TABLES, Wall, policies, sees_everything

PRESENT_WALLS = """
SELECT relname AS name, relrowsecurity AS stands, relforcerowsecurity AS forced FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
"""
PRESENT = """
SELECT policyname AS name, tablename AS table FROM pg_policies
WHERE schemaname = current_schema() AND left(policyname, 3) = 'rl_'
"""
GRANTED = """
SELECT relname AS table, privilege_type AS privilege
FROM pg_class CROSS JOIN aclexplode(relacl) AS acl JOIN pg_roles ON pg_roles.oid = acl.grantee
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND rolname = $1
"""
OWN_ROLE = """
SELECT rolname AS name, rolsuper OR rolbypassrls AS unbound FROM pg_roles WHERE rolname = current_user
"""
UNBOUND = (
    "Row-level security does not stop the role {} of DATABASE_URL: use one that is no superuser and has no BYPASSRLS."
)
# In the log, without the privilege to change or delete there: to wait until what is being written stands, and to clear
# away what a seal accounts for; triggers refuse any other row.
SETTLE = """
CREATE OR REPLACE FUNCTION settle_log() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT SET lock_timeout = '500ms'
AS $$ BEGIN LOCK TABLE audit_event IN SHARE MODE; END $$
"""
CLEAR = """
CREATE OR REPLACE FUNCTION clear_log(events bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT
AS $$ BEGIN DELETE FROM audit_event WHERE id = ANY (events); END $$
"""
# Candidates by any part of what they are found by, for who sees everything. LIKE may not look at a row before a policy
# did, so behind the wall the index of parts is of no use; where the owner is another role, that one is not behind it.
FIND = f"""
CREATE OR REPLACE FUNCTION find_candidates(patterns text[], most integer) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT
AS $$
DECLARE condition text;
BEGIN
    IF {sees_everything()} THEN
        SELECT string_agg(format('search_text LIKE %L', pattern), ' AND ') INTO condition
        FROM unnest(patterns) AS pattern;
        RETURN QUERY EXECUTE
            'SELECT id FROM candidate WHERE ' || condition || ' LIMIT ' || coalesce(most::text, 'ALL');
    END IF;
END $$
"""  # noqa: S608 - our own words, and literals that PostgreSQL quotes
FUNCTIONS = {
    "settle_log()": SETTLE,
    "clear_log(bigint[])": CLEAR,
    "find_candidates(text[], integer)": FIND,
}
"""What the portal's role may have done by the owner, and nothing else."""


async def own_role(engine: Postgres) -> str:
    """The role of DATABASE_URL."""
    [row] = await engine.run_sql(OWN_ROLE, [])
    return str(row["name"])


async def warning(engine: Postgres) -> str:
    """A line when the wall does not stop that role; otherwise nothing."""
    [row] = await engine.run_sql(OWN_ROLE, [])
    return UNBOUND.format(row["name"]) if row["unbound"] else ""


async def apply(engine: Postgres, role: str) -> None:
    """In the caller's transaction, by the owner of the tables. `role` is the portal's own: the wall is for whoever
    serves, so the owner is behind it only where that is the same role."""
    [owner] = await engine.run_sql("SELECT current_user AS name, current_schema() AS schema", [])
    apart = owner["name"] != role
    await _enable(engine, forced=not apart)
    await _declare(engine, policies())
    for make in FUNCTIONS.values():
        await engine.run_ddl(make)
    if apart:
        await _grant(engine, role, owner["schema"])


async def _enable(engine: Postgres, *, forced: bool) -> None:
    present = {row["name"]: (row["stands"], row["forced"]) for row in await engine.run_sql(PRESENT_WALLS, [])}
    force = "FORCE" if forced else "NO FORCE"
    for table in (name for name, wall in TABLES.items() if isinstance(wall, Wall)):
        if present[table] != (True, forced):
            await engine.run_ddl(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, {force} ROW LEVEL SECURITY')


async def _declare(engine: Postgres, wanted: Mapping[str, tuple[str, str]]) -> None:
    present = await engine.run_sql(PRESENT, [])
    for row in present:
        if row["name"] not in wanted:
            await engine.run_ddl(f'DROP POLICY {row["name"]} ON "{row["table"]}"')
    for name in wanted.keys() - {row["name"] for row in present}:
        await engine.run_ddl(wanted[name][1])


async def _grant(engine: Postgres, role: str, schema: str) -> None:
    """What it needs of each table, and nothing else: no other right on what is here, nor to make anything."""
    name = _quoted(role)
    [database] = await engine.run_sql("SELECT current_database() AS name", [])
    for statement in (
        f"REVOKE CREATE ON SCHEMA {_quoted(schema)} FROM PUBLIC, {name}",
        f"REVOKE TEMPORARY ON DATABASE {_quoted(database['name'])} FROM PUBLIC, {name}",
        f"GRANT USAGE ON SCHEMA {_quoted(schema)} TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {_quoted(schema)} TO {name}",
        f"REVOKE EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {', '.join(FUNCTIONS)} TO {name}",
    ):
        await engine.run_ddl(statement)
    granted = {(row["table"], row["privilege"]) for row in await engine.run_sql(GRANTED, [role])}
    wanted = {(table, privilege) for table, wall in TABLES.items() for privilege in wall.may}
    await _each(engine, wanted - granted, f'GRANT {{}} ON "{{}}" TO {name}')
    await _each(engine, granted - wanted, f'REVOKE {{}} ON "{{}}" FROM {name}')


async def _each(engine: Postgres, which: Iterable[tuple[Any, Any]], statement: str) -> None:
    for table, privilege in sorted(which):
        await engine.run_ddl(statement.format(privilege, table))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
