"""Checks what was uploaded, and takes over what was confirmed: one import at a time in each process of the portal,
whichever of them it was sent to. A process that is killed leaves all or nothing, and another goes on."""

import json
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog

from app.access import EVERYTHING, Condition
from app.acting import Duty, acting_as
from app.audit import record
from app.claims import Claim, ClaimLost, claim_next
from app.clock import now
from app.database import is_unavailable, transaction, violated_unique
from app.downloads.owner import load_owner
from app.imports.kinds import FileRow, Kind, Verdict, Work
from app.imports.queries import FAULTLESS
from app.imports.registry import KINDS
from app.tables import Import, ImportKind, ImportRow, JobState

logger = structlog.get_logger()

LOOK = timedelta(seconds=10)
CLAIM = timedelta(seconds=60)
"""As long as a process may be silent before another goes on. Taking over may take longer: it holds the row to its end,
and whoever comes meanwhile waits, and finds it done."""
PATIENCE = 60.0  # seconds for one statement: nobody waits for a page
AT_ONCE = 100
"""Rows that are checked in one transaction."""

NO_ACCESS = "U heeft geen toegang meer, dus er is niets overgenomen."
FAILED = "Er is iets misgegaan, en er is niets overgenomen. Upload het bestand opnieuw of bel de helpdesk."
CHANGED = (
    "Sinds de controle is er iets veranderd, dus er is niets overgenomen. Bij de rijen hieronder staat wat er nu niet"
    " meer klopt."
)

# The first part of the union has no rows: it tells PostgreSQL the types.
JUDGED = """
UPDATE import_row SET errors = new.errors, remarks = new.remarks, enrolment = new.enrolment, checked = {{}}
FROM (
    SELECT id, errors, remarks, enrolment FROM import_row WHERE 1 = 0
    {rows}
) AS new
WHERE import_row.id = new.id
"""
ROW = "UNION ALL SELECT {}, {}, {}, {}\n"
ROWS_PER_UPDATE = 100  # SQLite takes five hundred parts of a union at most


@dataclass(frozen=True)
class Job:
    """An import that this process works on."""

    claim: Claim
    work: Work
    kind: Kind
    confirmed: bool


class _Refused(Exception):
    """What was right when it was checked no longer is."""

    def __init__(self, verdicts: Sequence[tuple[FileRow, Verdict]]) -> None:
        self.verdicts = verdicts


async def work_on_imports(claim: timedelta = CLAIM) -> None:
    """Until nothing waits."""
    with acting_as(Duty.IMPORTS):
        while job := await next_job(claim):
            with suppress(ClaimLost):
                async with job.claim.handed_over():
                    await advance(job)
        await remove_expired()


async def next_job(period: timedelta = CLAIM) -> Job | None:
    found = await claim_next(Import, period, _begin)
    if found is None:
        return None
    claim, row = found
    work = Work(row["id"], row["user"], row["organisation"], bool(row["assign_paycodes"]), row["file_hash"])
    return Job(claim, work, KINDS[ImportKind(row["kind"])], row["checked_at"] is not None)


async def _begin(key: int) -> dict[str, Any]:
    columns = (Import.id, Import.kind, Import.user, Import.organisation, Import.assign_paycodes, Import.file_hash)
    row: dict[str, Any] | None = await Import.select(*columns, Import.checked_at).where(Import.id == key).first()
    assert row is not None
    return row


async def advance(job: Job) -> None:
    """Ends in a preview, in everything taken over, or in a sentence that says why not. Raises ClaimLost."""
    if not job.kind.permits(await load_owner(job.work.user), job.work.organisation):
        return await fail(job, NO_ACCESS)
    try:
        await (_take_over_or_show(job) if job.confirmed else check(job))
    except Exception as error:
        if isinstance(error, ClaimLost) or is_unavailable(error):
            raise
        logger.error("import_failed", import_id=job.work.id, exc_info=error)
        await fail(job, FAILED)


async def fail(job: Job, sentence: str) -> None:
    await job.claim.change({Import.state: JobState.FAILED, Import.error: sentence}, ends=True)


# Checking


async def check(job: Job) -> None:
    rows = await load_rows(job.work.id)
    waiting = {row.id for row in await load_rows(job.work.id, ImportRow.checked.eq(False))}
    foreseen = await job.kind.foresee(job.work, rows)
    for part in batches(job.kind, rows):
        if part[0].id in waiting:
            await _check_part(job, part, foreseen)
    await job.claim.change({Import.state: JobState.READY, Import.checked_at: now()}, ends=True)


