"""A copy that is made while somebody writes is whole; put back it is the portal of that moment."""

import os
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from httpx import Client

from app.backup import Unusable, back_up, copy_of_the_day, look_through, restore
from app.piccolo_conf import DB
from app.settings import get_settings
from tests.benchmarks.pages import sign_in
from tests.browser import serving, worker
from tests.worlds import Worlds, environment, portaal, portaal_command

pytestmark = pytest.mark.skipif(DB.engine_type == "postgres", reason="PostgreSQL has programs of its own for it")


@pytest.fixture
def database(worlds: Worlds) -> Path:
    name = f"backup-{worker()}"
    worlds.copy("demo", name)
    return Path(worlds.databases.url(name).removeprefix("sqlite:///"))


def rows_of(file: Path, statement: str) -> list[Any]:
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute(statement).fetchall()


def said(*arguments: str | Path, database: Path) -> tuple[int, str]:
    command = portaal_command(*map(str, arguments))
    result = subprocess.run(
        command, env=os.environ | environment(f"sqlite:///{database}"), capture_output=True, text=True
    )
    return result.returncode, result.stdout + result.stderr


@contextmanager
def writing(database: Path) -> Iterator[list[int]]:
    """Somebody adds two rows at a time that belong together, and goes on and on."""
    written: list[int] = []
    over = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(database, timeout=30, isolation_level=None)) as opened:
            while not over.is_set():
                opened.execute("BEGIN IMMEDIATE")
                for half in (1, 2):
                    opened.execute(
                        "INSERT INTO attempt (kind, key_hash, level, updated_at) VALUES ('test', ?, 1, '2026-01-01')",
                        (f"{len(written)}-{half}",),
                    )
                opened.execute("COMMIT")
                written.append(1)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        over.set()
        thread.join()


def test_a_copy_is_of_one_moment_whatever_is_written_meanwhile(database: Path, tmp_path: Path) -> None:
    with writing(database) as written:
        copies = [back_up(database, tmp_path / f"copy-{number}") for number in range(5)]
        so_far = len(written)
    assert so_far > 5
    for copy in copies:
        assert copy.rows["attempt"] % 2 == 0
        assert look_through(copy.file) == copy.rows
        assert copy.file.stat().st_mode & 0o077 == 0
    assert [path.name for path in sorted(tmp_path.iterdir())] == [f"copy-{number}" for number in range(5)]


def test_the_drill(worlds: Worlds, database: Path, tmp_path: Path) -> None:
    """Copied while the portal serves, put back on an empty machine: every row, a whole log, and people get in."""
    with serving(worlds, f"backup-{worker()}", tmp_path, world="") as site, Client(base_url=site) as client:
        sign_in(client, "anna.smit")
        code, line = said("backup", tmp_path / "copy", database=database)
        assert (code, "204 enrolment" in line) == (0, True), line
    restored = tmp_path / "elsewhere/portaal.sqlite"
    code, line = said("restore", tmp_path / "copy", database=restored)
    assert code == 0, line
    assert "The log is whole" in line
    before, after = look_through(tmp_path / "copy"), look_through(restored)
    assert before["session"] == 1
    assert after == before | {"session": 0, "audit_event": before["audit_event"] + 1}
    worlds.databases.create(f"restored-{worker()}")
    with closing(sqlite3.connect(restored)) as source:
        source.execute("VACUUM INTO ?", (worlds.databases.url(f"restored-{worker()}").removeprefix("sqlite:///"),))
    with serving(worlds, f"restored-{worker()}", tmp_path, world="") as site, Client(base_url=site) as client:
        sign_in(client, "anna.smit")
        assert client.get("/overzicht").status_code == 200


