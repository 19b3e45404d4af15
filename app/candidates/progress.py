"""How the progress of an enrolment reads on screen: an icon, a note and words per step, and one
sentence that says how it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from app.pages import day
from app.results.progress import Note, notes, outcome
from app.routes.catalogue import RouteEntry, StepEntry

WORDS = {
    "open": "nog niet gestart",
    "ingepland": "ingepland",
    "geslaagd": "geslaagd",
    "gezakt": "niet geslaagd - herkansing noodzakelijk",
    "verlopen": "verlopen",
}


@dataclass(frozen=True)
class StepCell:
    slug: str
    label: str
    outcome: str
    note: str
    """What fits under the icon: the day, or which attempt failed."""
    words: str
    """`Theorietoets: niet geslaagd - herkansing noodzakelijk (2e poging, 12-03-2026)`"""


@dataclass(frozen=True)
class Now:
    text: str
    outcome: str


def step_cells(
    route: RouteEntry, progress: str, progress_notes: str, valid_until: date | None, today: date
) -> dict[str, StepCell]:
    """By slug, in the order of the route; without the steps that are not of this enrolment."""
    noted = notes(progress_notes)
    cells = {}
    for step in route.steps:
        letter = progress[step.position - 1 : step.position]
        if found := outcome(letter, valid_until, today):
            cells[step.slug] = _cell(step, found, noted[step.position - 1], today)
    return cells


@lru_cache(maxsize=8192)
def _cell(step: StepEntry, outcome: str, noted: Note | None, today: date) -> StepCell:
    on = noted.day if noted else None
    often = f"{noted.attempt}e poging" if noted and noted.attempt > 1 else ""
    details = ", ".join(filter(None, (often, day(on), *_registers(noted))))
    words = f"{step.name}: {_words(outcome, on, today)}" + (f" ({details})" if details else "")
    note = often if outcome == "gezakt" and often else _short(on, today)
    return StepCell(step.slug, step.name, outcome, note, words)


def _registers(noted: Note | None) -> Iterator[str]:
    """When a certificate came into the registers."""
    if noted and noted.crt_registered_on:
        yield f"in CRT op {day(noted.crt_registered_on)}"
    if noted and noted.skills_passport_on:
        yield f"in Vakpaspoort op {day(noted.skills_passport_on)}"


def _words(outcome: str, on: date | None, today: date) -> str:
    late = outcome == "ingepland" and on is not None and on < today
    return "ingepland, uitslag nog niet bekend" if late else WORDS[outcome]


def _short(on: date | None, today: date) -> str:
    if on is None:
        return ""
    return f"{on.day:02}-{on.month:02}" if on.year == today.year else day(on)


def now(cells: Sequence[StepCell], valid_until: date | None) -> Now:
    """The first step that is not passed, or the certificate."""
    if not cells:
        return Now(WORDS["open"].capitalize(), "open")
    last = cells[-1]
    cell = next((each for each in cells if each.outcome != "geslaagd"), last)
    if cell is last and cell.outcome == "verlopen":
        return Now(f"{last.label} verlopen op {day(valid_until)}", "verlopen")
    if cell.outcome != "geslaagd":
        return Now(cell.words, cell.outcome)
    until = f", geldig tot {day(valid_until)}" if valid_until else ""
    return Now(f"{last.label} behaald{until}", "geslaagd")
