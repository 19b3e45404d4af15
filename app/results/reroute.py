"""What other steps of a route do to who is on it: foreseen, or done.

Whoever keeps the same steps, in the same order and with the same meaning, keeps all that was derived: at most the
letters change place. Only the others are derived anew, so a step for who enrols from next year on costs little,
also with a million enrolments.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from app.clock import local
from app.results.facts import RouteStep, facts_of
from app.results.progress import ABSENT, Progress, derive
from app.results.rederive import ROWS_PER_UPDATE, Row, every_id, locked_rows, stands, stored_rows, write
from app.tables import Enrolment, Kind, Purpose

# As in `rederive`; where a letter stands is no news of the candidate, so `changed_at` stays.
MOVE = """
    UPDATE enrolment SET progress = new.progress, progress_notes = new.progress_notes
    FROM (
        SELECT id, progress, progress_notes FROM enrolment WHERE 1 = 0
        {rows}
    ) AS new
    WHERE enrolment.id = new.id
"""
ROW = "UNION ALL SELECT {}, {}, {}\n"

Steps = Sequence[RouteStep]


class Rerouted(NamedTuple):
    """An enrolment of which something changes."""

    row: Row
    """As it was stored."""
    progress: Progress
    """As it becomes."""
    is_moved: bool
    """It stands as it did: only its letters change place."""


async def foresee(route: int, before: Steps, after: Steps) -> AsyncIterator[Rerouted]:
    """What would change for whom; changes nothing, and locks nothing."""
    async for ids in every_id(route):
        for each in await _rerouted(await stored_rows(ids), before, after):
            yield each


async def reroute(route: int, before: Steps, after: Steps) -> AsyncIterator[Rerouted]:
    """Brings who is on the route from the steps `before` to those that it has by now, `after`. The caller holds the
    route (`lock_route`), so that nobody joins meanwhile. Facts that others write are not lost: whoever has a row first
    lets the other wait, and both read facts and steps only when the row is theirs."""
    async for ids in every_id(route):
        found = await _rerouted(await locked_rows(ids), before, after)
        await write([(each.row["id"], each.progress) for each in found if not each.is_moved])
        await _move([each for each in found if each.is_moved])
        for each in found:
            yield each


async def _rerouted(rows: Sequence[Row], before: Steps, after: Steps) -> list[Rerouted]:
    keeps = keepers(before, after)
    days = {row["id"]: local(row["enrolled_at"]).date() for row in rows}
    kept = {row["id"] for row in rows if keeps(Kind(row["kind"]), days[row["id"]]) and _is_of(row, before)}
    derived = [row for row in rows if row["id"] not in kept]
    facts = await facts_of(derived) if derived else {}
    new = {row["id"]: derive(facts[row["id"]], after) for row in derived}
    new |= {row["id"]: moved(stands(row), before, after) for row in rows if row["id"] in kept}
    found = (Rerouted(row, new[row["id"]], row["id"] in kept) for row in rows)
    return [each for each in found if stands(each.row) != each.progress]


def keepers(before: Steps, after: Steps) -> Callable[[Kind, date], bool]:
    """Whether who enrolled that day, for this kind, keeps the same steps."""

    @lru_cache(maxsize=4096)
    def keeps(kind: Kind, enrolled_on: date) -> bool:
        return _way(before, kind, enrolled_on) == _way(after, kind, enrolled_on)

    return keeps


def _way(steps: Steps, kind: Kind, enrolled_on: date) -> list[tuple[Any, ...]]:
    """All of their own steps that anything is derived from."""
    own = (step for step in steps if step.belongs_to(kind, enrolled_on))
    return [(step.id, step.purpose, step.validity_months if step.purpose == Purpose.TEST else None) for step in own]


def _is_of(row: Row, steps: Steps) -> bool:
    """Whether what is stored was derived for these steps; if not, it is derived anew."""
    return len(row["progress"]) == max((step.position for step in steps), default=0)


def moved(progress: Progress, before: Steps, after: Steps) -> Progress:
    """The same standings at the places that the steps have now."""
    places = {step.id: step.position - 1 for step in before}
    notes = progress.progress_notes.split("|")
    known = [(step.position, places[step.id]) for step in after if step.id in places]
    found = {position: (progress.progress[place], notes[place]) for position, place in known}
    length = max((step.position for step in after), default=0)
    along = [found.get(position, (ABSENT, "")) for position in range(1, length + 1)]
    return replace(
        progress,
        progress="".join(letter for letter, _ in along),
        progress_notes="|".join(note for _, note in along),
    )


async def _move(found: Sequence[Rerouted]) -> None:
    for start in range(0, len(found), ROWS_PER_UPDATE):
        part = found[start : start + ROWS_PER_UPDATE]
        values = [
            value for row, progress, _ in part for value in (row["id"], progress.progress, progress.progress_notes)
        ]
        await Enrolment.raw(MOVE.format(rows=ROW * len(part)), *values)
