"""A new database comes to the newest schema whole or not at all, and that schema is the declared one."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.querystring import QueryString

from app import constraints, schema
from app.database import transaction
from app.piccolo_app import APP_CONFIG
from app.piccolo_conf import DB
from app.tables import Enrolment, Organisation
from tests.worlds import Worlds, environment, portaal, portaal_command

COLUMNS = {
    "sqlite": """
        SELECT tables.name AS tablename, columns.name AS name, columns.type AS type, columns."notnull" AS strict,
            (SELECT COUNT(*) FROM pragma_foreign_key_list(tables.name) AS keys WHERE keys."from" = columns.name) AS keys
        FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
        WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%' AND tables.name NOT LIKE 'ix_%'
        ORDER BY 1, 2
    """,
    "postgres": """
        SELECT table_name AS tablename, column_name AS name, is_nullable AS strict,
            data_type || coalesce(character_maximum_length::text, '') AS type
        FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY 1, 2
    """,
}


async def query(sql: str) -> list[dict[str, Any]]:
    return await DB.run_querystring(QueryString(sql))


async def columns() -> dict[tuple[str, str], dict[str, Any]]:
    rows = await query(COLUMNS[DB.engine_type])
    return {(row["tablename"], row["name"]): dict(row) for row in rows if row["tablename"] != "migration"}


async def drop_everything() -> None:
    if DB.engine_type == "postgres":
        await DB.run_ddl("DROP SCHEMA public CASCADE")
        await DB.run_ddl("CREATE SCHEMA public")
        return
    await DB.run_ddl("PRAGMA foreign_keys = 0")
    for row in await query("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"):
        await DB.run_ddl(f'DROP TABLE IF EXISTS "{row["name"]}"')
    await DB.run_ddl("PRAGMA foreign_keys = 1")


async def test_the_migrated_columns_are_the_declared_columns(db: None) -> None:
    migrated = await columns()
    await drop_everything()
    for table in _parents_first():
        await table.create_table()
    declared = await columns()
    assert migrated == declared


def _parents_first() -> list[Any]:
    from piccolo.table import sort_table_classes

    return sort_table_classes(APP_CONFIG.table_classes)


async def test_no_migration_is_missing(db: None) -> None:
    found = await AutoMigrationManager().get_alter_statements(APP_CONFIG)
    assert [statement for part in found for statement in part.statements] == []


async def test_constraints_in_the_database_are_those_declared(db: None) -> None:
    assert set(await constraints.present_names(DB)) == set(constraints.declared(DB.engine_type))


async def test_what_is_no_longer_declared_goes_and_what_is_missing_comes_back(db: None) -> None:
    await DB.run_ddl("DROP INDEX ix_enrolment_candidate")
    await DB.run_ddl("CREATE INDEX ix_left_behind ON candidate (crt_number)")
    await schema.migrate()
    assert set(await constraints.present_names(DB)) == set(constraints.declared(DB.engine_type))


async def test_migrating_twice_changes_nothing(db: None) -> None:
    assert await schema.migrate() == []
    assert await schema.is_current()


@contextmanager
def cut_off(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The connection is lost while the first constraint is made."""

    async def fail(*_: Any) -> None:
        raise ConnectionError("cut off")

    with monkeypatch.context() as patched:
        patched.setattr(constraints, "make", fail)
        with pytest.raises(ConnectionError):
            yield


