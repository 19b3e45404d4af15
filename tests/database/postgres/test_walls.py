"""The second wall: what the portal's own role sees, changes and may do, asked over a bare connection."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from httpx import AsyncClient

from app import schema
from app.access import EVERYTHING, Access
from app.acting import Acting, Duty, acting_as, acting_for
from app.audit import record
from app.clock import now
from app.database import Postgres, together
from app.mail.outbox import Letter, queue
from app.piccolo_conf import DB
from app.settings import get_settings
from app.tables import (
    AuditEvent,
    Candidate,
    Disclosure,
    DisclosureKind,
    Download,
    DownloadChunk,
    Enrolment,
    Import,
    ImportKind,
    ImportRow,
    Organisation,
    Paycode,
    PaycodeChange,
    PaycodeEvent,
    Role,
    User,
)
from app.walls import ANYWHERE, TABLES, Open, Wall
from tests.clients import sign_in
from tests.worlds import Worlds, portaal

WALLS = {table: wall for table, wall in TABLES.items() if isinstance(wall, Wall)}
Connection = Any


@pytest.fixture
async def connection(demo: None) -> AsyncIterator[Connection]:
    """As the portal connects, with nothing told."""
    await fill_what_the_demo_leaves_empty()
    connection = await asyncpg.connect(get_settings().database_url, ssl="disable")
    yield connection
    await connection.close()


async def fill_what_the_demo_leaves_empty() -> None:
    anna, [code] = await user("anna.smit"), await Paycode.select(Paycode.id).limit(1)
    await record(None, "view", "enrolment", 1)
    await queue(Letter.LINK_ENDED, "iemand@example.org", enrolment=1)
    await PaycodeEvent.insert(PaycodeEvent(paycode=code["id"], change=PaycodeChange.DEACTIVATED, at=now()))
    await Disclosure.insert(Disclosure(at=now(), kind=next(iter(DisclosureKind)), block=0, members=b"\x01"))
    [download] = await Download.insert(Download(user=anna, kind="kandidaten", file_name="x", rows=1, created_at=now()))
    await DownloadChunk.insert(DownloadChunk(download=download["id"], position=0, content=b"x"))
    [file] = await Import.insert(Import(kind=ImportKind.ENROLMENTS, user=anna, file_hash="x", created_at=now()))
    await ImportRow.insert(ImportRow(import_=file["id"], row=1))


@asynccontextmanager
async def on_behalf_of(connection: Connection, acting: Acting) -> AsyncIterator[None]:
    """What is done inside is undone."""
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(f"SELECT 1{acting.told}")
    try:
        yield
    finally:
        await transaction.rollback()


async def ids(connection: Connection, table: str) -> set[int]:
    return {row["id"] for row in await connection.fetch(f'SELECT id FROM "{table}"')}


async def really(condition: str, table: str) -> set[int]:
    """Asked behind the wall."""
    return {row["id"] for row in await DB.run_sql(f'SELECT id FROM "{table}" WHERE {condition}', [])}


async def organisation(code: str) -> int:
    row = await Organisation.select(Organisation.id).where(Organisation.code == code).first()
    assert row
    return int(row["id"])


async def user(username: str) -> int:
    row = await User.select(User.id).where(User.username == username).first()
    assert row
    return int(row["id"])


# What is declared is in the database


async def test_every_table_has_its_policies_or_stands_on_the_list_of_open_ones(demo_readonly: None) -> None:
    rows = await DB.run_sql(
        """
        SELECT relname AS name, relrowsecurity AS stands, relforcerowsecurity AS forced,
            ARRAY(SELECT DISTINCT cmd FROM pg_policies WHERE tablename = relname ORDER BY cmd) AS verbs
        FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
        """,
        [],
    )
    assert {row["name"] for row in rows} == set(TABLES)
    verbs = ["DELETE", "INSERT", "SELECT", "UPDATE"]
    walled = {row["name"]: row["forced"] for row in rows if row["stands"] and row["verbs"] == verbs}
    assert walled == dict.fromkeys(WALLS, False), "whoever owns them, here another role, is not behind it"
    assert all(table.why for table in TABLES.values() if isinstance(table, Open))


async def test_the_portals_role_is_nobody_special(connection: Connection) -> None:
    role = await connection.fetchrow("SELECT * FROM pg_roles WHERE rolname = current_user")
    special = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")
    assert not any(role[name] for name in special)
    assert await connection.fetch("SELECT 1 FROM pg_class WHERE pg_get_userbyid(relowner) = current_user") == []
    member = "SELECT 1 FROM pg_auth_members WHERE member = current_user::regrole"
    assert await connection.fetch(member) == []


async def test_it_has_the_privileges_that_are_declared_and_no_other(connection: Connection) -> None:
    rows = await connection.fetch(
        """
        SELECT relname, privilege FROM pg_class
        CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
            AS privilege
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND has_table_privilege(pg_class.oid, privilege)
        """
    )
    declared = {(table, privilege) for table, wall in TABLES.items() for privilege in wall.may}
    assert {tuple(row) for row in rows} == declared


# Nobody, and one of many


async def test_on_nobodys_behalf_there_is_nothing(connection: Connection) -> None:
    for table in WALLS:
        assert await really("true", table), f"{table} must have a row to hide"
        assert await ids(connection, table) == set(), table


@pytest.mark.parametrize("code", ["NWT", "ZPI"])
async def test_a_manager_sees_of_each_table_what_is_the_organisations(connection: Connection, code: str) -> None:
    ours, anna = await organisation(code), await user("anna.smit")
    linked = f"IN (SELECT id FROM enrolment WHERE organisation = {ours})"
    expected = {
        "candidate": f"id IN (SELECT candidate FROM enrolment WHERE organisation = {ours})",
        "step_result": f"enrolment {linked}",
        "certificate": f"enrolment {linked}",
        "import_row": f'"import" IN (SELECT id FROM import WHERE "user" = {anna})',
        "download_chunk": f'download IN (SELECT id FROM download WHERE "user" = {anna})',
        **dict.fromkeys(("enrolment", "unlinking", "batch", "paycode"), f"organisation = {ours}"),
        **dict.fromkeys(("import", "download"), f'"user" = {anna}'),
        **dict.fromkeys(("paycode_event", "mail", "disclosure", "audit_event"), "false"),
    }
    async with on_behalf_of(connection, Acting(anna, (ours,))):
        for table in WALLS:
            assert await ids(connection, table) == await really(expected[table], table), table
        assert await ids(connection, "enrolment")


async def test_an_enrolment_manager_sees_who_is_linked_and_nothing_of_how_they_do(connection: Connection) -> None:
    ours = await organisation("NWT")
    async with on_behalf_of(connection, Acting(await user("dirk.visser"), (), (ours,))):
        assert await ids(connection, "enrolment") == await really(f"organisation = {ours}", "enrolment")
        for table in WALLS.keys() - {"enrolment"}:
            assert await ids(connection, table) == set(), table


async def test_an_administrator_sees_all(connection: Connection) -> None:
    async with on_behalf_of(connection, Acting(await user("beheerder"), everywhere=True)):
        for table in WALLS:
            assert await ids(connection, table) == await really("true", table), table


@pytest.mark.parametrize("duty", list(Duty))
async def test_a_duty_reaches_the_tables_that_name_it_and_no_other(connection: Connection, duty: Duty) -> None:
    reached = {table for table, wall in WALLS.items() if duty in (*ANYWHERE, *wall.duties, *wall.readers)}
    async with on_behalf_of(connection, Acting(duty=duty)):
        assert {table for table in WALLS if await ids(connection, table)} == reached


async def test_only_who_sees_everything_finds_candidates_by_a_part_of_their_name(connection: Connection) -> None:
    find = "SELECT find_candidates(ARRAY['%jan%', '%e%'], NULL) AS id"
    found = await really("search_text LIKE '%jan%' AND search_text LIKE '%e%'", "candidate")
    async with on_behalf_of(connection, Acting(1, everywhere=True)):
        assert {row["id"] for row in await connection.fetch(find)} == found
        assert len(await connection.fetch("SELECT find_candidates(ARRAY['%'], 3)")) == 3
        assert await connection.fetch("SELECT find_candidates(ARRAY[$1], 3)", "%' OR '1' = '1") == []
        told = await connection.fetch("EXPLAIN SELECT id FROM candidate WHERE search_text LIKE '%jan%'")
        assert "ix_candidate_search" not in str(told), "then the function is no longer needed"
    for other in (Acting(), Acting(1, (await organisation("NWT"),)), Acting(duty=Duty.MAIL)):
        async with on_behalf_of(connection, other):
            assert await connection.fetch(find) == []


async def test_how_rare_a_word_is_is_known_to_who_searches_by_it(demo: None) -> None:
    """Otherwise all that the index has of a word that everybody has is read before the first of them."""
    assert isinstance(DB, Postgres)
    owner = await DB.connect(as_owner=True)
    try:
        await owner.execute("ANALYZE candidate")
        told = await owner.fetch("EXPLAIN SELECT id FROM candidate WHERE search_text LIKE '%example%' LIMIT 3")
    finally:
        await owner.close()
    everybody = await Candidate.count()
    expected = int(re.findall(r"rows=(\d+)", "\n".join(row[0] for row in told))[-1])
    assert expected > everybody / 2


# Changing


async def test_a_manager_changes_nothing_of_ones_own_or_of_others(connection: Connection) -> None:
    ours = await organisation("NWT")
    async with on_behalf_of(connection, Acting(await user("anna.smit"), (ours,))):
        for table in ("enrolment", "candidate", "unlinking", "certificate", "batch"):
            assert await connection.execute(f"UPDATE {table} SET id = id") == "UPDATE 0", table
        for table in ("enrolment", "candidate", "unlinking", "certificate", "batch"):
            assert await connection.execute(f"DELETE FROM {table}") == "DELETE 0", table


@pytest.mark.parametrize("table", ["enrolment", "candidate", "paycode", "batch", "unlinking", "step_result", "mail"])
async def test_a_row_of_another_cannot_be_added(connection: Connection, table: str) -> None:
    """The outbox takes a letter of anybody, and shows none."""
    ours, theirs = await organisation("NWT"), await organisation("ZPI")
    columns = {"organisation": theirs} if table not in {"candidate", "step_result", "mail"} else {}
    row = await DB.run_sql(f"SELECT * FROM {table} LIMIT 1", [])
    values = {name: value for name, value in row[0].items() if name != "id"} | columns
    names = ", ".join(f'"{name}"' for name in values)
    places = ", ".join(f"${place}" for place in range(1, len(values) + 1))
    statement = f"INSERT INTO {table} ({names}) VALUES ({places})"
    async with on_behalf_of(connection, Acting(await user("anna.smit"), (ours,))):
        if table == "mail":
            assert await connection.execute(statement, *values.values()) == "INSERT 0 1"
            statement += " RETURNING id"
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute(statement, *values.values())


async def test_who_unlinks_reaches_what_is_linked_nowhere_or_here_and_can_link_it_nowhere_else(
    connection: Connection,
) -> None:
    ours, theirs = await organisation("NWT"), await organisation("ZPI")
    acting = Acting(await user("anna.smit"), (ours,), duty=Duty.UNLINKING)
    async with on_behalf_of(connection, acting):
        reached = await connection.fetch("UPDATE enrolment SET changed_at = now() RETURNING id")
        within = f"organisation IS NULL OR organisation = {ours}"
        assert {row["id"] for row in reached} == await really(within, "enrolment")
    async with on_behalf_of(connection, acting):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute(f"UPDATE enrolment SET organisation = {theirs} WHERE organisation = {ours}")


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE enrolment DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE enrolment NO FORCE ROW LEVEL SECURITY",
        "CREATE POLICY mine ON enrolment USING (true)",
        "ALTER TABLE enrolment ADD COLUMN mine text",
        "DROP TABLE enrolment",
        "TRUNCATE enrolment CASCADE",
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "SET ROLE portaal_owner",
        "SET ROLE postgres",
        "SET SESSION AUTHORIZATION portaal_owner",
        "ALTER TABLE audit_event DISABLE TRIGGER ALL",
        "UPDATE audit_event SET action = 'none'",
        "DELETE FROM audit_event",
        "UPDATE audit_seal SET hash = ''",
        "DELETE FROM audit_seal",
        "DELETE FROM step_result",
        "DELETE FROM paycode",
        "DELETE FROM migration",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY enrolment TO PROGRAM 'cat'",
    ],
)
async def test_what_the_portals_role_may_not_do(connection: Connection, statement: str) -> None:
    await schema.migrate()  # a copy of a database has privileges of its own
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(statement)


async def test_policies_can_be_dropped_or_switched_off_by_nobody_but_the_owner(connection: Connection) -> None:
    for name in await connection.fetch("SELECT policyname AS name, tablename AS of FROM pg_policies LIMIT 3"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f'DROP POLICY {name["name"]} ON "{name["of"]}"')
    await connection.execute("SET row_security = off")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="would be affected by row-level security"):
        await connection.fetch("SELECT id FROM enrolment")


async def test_nothing_slips_in_before_a_seal_on_nobodys_behalf_either(connection: Connection) -> None:
    """The trigger that sees to it looks at what whoever adds an event may not see."""
    event = await AuditEvent.select(AuditEvent.id).order_by(AuditEvent.id, ascending=False).first()
    assert event
    await DB.run_sql(
        "INSERT INTO audit_seal (day, first_event, last_event, events, previous_hash, hash, sealed_at)"
        f" VALUES ('2026-01-01', 1, {event['id']}, 1, '', '', now())",
        [],
    )
    added = "INSERT INTO audit_event (at, action, object_type, origin) VALUES ({}, 'view', 'log', 'portaal')"
    with pytest.raises(asyncpg.CheckViolationError, match="tr_audit_event_not_before_a_seal"):
        await connection.execute(added.format("'2020-01-01'"))
    await connection.execute(added.format("now() + interval '1 hour'"))
    assert await connection.fetchval("SELECT current_setting('app.duty', true)") in {None, ""}


# On whose behalf, in the portal


async def told(connection: Connection) -> set[str]:
    setting = "SELECT coalesce(current_setting($1, true), '')"
    return {await connection.fetchval(setting, f"app.{name}") for name in Acting().settings}


async def test_nothing_stays_on_a_connection_of_the_pool(demo: None) -> None:
    assert isinstance(DB, Postgres)
    await DB.close_connection_pool()
    await DB.start_connection_pool(min_size=1, max_size=1)
    ours = await organisation("NWT")
    with acting_for(Access(7, frozenset({Role.ORGANISATION_MANAGER}), (ours,))):
        assert {row["organisation"] for row in await Enrolment.select(Enrolment.organisation)} == {ours}
        with pytest.raises(ZeroDivisionError):
            async with DB.transaction():
                await Enrolment.count()
                raise ZeroDivisionError
        with pytest.raises(asyncpg.DivisionByZeroError):
            await Enrolment.raw("SELECT 1 / 0")
        async with together():
            assert await Enrolment.count()
    assert DB.pool is not None
    async with DB.pool.acquire() as connection:
        assert await told(connection) == {""}
    with acting_for(None):
        assert await Enrolment.count() == 0


async def test_within_one_transaction_a_duty_begins_and_ends(demo_readonly: None) -> None:
    ours = await organisation("NWT")
    with acting_for(Access(7, frozenset({Role.ORGANISATION_MANAGER}), (ours,))):
        async with together():
            own = await Enrolment.count()
            with acting_as(Duty.ENROLMENT):
                everybody = await Enrolment.count()
            assert await Enrolment.count() == own < everybody


async def test_a_page_that_forgets_the_first_wall_shows_nothing_of_others(
    demo_readonly: None, client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(client, "carla.jansen")
    mine = (await client.get("/overzicht")).text
    foreign = await Enrolment.select(Enrolment.id).where(Enrolment.organisation == await organisation("NWT")).first()
    assert foreign
    monkeypatch.setattr(Access, "enrolments", EVERYTHING)
    monkeypatch.setattr(Access, "paycodes", EVERYTHING)
    assert _count_line((await client.get("/overzicht")).text) == _count_line(mine)
    assert (await client.get(f"/deelnames/{foreign['id']}")).status_code == 404
    assert "NWT" not in (await client.get("/betaalcodes")).text


def _count_line(page: str) -> str:
    return page.split('id="aantal"', 1)[1].split("</", 1)[0].split(">", 1)[1].strip()


async def test_one_role_that_does_it_all_stands_behind_the_wall_too(worlds: Worlds) -> None:
    worlds.databases.create("one-role")
    url = worlds.databases.owner_url("one-role")
    portaal("migrate", database_url=url)
    portaal("demo", database_url=url)
    assert "up to date" in portaal("migrate", database_url=url)
    connection = await asyncpg.connect(url, ssl="disable")
    try:
        for table in WALLS:
            assert await ids(connection, table) == set(), table
        async with on_behalf_of(connection, Acting(duty=Duty.MAINTENANCE)):
            assert await ids(connection, "enrolment")
    finally:
        await connection.close()


async def test_candidates_of_others_have_no_name_in_a_join(connection: Connection) -> None:
    ours = await organisation("NWT")
    async with on_behalf_of(connection, Acting(1, (ours,))):
        rows = await connection.fetch(
            "SELECT candidate.email FROM paycode LEFT JOIN enrolment ON enrolment.id = paycode.used_by"
            " LEFT JOIN candidate ON candidate.id = enrolment.candidate WHERE paycode.organisation = $1",
            ours,
        )
        addresses = {row["email"] for row in rows} - {None}
        theirs = await Candidate.select(Candidate.email).where(
            Candidate.id.is_in(Enrolment.select(Enrolment.candidate).where(Enrolment.organisation == ours))
        )
    assert addresses <= {row["email"] for row in theirs}
