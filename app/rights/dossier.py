"""A copy of all that is kept of one person, for them to read: a workbook with a sheet for each kind of thing. Secrets
stay out, and of other people there is a number and no name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import Access
from app.clock import now
from app.disclosures import taken
from app.downloads.process import Refused
from app.log.names import KINDS, Names, look_up
from app.log.words import DEEDS, said
from app.pages import moment
from app.rights.register import REGISTER, Held, Line
from app.rights.terms import explain
from app.rights.whose import ever_linked, of_candidate, of_user
from app.tables import Candidate, Disclosure, Download, DownloadChunk, Enrolment, User
from app.viewer import Viewer
from app.workbooks.book import Book, Column

CANDIDATE, USER = "candidate", "user"
ACCOUNT = (Column("Wat", 34), Column("Waarom", 60), Column("Hoe lang", 18), Column("Toelichting", 80))
# Machinery, and what is a copy of what stands beside it.
LEFT_OUT = {"id", "sort_key", "search_text", "email_key", "username_key", "claimed_until", "next_attempt_at", "members"}
NO_ACCESS = "U heeft geen toegang meer tot deze gegevens."
OWN_NAME = {KINDS[kind].table: kind for kind in KINDS} | {User: "user"}

Record = Mapping[str, Any]


async def write_dossier(owner: Viewer | None, query: str, target: Path) -> int:
    """`query` says whose: `candidate 12` or `user 3`. Raises Refused."""
    kind, _, key = query.partition(" ")
    if owner is None or not owner.access.everywhere:
        raise Refused(NO_ACCESS)
    found = await held_of(owner.access, kind, int(key))
    names = await look_up(wanted for entry, rows in found for row in rows for wanted in _named(entry, row))
    with Book(target) as book:
        sheet = book.sheet("Verantwoording", ACCOUNT)
        sheet.append((f"Afschrift van {moment(now())}", "Wat het Evenementenportaal van u bewaart", None, None))
        for entry, _ in found:
            term = explain(entry.term)
            sheet.append((entry.title, entry.why, term.words, term.text))
        sheet.finish({}, filterable=False)
        for entry, rows in found:
            lines = shown_lines(entry)
            sheet = book.sheet(entry.title[:31], [Column(line.what[:1].upper() + line.what[1:], 24) for line in lines])
            for row in rows:
                sheet.append([_cell(entry, line, row, names) for line in lines])
            sheet.finish({})
    return sum(len(rows) for _, rows in found)


def shown_lines(entry: Held) -> list[Line]:
    """What of it is in the copy: all that is not secret, nor machinery."""
    return [line for line in entry.lines if not line.secret and line.column not in LEFT_OUT]


async def held_of(access: Access, kind: str, key: int) -> list[tuple[Held, Sequence[Record]]]:
    """Of everything in the register that tells of this person: the rows. What tells nothing is left out."""
    condition = await (_of_candidate if kind == CANDIDATE else _of_user)(access, key)
    found: list[tuple[Held, Sequence[Record]]] = []
    for entry in REGISTER:
        if entry.table is Disclosure and kind == CANDIDATE:
            rows: Sequence[Record] = await _taken(key)
        elif entry.table is DownloadChunk or (chosen := condition(entry.table)) is None:
            continue
        else:
            table: Any = entry.table
            rows = await table.select().where(chosen).order_by(table.id)
        if rows:
            found.append((entry, rows))
    return found


async def _of_candidate(access: Access, key: int) -> Any:
    person = await Candidate.select(Candidate.email).where(access.candidates & (Candidate.id == key)).first()
    if person is None:
        raise NotFoundException
    enrolments = await Enrolment.select(Enrolment.id).where(Enrolment.candidate == key).output(as_list=True)
    return lambda table: of_candidate(table, key, enrolments, person["email"])


async def _of_user(access: Access, key: int) -> Any:
    if not access.everywhere:
        raise NotFoundException
    return lambda table: of_user(table, key)


async def _taken(candidate: int) -> list[Record]:
    enrolments = await Enrolment.select(Enrolment.id).where(Enrolment.candidate == candidate).output(as_list=True)
    return [asdict(each) for enrolment in enrolments for each in await taken(enrolment, await ever_linked(enrolment))]


def _named(entry: Held, row: Record) -> list[tuple[str, int]]:
    """What is called by a name instead of a number; never another person."""
    kinds = {line.column: _kind(entry, line) for line in entry.lines}
    return [(kind, row[name]) for name, kind in kinds.items() if kind and isinstance(row.get(name), int)]


def _kind(entry: Held, line: Line) -> str:
    column = _column(entry, line)
    to = column._foreign_key_meta.resolved_references if hasattr(column, "_foreign_key_meta") else None
    if entry.name in {"audit_event", "disclosure"} and line.column == "organisation":
        return "organisation"
    return OWN_NAME.get(to, "") if to not in {User, Candidate, Download} else ""


def _column(entry: Held, line: Line) -> Any:
    return next(each for each in entry.table._meta.columns if each._meta.db_column_name == line.column)


def _cell(entry: Held, line: Line, row: Record, names: Names) -> str | date | None:
    value = row.get(line.column, row.get(_column(entry, line)._meta.name))
    if value is None or value == "":
        return None
    if kind := _kind(entry, line):
        return names.of(kind, value)
    if entry.name == "audit_event" and line.column == "action":
        return DEEDS[value].name if value in DEEDS else str(value)
    return _plain(value)


def _plain(value: Any) -> str | date:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return said(value)