def batches(kind: Kind, rows: Sequence[FileRow]) -> Iterator[list[FileRow]]:
    """About a hundred at a time; what belongs together stays together."""
    groups: dict[Hashable, list[FileRow]] = defaultdict(list)
    for row in rows:
        groups[kind.together(row.values)].append(row)
    part: list[FileRow] = []
    for group in groups.values():
        part += group
        if len(part) >= AT_ONCE:
            yield part
            part = []
    if part:
        yield part


async def _check_part(job: Job, rows: Sequence[FileRow], foreseen: Mapping[int, Verdict]) -> None:
    """Judged in one transaction that is undone, kept in another."""
    judged = [(row, foreseen[row.id]) for row in rows if row.id in foreseen]
    others = job.kind.ordered([row for row in rows if row.id not in foreseen])
    verdicts = await job.kind.check(job.work, others)
    judged += zip(others, verdicts, strict=True)
    refused = sum(bool(verdict.errors) for _, verdict in judged)
    async with transaction():
        done = {Import.rows_done: Import.rows_done + len(rows), Import.rows_refused: Import.rows_refused + refused}
        await job.claim.change(done)
        await _keep([(row, Verdict(verdict.errors, verdict.remarks)) for row, verdict in judged])


# Taking over


async def _take_over_or_show(job: Job) -> None:
    try:
        await take_over(job)
    except _Refused as refused:
        await _show(job, refused.verdicts)


async def take_over(job: Job) -> None:
    """Every row that was right, or none. Raises what the transaction was undone by."""
    rows = job.kind.ordered(await load_rows(job.work.id, FAULTLESS))
    read = await job.kind.read(job.work, rows)
    try:
        await _take_over(job, rows, read)
    except Exception as error:
        if not violated_unique(error):
            raise
        # Somebody else wrote the same at the same moment: now it is known.
        await _take_over(job, rows, read)


async def _take_over(job: Job, rows: Sequence[FileRow], read: Sequence[Any]) -> None:
    work, kind = job.work, job.kind
    taken = {Import.state: JobState.READY, Import.taken_over_at: now(), Import.error: ""}
    async with transaction(patience=PATIENCE):
        await job.claim.change(taken, ends=True)
        verdicts = await kind.take_over(work, read)
        judged = list(zip(rows, verdicts, strict=True))
        if refused := [(row, verdict) for row, verdict in judged if verdict.errors]:
            raise _Refused(refused)
        await kind.tell(verdicts)
        await _keep(judged)
        await record(
            None,
            "import_take_over",
            "import",
            work.id,
            organisation=work.organisation,
            actor=work.user,
            kind=kind.kind.value,
            rows=len(rows),
        )


async def _show(job: Job, verdicts: Sequence[tuple[FileRow, Verdict]]) -> None:
    """Back to the preview."""
    async with transaction():
        await job.claim.change(
            {Import.state: JobState.READY, Import.rows_refused: Import.rows_refused + len(verdicts)}
            | {Import.error: CHANGED},
            ends=True,
        )
        await _keep(verdicts)


# Rows


async def load_rows(key: int, which: Condition = EVERYTHING) -> list[FileRow]:
    columns = (ImportRow.id, ImportRow.row, ImportRow.values)
    rows = await ImportRow.select(*columns).where((ImportRow.import_ == key) & which).order_by(ImportRow.row)
    return [FileRow(row["id"], row["row"], json.loads(row["values"])) for row in rows]


async def _keep(judged: Sequence[tuple[FileRow, Verdict]]) -> None:
    for start in range(0, len(judged), ROWS_PER_UPDATE):
        values: list[Any] = [True]
        part = judged[start : start + ROWS_PER_UPDATE]
        for row, verdict in part:
            values += (row.id, json.dumps(verdict.errors), json.dumps(verdict.remarks), verdict.enrolment)
        await ImportRow.raw(JUDGED.format(rows=ROW * len(part)), *values)


async def remove_expired() -> None:
    """What was in the files, after its time; that something was taken over stays known."""
    for row in await Import.select(Import.id, Import.taken_over_at).where(Import.expires_at < now()).limit(20):
        async with transaction():
            if row["taken_over_at"] is None:
                await Import.delete().where(Import.id == row["id"])
            else:
                await ImportRow.delete().where(ImportRow.import_ == row["id"])
                await Import.update({Import.expires_at: None}).where(Import.id == row["id"])
