"""Worlds to test in: a migrated database, empty or with the demo world. Made once per run, copied
per test."""

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from app.settings import NAMES
from tests.postgres import OWNER, PORTAL, Server, ask

BASE_URL = "https://testserver.local"
PASSWORD = "Merel!9bruggen"
"""Of everybody in the demo world."""
SECRET_KEY = "only-for-tests-0123456789-abcdefghij"

TEMPLATES = {"empty": "migrate", "demo": "demo"}


class Databases(Protocol):
    """Where worlds lie; a name is all that a test knows of them. `rows` are as text, whoever may see them."""

    def url(self, name: str) -> str: ...
    def owner_url(self, name: str) -> str: ...
    def create(self, name: str) -> None: ...
    def copy(self, template: str, name: str) -> None: ...
    def execute(self, statement: str, name: str) -> None: ...
    def rows(self, statement: str, name: str) -> list[tuple[str, ...]]: ...


class SQLiteFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, name: str) -> str:
        return f"sqlite:///{self._file(name)}"

    def owner_url(self, name: str) -> str:
        return self.url(name)

    def create(self, name: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file(name)}{suffix}").unlink(missing_ok=True)

    def copy(self, template: str, name: str) -> None:
        """Page by page through SQLite, so that a write-ahead log comes along."""
        self.create(name)
        with (
            closing(sqlite3.connect(self._file(template))) as source,
            closing(sqlite3.connect(self._file(name))) as target,
        ):
            source.backup(target)

    def execute(self, statement: str, name: str) -> None:
        with closing(sqlite3.connect(self._file(name))) as database, database:
            database.execute(statement)

    def rows(self, statement: str, name: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self._file(name))) as database:
            return [tuple(map(str, row)) for row in database.execute(statement)]

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite"


class PostgresDatabases:
    def __init__(self, server: Server) -> None:
        self._server = server

    def url(self, name: str) -> str:
        return self._server.url(name)

    def owner_url(self, name: str) -> str:
        return self._server.url(name, OWNER)

    def create(self, name: str) -> None:
        self.copy("template1", name)

    def copy(self, template: str, name: str) -> None:
        self._server.execute(
            f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
            f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER {OWNER}',
        )

    def execute(self, statement: str, name: str) -> None:
        self._server.execute(statement, database=name)

    def rows(self, statement: str, name: str) -> list[tuple[str, ...]]:
        return ask(self._server.url(name, "postgres"), statement)


class Worlds:
    """The databases of one run. Several workers may ask at once: one makes, the others wait."""

    def __init__(self, folder: Path, databases: Databases) -> None:
        self._folder = folder
        self.databases = databases

    def copy(self, template: str, name: str) -> None:
        """Puts a fresh copy of the template behind this name, whatever was there."""
        with self._lock():
            self._ensure(template)
        self.databases.copy(template, name)

    def _ensure(self, template: str) -> None:
        made = self._folder / f"{template}.made"
        if made.exists():
            return
        if template == "demo":
            self._ensure("empty")
            self.databases.copy("empty", "demo")
        else:
            self.databases.create(template)
        portaal(TEMPLATES[template], database_url=self.databases.url(template))
        made.touch()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self._folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def environment(database_url: str, base_url: str = BASE_URL) -> dict[str, str]:
    """Every setting by name, so that no developer's environment or `.env` leaks into a test. On PostgreSQL the portal
    runs as a role that owns nothing."""
    on_postgres = database_url.startswith("postgresql:")
    return dict.fromkeys(NAMES, "") | {
        "BASE_URL": base_url,
        "DATABASE_URL": database_url,
        "DEMO": "1",
        "MIGRATE_DATABASE_URL": database_url.replace(f"//{PORTAL}@", f"//{OWNER}@") if on_postgres else "",
        "SECRET_KEY": SECRET_KEY,
    }


def portaal_command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from app.cli import main; main()", *arguments]


def portaal(*arguments: str, database_url: str) -> str:
    """Runs the real command to its end; gives what it said."""
    result = subprocess.run(
        portaal_command(*arguments),
        env=os.environ | environment(database_url),
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
    )
    if result.returncode != 0:
        raise RuntimeError(f"portaal {' '.join(arguments)} failed:\n{result.stdout}{result.stderr}")
    return result.stdout
