"""The drill on PostgreSQL, with its own programs: dumped while people work, put back on an empty server, and everything
is as it was at one moment; the second wall stands and people get in."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from httpx import Client

from tests.benchmarks.pages import sign_in
from tests.faults.work import DOMAIN, working
from tests.instances import Start
from tests.postgres import OWNER, PORTAL, Server, as_postgres, free_port
from tests.worlds import PostgresDatabases, Worlds, portaal

COUNTS = """
SELECT table_name, (xpath('/row/n/text()', query_to_xml(format('SELECT COUNT(*) AS n FROM %I', table_name),
    false, true, '')))[1] FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
"""
WALL = """
SELECT tablename || ': ' || policyname || ' ' || coalesce(qual, '') FROM pg_policies
UNION ALL SELECT relname || ': ' || relrowsecurity || relforcerowsecurity || coalesce(relacl::text, '')
    || pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
UNION ALL SELECT conrelid::regclass || ': ' || conname || convalidated FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT tablename || ': ' || indexname FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT tgrelid::regclass || ': ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
"""


@pytest.fixture
def dump() -> Iterator[Path]:
    """Where a role that may not read the tests' own folder can write."""
    with tempfile.TemporaryDirectory(prefix="portaal-dump-") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder) / "portaal.dump"


@contextmanager
def another(server: Server) -> Iterator[Server]:
    """An empty server, with the same roles."""
    other = Server(server.folder.parent / "other", free_port())
    other.start()
    try:
        yield other
    finally:
        other.stop()


def program(server: Server, name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(as_postgres(name, *arguments), cwd=server.folder, check=False, capture_output=True, text=True)


def test_the_drill(own_server: Server, own_worlds: Worlds, start: Start, dump: Path, tmp_path: Path) -> None:
    _, url = start(own_worlds, "portaal", workers=2)
    with working(url) as work:
        work.wait(2)
        before = len(work.enrolled)
        made = program(own_server, "pg_dump", "--format=custom", f"--file={dump}", own_server.url("portaal", OWNER))
        assert made.returncode == 0, made.stderr
        after = len(work.enrolled) + 2  # two were enrolling
        work.wait(1)
    with another(own_server) as server:
        server.execute(f"CREATE DATABASE portaal OWNER {OWNER}")
        put_back = program(
            server, "pg_restore", "--exit-on-error", f"--dbname={server.url('portaal', 'postgres')}", dump
        )
        assert put_back.returncode == 0, put_back.stderr
        databases = PostgresDatabases(server)
        worlds = Worlds(tmp_path, databases)
        assert sorted(worlds.databases.rows(WALL, "portaal")) == sorted(own_worlds.databases.rows(WALL, "portaal"))
        found = counts(worlds)
        enrolled = f"SELECT COUNT(*) FROM candidate WHERE email LIKE '%@{DOMAIN}'"
        assert before <= int(worlds.databases.rows(enrolled, "portaal")[0][0]) <= after
        told = portaal("restored", database_url=databases.url("portaal"))
        assert "The schema is up to date." in told
        assert "The log is whole" in told
        forgotten = {"session": 0, "audit_event": found["audit_event"] + 1}
        assert counts(worlds) == found | forgotten
        assert worlds.databases.rows("SELECT COUNT(*) FROM mail WHERE state = 'queued'", "portaal") == [("0",)]
        _, url = start(worlds, "portaal")
        with Client(base_url=url) as client:
            sign_in(client, "anna.smit")
            assert "data-id" in client.get("/overzicht").text


def counts(worlds: Worlds) -> dict[str, int]:
    return {table: int(number) for table, number in worlds.databases.rows(COUNTS, "portaal")}


def test_a_role_behind_the_wall_dumps_nothing(own_server: Server, own_worlds: Worlds, dump: Path) -> None:
    """It would leave out what it does not see: it is refused, and says why."""
    own_server.execute(f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {PORTAL}", database="portaal")
    made = program(own_server, "pg_dump", "--format=custom", f"--file={dump}", own_server.url("portaal"))
    assert made.returncode != 0
    assert "permission denied" in made.stderr or "row-level security" in made.stderr