async def test_a_failure_halfway_leaves_nothing_behind(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    await drop_everything()
    with cut_off(monkeypatch):
        await schema.migrate()
    assert await columns() == {}
    assert len(await schema.migrate()) >= 2


async def test_what_was_cut_off_is_known_to_be_and_goes_on(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    await DB.run_ddl("DROP INDEX ix_enrolment_candidate")
    await DB.run_ddl("DELETE FROM migration WHERE app_name = 'portaal_constraints'")
    with cut_off(monkeypatch):
        await schema.migrate()
    assert not await schema.is_current()
    await schema.migrate()
    assert await schema.is_current()
    assert "ix_enrolment_candidate" in await constraints.present_names(DB)


async def test_three_that_start_at_once_all_come_up(worlds: Worlds) -> None:
    worlds.databases.create("together")
    url = worlds.databases.url("together")
    starts = [
        await asyncio.create_subprocess_exec(
            *portaal_command("migrate"),
            env=environment(url),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        for _ in range(3)
    ]
    said = [(await start.communicate())[0].decode() for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0], said
    assert sum("migrations ran" in line for line in said) == 1
    assert "up to date" in portaal("migrate", database_url=url)


async def test_names_sort_by_code_point_on_both(db: None) -> None:
    catalogue = {
        "sqlite": "SELECT 'C' AS collation, 4 AS columns",
        "postgres": """
            SELECT collname AS collation, COUNT(*) AS columns
            FROM pg_attribute JOIN pg_collation ON pg_collation.oid = attcollation
            WHERE attname = 'sort_key' AND attrelid IN (
                'candidate'::regclass, 'enrolment'::regclass, 'organisation'::regclass, 'portal_user'::regclass
            )
            GROUP BY 1
        """,
    }
    assert [dict(row) for row in await query(catalogue[DB.engine_type])] == [{"collation": "C", "columns": 4}]


# What the database refuses, whoever asks.


@pytest.mark.parametrize(
    "values",
    [
        {"code": "nwt", "name": "Kleine letters"},
        {"code": "NW", "name": "Te kort"},
    ],
)
async def test_an_organisation_code_is_three_capitals(db: None, values: dict[str, str]) -> None:
    with pytest.raises(Exception, match="ck_organisation_code"):
        await Organisation.insert(Organisation(code=values["code"], name=values["name"]))


async def test_a_used_code_is_never_deactivated(demo: None) -> None:
    used = await query("SELECT id FROM paycode WHERE used_at IS NOT NULL LIMIT 1")
    with pytest.raises(Exception, match="ck_paycode_deactivated"):
        await query(f"UPDATE paycode SET deactivated_at = used_at WHERE id = {used[0]['id']}")


async def test_a_fact_never_changes(demo: None) -> None:
    with pytest.raises(Exception, match="tr_step_result_never_changes"):
        await query("UPDATE step_result SET outcome = 'passed'")


async def test_the_codes_of_a_batch_follow_it(demo: None) -> None:
    [batch] = await query("SELECT id, contact_name FROM batch ORDER BY id LIMIT 1")
    await query(f"UPDATE batch SET contact_name = 'Iemand anders' WHERE id = {batch['id']}")
    codes = await query(f"SELECT contact_name FROM paycode WHERE batch = {batch['id']}")
    assert {code["contact_name"] for code in codes} == {"Iemand anders"}


async def test_a_code_cannot_say_what_its_batch_does_not(demo: None) -> None:
    with pytest.raises(Exception, match="tr_paycode_copies_update"):
        await query("UPDATE paycode SET contact_name = 'Iemand anders'")


async def test_a_new_code_says_what_its_batch_says(demo: None) -> None:
    columns = "batch, organisation, route, profile, contact_name, search_text, created_at, expires_at"
    twin = f"INSERT INTO paycode (code, reference, {columns}) SELECT 'A234567812345678', {{}}, {columns} FROM paycode"
    with pytest.raises(Exception, match=r"tr_paycode_copies_insert|tr_paycodes_copy_batch"):
        await query(twin.format("'Anders'") + " LIMIT 1")
    await query(twin.format("reference") + " LIMIT 1")


async def test_one_open_enrolment_per_person_and_route(demo: None) -> None:
    first = await Enrolment.select().where(Enrolment.state == "running").first()
    assert first
    twin = {name: value for name, value in first.items() if name != "id"} | {"number": "TWEEMAAL"}
    with pytest.raises(Exception, match=r"ux_enrolment_open|UNIQUE constraint failed: enrolment\.candidate"):
        await Enrolment.insert(Enrolment(**twin))


async def test_an_audit_event_stays_as_it_was(db: None) -> None:
    await query(
        "INSERT INTO audit_event (at, action, object_type, origin)"
        " VALUES ('2026-01-01 00:00:00+00:00', 'view', 'log', 'portaal')"
    )
    with pytest.raises(Exception, match="tr_audit_event_never_changes"):
        await query("UPDATE audit_event SET action = 'none'")
    with pytest.raises(Exception, match="tr_audit_event_kept"):
        await query("DELETE FROM audit_event")


async def test_a_failed_statement_undoes_the_whole_transaction(db: None) -> None:
    async def one_good_one_bad() -> None:
        async with transaction():
            await Organisation.insert(Organisation(code="AAA", name="Blijft niet"))
            await Organisation.insert(Organisation(code="aaa", name="Mag niet"))

    with pytest.raises(Exception, match="ck_organisation_code"):
        await one_good_one_bad()
    assert not await Organisation.exists().where(Organisation.code == "AAA")