def test_what_was_open_is_not_open_again(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as opened, opened:
        for purpose in ("activation", "reset"):
            opened.execute(
                "INSERT INTO token (token_hash, purpose, created_at, expires_at) VALUES (?, ?, ?, ?)",
                (purpose, purpose, "2026-01-01", "2099-01-01"),
            )
        opened.execute(
            "INSERT INTO mail (template, recipient, state, created_at, next_attempt_at)"
            " VALUES ('reset', 'iemand@example.org', 'queued', '2026-01-01', '2026-01-01')"
        )
    back_up(database, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "new", replace=False)
    assert rows_of(tmp_path / "new", "SELECT purpose FROM token") == [("activation",)]
    assert rows_of(tmp_path / "new", "SELECT state FROM mail WHERE recipient = 'iemand@example.org'") == [("failed",)]


def test_data_is_never_overwritten(database: Path, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy")
    with pytest.raises(Unusable, match="is there already"):
        back_up(database, tmp_path / "copy")
    with pytest.raises(Unusable, match="holds data"):
        restore(tmp_path / "copy", database, replace=False)
    with closing(sqlite3.connect(database)) as opened, opened:
        opened.execute("UPDATE organisation SET name = 'Later'")
    restore(tmp_path / "copy", database, replace=True)
    [aside] = database.parent.glob(f"{database.name}.2*")
    assert rows_of(aside, "SELECT DISTINCT name FROM organisation") == [("Later",)]
    assert ("Later",) not in rows_of(database, "SELECT name FROM organisation")
    aside.unlink()


def test_a_database_that_is_in_use_stays(worlds: Worlds, database: Path, tmp_path: Path) -> None:
    back_up(database, tmp_path / "copy")
    with serving(worlds, f"backup-{worker()}", tmp_path, world="") as site, Client(base_url=site) as client:
        code, line = said("restore", "--replace", tmp_path / "copy", database=database)
        assert (code, line) == (1, f"{database} is in use: stop the portal first.\n")
        sign_in(client, "anna.smit")
    assert not list(database.parent.glob(f"{database.name}.*part"))


@pytest.mark.parametrize("how", ["cut off", "overwritten", "of something else", "newer"])
def test_a_copy_that_is_no_good_is_not_put_back(database: Path, tmp_path: Path, how: str) -> None:
    copy, new = tmp_path / "copy", tmp_path / "new"
    back_up(database, copy)
    content = copy.read_bytes()
    if how == "cut off":
        copy.write_bytes(content[: len(content) // 2])
    elif how == "overwritten":
        copy.write_bytes(content[:200_000] + os.urandom(8192) + content[208_192:])
    elif how == "of something else":
        copy.unlink()
        with closing(sqlite3.connect(copy)) as opened, opened:
            opened.execute("CREATE TABLE something (id)")
    else:
        with closing(sqlite3.connect(copy)) as opened, opened:
            opened.execute("INSERT INTO migration (name, app_name) VALUES ('2099-01-01T00:00:00', 'portaal')")
    with pytest.raises(Unusable):
        restore(copy, new, replace=False)
    assert not new.exists()
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


async def test_every_night_there_is_a_copy_and_old_ones_go(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app import backup
    from app.chores import day_that_began

    settings = replace(
        get_settings(), database_url=f"sqlite:///{database}", backup_folder=tmp_path / "copies", backup_days=2
    )
    monkeypatch.setattr(backup, "get_settings", lambda: settings)

    async def keep() -> None:
        return

    (tmp_path / "copies").mkdir()
    for name in ("portaal-2026-01-01.sqlite", "portaal-2026-01-02.sqlite", "mine.sqlite", "portaal-mine.sqlite"):
        (tmp_path / "copies" / name).touch()
    assert await copy_of_the_day(keep) == {"copies": 1, "outdated": 2}
    assert await copy_of_the_day(keep) == {"copies": 0, "outdated": 0}
    names = {path.name for path in (tmp_path / "copies").iterdir()}
    assert names == {f"portaal-{day_that_began()}.sqlite", "mine.sqlite", "portaal-mine.sqlite"}


def test_nobody_else_reads_what_the_portal_writes(tmp_path: Path) -> None:
    database = tmp_path / "own/portaal.sqlite"
    portaal("migrate", database_url=f"sqlite:///{database}")
    assert database.stat().st_mode & 0o077 == 0
