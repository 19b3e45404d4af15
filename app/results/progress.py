"""Where an enrolment stands: derived from its facts, and read back from what was derived.

`Enrolment.progress` has one letter per step of the route, at the step's position: `o` open, `s` scheduled,
`p` passed, `f` failed and nothing planned, `v` passed but only valid until `Enrolment.valid_until` (at most
one), `-` no step of this enrolment. `Enrolment.progress_notes` has `YYYYMMDD.attempt` for each, nothing for
`o` and `-`, joined by `|`; of a certificate that is in the registers also `.YYYYMMDD.YYYYMMDD`, the days in the
Centraal Register Techniek and in the Vakpaspoort, each empty when it is not. Nothing in either depends on today.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from app.clock import months_after
from app.results.facts import Facts, Issued, Result, RouteStep, counting
from app.tables import Outcome, Purpose, State

OPEN, SCHEDULED, PASSED, FAILED, VALID, ABSENT = "o", "s", "p", "f", "v", "-"
LETTERS = {Outcome.SCHEDULED: SCHEDULED, Outcome.PASSED: PASSED, Outcome.FAILED: FAILED}


@dataclass(frozen=True)
class Progress:
    """The derived columns of an enrolment, by their names."""

    progress: str
    progress_notes: str
    state: State
    scheduled_on: date | None
    valid_until: date | None


class Standing(NamedTuple):
    """How one step stands."""

    letter: str
    day: date | None = None
    attempt: int = 0
    registers: tuple[date | None, date | None] = (None, None)

    @property
    def note(self) -> str:
        if not self.day:
            return ""
        registered = [_digits(day) for day in self.registers] if any(self.registers) else []
        return ".".join([_digits(self.day), str(self.attempt), *registered])


class Note(NamedTuple):
    """What the note of a step says."""

    day: date
    attempt: int
    crt_registered_on: date | None = None
    skills_passport_on: date | None = None


NOT_YET = Standing(OPEN)
NO_STEP = Standing(ABSENT)


def derive(facts: Facts, steps: Sequence[RouteStep]) -> Progress:
    """What follows from the facts, for the steps of the route in order."""
    own = [step for step in steps if step.belongs_to(facts.kind, facts.enrolled_on)]
    standings = _standings(facts, own)
    valid = _validity(facts, own, standings)
    if valid:
        position, valid_until = valid
        standings[position] = standings[position]._replace(letter=VALID)
    length = max((step.position for step in steps), default=0)
    along = [standings.get(position, NO_STEP) for position in range(1, length + 1)]
    return Progress(
        progress="".join(standing.letter for standing in along),
        progress_notes="|".join(standing.note for standing in along),
        state=_state(facts, own, standings),
        scheduled_on=min((each.day for each in along if each.letter == SCHEDULED and each.day), default=None),
        valid_until=valid_until if valid else None,
    )


def _standings(facts: Facts, steps: Iterable[RouteStep]) -> dict[int, Standing]:
    """By position. Of each step the last attempt counts; a withdrawn result never does."""
    last: dict[int, Result] = {}
    for result in counting(facts.results):
        if result.step not in last or order(last[result.step]) < order(result):
            last[result.step] = result
    return {step.position: _standing(step, facts, last.get(step.id)) for step in steps}


def order(result: Result) -> tuple[int, bool, int]:
    """Within an attempt a result comes after every plan for it, and the later recorded after the earlier."""
    return result.attempt, result.outcome != Outcome.SCHEDULED, result.id


def _standing(step: RouteStep, facts: Facts, last: Result | None) -> Standing:
    if step.purpose == Purpose.REGISTRATION:
        return Standing(PASSED, facts.enrolled_on, 1)
    if step.purpose == Purpose.CERTIFICATE:
        return _certified(facts.certificate) if facts.certificate else NOT_YET
    if step.purpose == Purpose.PAYMENT and facts.payments:
        return _paid(facts.payments, last)
    return Standing(LETTERS[Outcome(last.outcome)], last.day, last.attempt) if last else NOT_YET


def _certified(issued: Issued) -> Standing:
    return Standing(PASSED, issued.issued_on, 1, (issued.crt_registered_on, issued.skills_passport_on))


def _paid(paycodes: Sequence[date], last: Result | None) -> Standing:
    """Every payment is an attempt: each test that is taken again is paid for again."""
    if last is None or last.outcome != Outcome.PASSED:
        return Standing(PASSED, max(paycodes), len(paycodes))
    return Standing(PASSED, max(*paycodes, last.day), len(paycodes) + last.attempt)


def _validity(facts: Facts, steps: Sequence[RouteStep], standings: dict[int, Standing]) -> tuple[int, date] | None:
    """The position of the step whose passing ends on a day, and that day: the certificate's once there is one,
    until then the last passed test that the next test must follow in time."""
    if facts.certificate:
        position = next((step.position for step in steps if step.purpose == Purpose.CERTIFICATE), None)
        return (position, facts.certificate.valid_until) if position and facts.certificate.valid_until else None
    next_is_waiting = False
    for step in reversed([step for step in steps if step.purpose == Purpose.TEST]):
        standing = standings[step.position]
        if next_is_waiting and standing.letter == PASSED and step.validity_months and standing.day:
            return step.position, months_after(standing.day, step.validity_months)
        next_is_waiting = standing.letter != PASSED
    return None


def _state(facts: Facts, steps: Iterable[RouteStep], standings: dict[int, Standing]) -> State:
    if facts.certificate:
        return _completed(facts.renewals)
    letters = {standings[step.position].letter for step in steps if step.purpose == Purpose.TEST}
    if FAILED in letters:
        return State.RESIT
    return State.NOT_STARTED if letters <= {OPEN} else State.RUNNING


def _completed(renewals: Sequence[bool]) -> State:
    if any(renewals):
        return State.RENEWED
    return State.RENEWING if renewals else State.COMPLETED


OUTCOMES = {OPEN: "open", SCHEDULED: "ingepland", PASSED: "geslaagd", FAILED: "gezakt"}
"""Letter → the outcome that it shows as, on whichever day."""


def outcome(letter: str, valid_until: date | None, today: date) -> str | None:
    """The outcome that a letter of `progress` shows as; none for a step that is not there."""
    if letter == VALID:
        return "verlopen" if valid_until and valid_until < today else "geslaagd"
    return OUTCOMES.get(letter)


def notes(progress_notes: str) -> list[Note | None]:
    """Per step of the route what its letter tells of."""
    return [_note(note) for note in progress_notes.split("|")]


@lru_cache(maxsize=4096)
def _note(note: str) -> Note | None:
    if not note:
        return None
    day, attempt, *registers = note.split(".")
    on = _day(day)
    assert on is not None
    return Note(on, int(attempt), *map(_day, registers))


def _day(digits: str) -> date | None:
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if digits else None


def _digits(day: date | None) -> str:
    return f"{day:%Y%m%d}" if day else ""
