"""Writes on the rows of enrolments what follows from their facts."""

from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from piccolo.query import Select
from piccolo.query.mixins import LockStrength

from app import clock
from app.results.facts import RouteStep, facts_of, steps_by_route
from app.results.progress import Progress, derive
from app.tables import Enrolment, State

CHUNK = 500

COLUMNS = (
    Enrolment.id,
    Enrolment.route,
    Enrolment.kind,
    Enrolment.enrolled_at,
    Enrolment.organisation,
    Enrolment.progress,
    Enrolment.progress_notes,
    Enrolment.state,
    Enrolment.scheduled_on,
    Enrolment.valid_until,
)

# The first part of the union has no rows: it tells PostgreSQL the types.
UPDATE = """
    UPDATE enrolment
    SET progress = new.progress, progress_notes = new.progress_notes, state = new.state,
        scheduled_on = new.scheduled_on, valid_until = new.valid_until, changed_at = {{}}
    FROM (
        SELECT id, progress, progress_notes, state, scheduled_on, valid_until FROM enrolment WHERE 1 = 0
        {rows}
    ) AS new
    WHERE enrolment.id = new.id
"""
ROW = "UNION ALL SELECT {}, {}, {}, {}, {}, {}\n"
ROWS_PER_UPDATE = 100

Row = dict[str, Any]


async def rederive(enrolments: Iterable[int] | None = None, *, route: int | None = None) -> int:
    """Brings the derived columns of these enrolments (none given: of all, or of all on one route), and of those that
    they renew, to what their facts say, inside the caller's transaction. Gives how many changed; only these get a new
    `changed_at`. Call it after the facts are written: it then waits for others who write facts of the same
    enrolments, or change the steps of their route, and sees theirs too."""
    changed = 0
    async for ids in every_id(route) if enrolments is None else _with_renewed(enrolments):
        rows = await locked_rows(ids)
        # Not before: who held the rows until now may have changed the steps.
        changes = await _changes(rows, await steps_by_route()) if rows else []
        await write(changes)
        changed += len(changes)
    return changed


async def every_id(route: int | None = None) -> AsyncIterator[list[int]]:
    """Of all enrolments, or of those on a route, in parts and in order."""
    last = 0
    while ids := await _ids_after(last, route):
        yield ids
        last = ids[-1]


async def _ids_after(last: int, route: int | None) -> list[int]:
    later = Enrolment.id > last
    wanted = later if route is None else later & (Enrolment.route == route)
    return await Enrolment.select(Enrolment.id).where(wanted).order_by(Enrolment.id).limit(CHUNK).output(as_list=True)


async def _with_renewed(enrolments: Iterable[int]) -> AsyncIterator[list[int]]:
    for part in _chunks(await _and_renewed(set(enrolments))):
        yield part


async def _and_renewed(ids: set[int]) -> set[int]:
    for part in _chunks(ids):
        renewed = Enrolment.select(Enrolment.renews).where(Enrolment.id.is_in(part), Enrolment.renews.is_not_null())
        ids = ids | set(await renewed.output(as_list=True))
    return ids


async def lock(enrolments: Iterable[int]) -> dict[int, Row]:
    """The rows of these enrolments by id, and of those that they renew, so that until the caller's transaction ends
    nobody else writes facts of them: what is read of them after this is all there is."""
    rows = [row for part in _chunks(await _and_renewed(set(enrolments))) for row in await locked_rows(part)]
    return {row["id"]: row for row in rows}


def _chunks(ids: Iterable[int]) -> list[list[int]]:
    ordered = sorted(ids)
    return [ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK)]


async def locked_rows(ids: Sequence[int]) -> list[Row]:
    """What is stored of them, nobody else's to write until the transaction ends. In the order of their ids, so that
    two who lock never wait for each other. A row that refers to an enrolment may be added meanwhile; SQLite has one
    writer anyway."""
    query = stored_rows(ids)
    if query.engine_type == "postgres":
        query = query.lock_rows(LockStrength.no_key_update)
    return await query


def stored_rows(ids: Sequence[int]) -> Select[Any]:
    return Enrolment.select(*COLUMNS).where(Enrolment.id.is_in(list(ids))).order_by(Enrolment.id)


async def _changes(rows: list[Row], steps: dict[int, tuple[RouteStep, ...]]) -> list[tuple[int, Progress]]:
    facts = await facts_of(rows)
    derived = ((row, derive(facts[row["id"]], steps.get(row["route"], ()))) for row in rows)
    return [(row["id"], progress) for row, progress in derived if stands(row) != progress]


def stands(row: Row) -> Progress:
    return Progress(
        row["progress"], row["progress_notes"], State(row["state"]), row["scheduled_on"], row["valid_until"]
    )


async def write(changes: Sequence[tuple[int, Progress]]) -> None:
    for start in range(0, len(changes), ROWS_PER_UPDATE):
        await _update(changes[start : start + ROWS_PER_UPDATE])


async def _update(changes: Sequence[tuple[int, Progress]]) -> None:
    values: list[Any] = [clock.now()]
    for enrolment, new in changes:
        values += (enrolment, new.progress, new.progress_notes, new.state.value, new.scheduled_on, new.valid_until)
    await Enrolment.raw(UPDATE.format(rows=ROW * len(changes)), *values)
