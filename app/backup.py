"""Copies of a SQLite database: made while the portal serves, looked through before they count, and put back.

PostgreSQL has programs of its own for that (`docs/operations.md` says which); what is forgotten then is the same."""

import asyncio
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.addresses import sqlite_path
from app.audit import record
from app.chores import Keep, day_that_began
from app.clock import local, now
from app.database import transaction
from app.piccolo_conf import DB
from app.schema import known_migrations
from app.settings import get_settings

A_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
COUNTED = ("organisation", "portal_user", "candidate", "enrolment", "paycode", "audit_event")
"""What is said of a copy."""
# Whoever was signed in, or had a link to choose a password, may have lost that since; and what waited to be sent may
# have been sent.
FORGET = (
    "DELETE FROM session",
    "DELETE FROM pending_sign_in",
    "DELETE FROM passkey_challenge",
    "DELETE FROM token WHERE purpose IN ('reset', 'email')",
    "UPDATE mail SET state = 'failed', last_error = 'Teruggezet uit een reservekopie: misschien al verzonden.'"
    " WHERE state = 'queued'",
)


class Unusable(RuntimeError):
    """The message says what is wrong with a file."""


@dataclass(frozen=True)
class Copy:
    file: Path
    rows: Mapping[str, int]
    """Table → number of rows."""

    @property
    def line(self) -> str:
        told = ", ".join(f"{self.rows[table]} {table}" for table in COUNTED)
        return f"{self.file}: {self.file.stat().st_size / 1e6:.1f} MB, whole ({told})"


def back_up(database: Path, file: Path) -> Copy:
    """One moment of the database in a new file that nobody else may read, whatever is written meanwhile. Raises
    Unusable; then there is no file."""
    if not database.is_file():
        raise Unusable(f"There is no database at {database}.")
    if file.exists():
        raise Unusable(f"{file} is there already.")
    part = _copied(database, file)
    try:
        rows = look_through(part)
    except Unusable:
        part.unlink()
        raise
    _in_place(part, file)
    return Copy(file, rows)


def restore(file: Path, database: Path, *, replace: bool) -> Copy:
    """Puts a copy in the place of the database, which is kept beside it. Sessions end, and letters that waited are not
    sent: some of them may have been. Raises Unusable, and changes nothing then: for a copy that is broken or newer than
    this program, and for a database that somebody uses or, unless `replace`, that holds something."""
    rows = look_through(file)
    database.parent.mkdir(parents=True, exist_ok=True)
    part = _copied(file, database)
    with closing(sqlite3.connect(part)) as copy:
        copy.executescript(f"BEGIN; {'; '.join(FORGET)}; COMMIT;")
    if database.exists():
        try:
            _set_aside(database, replace=replace)
        except Unusable:
            part.unlink()
            raise
    _in_place(part, database)
    return Copy(database, rows)


async def note_restored() -> None:
    """Writes down that this database was put back. Sessions end, and letters that waited are not sent: of a copy of
    SQLite that was so before it took its place."""
    async with transaction(as_owner=True):
        for statement in FORGET:
            await DB.run_ddl(statement)
        await record(None, "restore", "portal")


async def copy_of_the_day(_: Keep) -> Mapping[str, int]:
    """A chore. The copies are called after their days; those of more than BACKUP_DAYS ago are removed."""
    settings = get_settings()
    folder, today = settings.backup_folder, day_that_began()
    if folder is None:
        return {}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"portaal-{today.isoformat()}.sqlite"
    is_new = not file.exists()
    if is_new:
        await asyncio.to_thread(back_up, sqlite_path(settings.database_url), file)
    first = folder / f"portaal-{(today - timedelta(days=settings.backup_days)).isoformat()}.sqlite"
    outdated = [each for each in folder.glob(f"portaal-{A_DAY}.sqlite") if each <= first]
    for each in outdated:
        each.unlink()
    return {"copies": int(is_new), "outdated": len(outdated)}


def look_through(file: Path) -> dict[str, int]:
    """Raises Unusable unless it is whole, of the portal, and no newer than this program. Gives the rows of each."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as database:
            if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                raise Unusable(f"{file} is broken.")
            if database.execute("PRAGMA foreign_key_check").fetchone():
                raise Unusable(f"{file} has rows that refer to nothing.")
            ran = {name for (name,) in database.execute("SELECT name FROM migration WHERE app_name = 'portaal'")}
            if newer := ran - known_migrations():
                raise Unusable(f"{file} comes from a newer portal: {max(newer)} is not known here.")
            tables = database.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                " AND name NOT LIKE 'ix~_%' ESCAPE '~'"
            ).fetchall()
            return {table: _number(database, table) for (table,) in tables}
    except sqlite3.Error as error:
        raise Unusable(f"{file} is no database of the portal: {error}.") from error


def _number(database: sqlite3.Connection, table: str) -> int:
    [number] = database.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()  # noqa: S608 - its own name
    return int(number)


def _copied(source: Path, target: Path) -> Path:
    """Beside the target, so that it can take that place at once."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True, timeout=60)) as database:
            database.execute("VACUUM INTO ?", (str(part),))
    except sqlite3.Error as error:
        part.unlink(missing_ok=True)
        raise Unusable(f"{source} cannot be copied: {error}.") from error
    return part


def _set_aside(database: Path, *, replace: bool) -> None:
    """Under another name, all that was written in one file. Only whoever has it alone can end its write-ahead log."""
    try:
        with closing(sqlite3.connect(database, timeout=0)) as there:
            if not replace and _holds_something(there):
                raise Unusable(f"{database} holds data: --replace sets it aside.")
            if there.execute("PRAGMA journal_mode = DELETE").fetchone() != ("delete",):
                raise Unusable(f"{database} is in use: stop the portal first.")
    except sqlite3.OperationalError as error:
        raise Unusable(f"{database} is in use: stop the portal first.") from error
    database.rename(database.with_name(f"{database.name}.{local(now()):%Y%m%d-%H%M%S}"))


def _holds_something(database: sqlite3.Connection) -> bool:
    is_there = database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'portal_user'").fetchone()
    return is_there is not None and database.execute("SELECT 1 FROM portal_user").fetchone() is not None


def _in_place(part: Path, target: Path) -> None:
    """At once and for good: the power may fail."""
    for path in (part, target.parent):
        handle = os.open(path, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        if path == part:
            part.replace(target)
