"""Imports of one person: what was uploaded, what was found wrong with it, and what they decide."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar.exceptions import NotFoundException
from piccolo.columns.combination import WhereRaw

from app.access import EVERYTHING, NOTHING, Access, Condition
from app.audit import record
from app.clock import now
from app.database import transaction
from app.imports.columns import Values
from app.once import form_key, once_inside
from app.paging import Page, Slice
from app.security import PortalRequest
from app.tables import Import, ImportKind, ImportRow, JobState
from app.transactions import Transaction

KEPT = timedelta(days=30)
MOST_UNFINISHED = 5
MOST_SHOWN = 20
PAGE = 50
COLUMNS = ("import", "row", "values", "errors", "remarks", "checked")

FAULTY = WhereRaw("CAST({} AS text) <> '[]'", ImportRow.errors)
FAULTLESS = WhereRaw("CAST({} AS text) = '[]'", ImportRow.errors)
REMARKS = """
SELECT remarks, COUNT(*) AS n FROM (SELECT CAST(remarks AS text) AS remarks FROM import_row WHERE {}) AS said
WHERE remarks <> '[]' GROUP BY remarks ORDER BY n DESC, remarks LIMIT 10
"""

Record = dict[str, Any]


@dataclass(frozen=True)
class Uploaded:
    """A file that was read, and what was asked with it."""

    kind: ImportKind
    file_name: str
    file_hash: str
    rows: Sequence[tuple[int, Values]]
    organisation: int | None = None
    assign_paycodes: bool = False
    form: str = ""
    """`app.once.form_key`."""


async def create_import(access: Access, request: PortalRequest | None, uploaded: Uploaded) -> int:
    """All its rows, waiting to be checked. The same form sent twice makes one import."""
    async with transaction() as inside:
        return await once_inside(uploaded.form or form_key(), lambda: _create(access, request, uploaded, inside))


async def _create(access: Access, request: PortalRequest | None, uploaded: Uploaded, inside: Transaction) -> int:
    made = await Import.insert(
        Import(
            kind=uploaded.kind,
            user=access.user,
            organisation=uploaded.organisation,
            file_name=uploaded.file_name,
            file_hash=uploaded.file_hash,
            assign_paycodes=uploaded.assign_paycodes,
            rows=len(uploaded.rows),
            created_at=now(),
            expires_at=now() + KEPT,
        )
    )
    key = int(made[0]["id"])
    unjudged = ("[]", "[]", False)
    rows = [(key, number, json.dumps(values, ensure_ascii=False), *unjudged) for number, values in uploaded.rows]
    await inside.load("import_row", COLUMNS, rows)
    await record(
        request,
        "import_upload",
        "import",
        key,
        organisation=uploaded.organisation,
        kind=uploaded.kind.value,
        rows=len(rows),
    )
    return key


async def count_unfinished(access: Access) -> int:
    """What still has to be checked or taken over."""
    working = Import.state.is_in([JobState.QUEUED, JobState.RUNNING])
    return int(await Import.count().where((Import.user == access.user) & working))


async def list_imports(access: Access, kind: ImportKind) -> list[Record]:
    """The last ones, newest first."""
    rows: list[Record] = (
        await _select()
        .where(visible(access, kind))
        .order_by(Import.created_at, Import.id, ascending=False)
        .limit(MOST_SHOWN)
    )
    return rows


async def load_import(access: Access, kind: ImportKind, key: int) -> Record:
    """NotFoundException: not theirs, or not there."""
    row: Record | None = await _select().where(visible(access, kind) & (Import.id == key)).first()
    if row is None:
        raise NotFoundException
    return row


async def list_rows(access: Access, kind: ImportKind, key: int, faulty: bool, number: int) -> Page[Record]:
    """In the order of the file: all, or only those that are refused."""
    await load_import(access, kind, key)
    which = (ImportRow.import_ == key) & (FAULTY if faulty else EVERYTHING)
    part = Slice.of(number, PAGE, await ImportRow.count().where(which))
    columns = (ImportRow.id, ImportRow.row, ImportRow.values, ImportRow.errors, ImportRow.remarks)
    rows = await ImportRow.select(*columns).where(which).order_by(ImportRow.row).limit(PAGE).offset(part.offset)
    return Page([row | {name: json.loads(row[name]) for name in ("values", "errors", "remarks")} for row in rows], part)


async def count_remarks(access: Access, kind: ImportKind, key: int) -> list[tuple[str, int]]:
    """What is remarked on, and of how many rows."""
    await load_import(access, kind, key)
    rows = await ImportRow.raw(REMARKS, (ImportRow.import_ == key).querystring)
    return [(" ".join(json.loads(row["remarks"])), row["n"]) for row in rows]


async def taken_over_before(access: Access, kind: ImportKind, row: Record) -> Record | None:
    """The last time that the same file was taken over for the same organisation."""
    same = (Import.file_hash == row["file_hash"]) & (Import.id != row["id"]) & Import.taken_over_at.is_not_null()
    where = Import.organisation.is_null() if row["organisation"] is None else Import.organisation == row["organisation"]
    query = _select().where(visible(access, kind) & same & where)
    found: Record | None = await query.order_by(Import.taken_over_at, ascending=False).first()
    return found


async def confirm(access: Access, request: PortalRequest | None, kind: ImportKind, key: int, refused: int) -> None:
    """Lets the rows without errors be taken over, once: by whoever saw that `refused` rows have some."""
    row = await load_import(access, kind, key)
    shown = (Import.state == JobState.READY) & Import.taken_over_at.is_null() & (Import.rows_refused == refused)
    async with transaction():
        confirmed = (
            await Import.update({Import.state: JobState.QUEUED, Import.error: ""})
            .where((Import.id == key) & shown & Import.checked_at.is_not_null() & (Import.rows > refused))
            .returning(Import.id)
        )
        if confirmed:
            await record(request, "import_confirm", "import", key, organisation=row["organisation"], kind=kind.value)


async def cancel(access: Access, request: PortalRequest, kind: ImportKind, key: int) -> bool:
    """Whether it is gone, rows and all: what is taken over, or is about to be, stays."""
    row = await load_import(access, kind, key)
    free = Import.taken_over_at.is_null() & Import.state.is_in([JobState.READY, JobState.FAILED])
    async with transaction():
        gone = await Import.delete().where((Import.id == key) & free).returning(Import.id)
        if gone:
            await record(request, "import_cancel", "import", key, organisation=row["organisation"], kind=kind.value)
    return bool(gone)


def visible(access: Access, kind: ImportKind) -> Condition:
    """Enrolments: the own ones, as long as that organisation is theirs to enrol for. Results: every administrator."""
    if kind == ImportKind.RESULTS:
        return (Import.kind == kind) & (EVERYTHING if access.everywhere else NOTHING)
    own: Condition = (Import.kind == kind) & (Import.user == access.user)
    return own & (Import.organisation.is_in(list(access.enrols_for)) if access.enrols_for else NOTHING)


def _select() -> Any:
    return Import.select(
        *Import.all_columns(),
        Import.organisation.name.as_alias("organisation_name"),
        Import.user.given_name.as_alias("given_name"),
        Import.user.name_particle.as_alias("name_particle"),
        Import.user.family_name.as_alias("family_name"),
    )
