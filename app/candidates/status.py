"""The six statuses of an enrolment, exclusive, by its facts and today's date: one table that serves
the rows, the counts and the WHERE."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import reduce
from operator import or_

from app.access import Condition
from app.clock import months_after
from app.tables import Enrolment, State


class Status(StrEnum):
    NOT_STARTED = "niet-gestart"
    RUNNING = "lopend"
    RESIT = "herkansing"
    COMPLETED = "afgerond"
    EXPIRING = "verloopt"
    EXPIRED = "verlopen"


LABELS = {
    Status.NOT_STARTED: "Nog niet gestart",
    Status.RUNNING: "Lopend",
    Status.RESIT: "Herkansing nodig",
    Status.COMPLETED: "Afgerond",
    Status.EXPIRING: "Verloopt binnen 6 maanden",
    Status.EXPIRED: "Verlopen",
}
TONES = {
    Status.NOT_STARTED: "open",
    Status.RUNNING: "ingepland",
    Status.RESIT: "gezakt",
    Status.COMPLETED: "geslaagd",
    Status.EXPIRING: "let-op",
    Status.EXPIRED: "verlopen",
}
MONTHS = 6

PAST, SOON, LATER = range(3)
"""Where `valid_until` lies, seen from today; no date at all is `LATER`."""

STATUS = {
    (State.COMPLETED, PAST): Status.EXPIRED,
    (State.COMPLETED, SOON): Status.EXPIRING,
    (State.COMPLETED, LATER): Status.COMPLETED,
    (State.RENEWING, PAST): Status.RUNNING,
    (State.RENEWING, SOON): Status.EXPIRING,
    (State.RENEWING, LATER): Status.COMPLETED,
} | {
    (state, validity): status
    for validity in (PAST, SOON, LATER)
    for state, status in (
        (State.RENEWED, Status.COMPLETED),
        (State.NOT_STARTED, Status.NOT_STARTED),
        (State.RUNNING, Status.RUNNING),
        (State.RESIT, Status.RESIT),
    )
}


@dataclass(frozen=True)
class Calendar:
    """Today, and the last day that counts as soon."""

    today: date

    @property
    def soon(self) -> date:
        return months_after(self.today, MONTHS)

    def validity(self, valid_until: date | None) -> int:
        if valid_until is None or valid_until > self.soon:
            return LATER
        return PAST if valid_until < self.today else SOON

    def status(self, state: State, valid_until: date | None) -> Status:
        return STATUS[state, self.validity(valid_until)]

    def has_status(self, status: Status) -> Condition:
        """The same table as a WHERE."""
        cells = [cell for cell, named in STATUS.items() if named is status]
        states = {state for state, _ in cells}
        return reduce(
            or_,
            (
                self._within(state, {validity for named, validity in cells if named is state})
                for state in sorted(states)
            ),
        )

    def _within(self, state: State, validities: set[int]) -> Condition:
        condition: Condition = Enrolment.state == state
        if len(validities) == 3:
            return condition
        return condition & reduce(or_, (self._lies(validity) for validity in sorted(validities)))

    def _lies(self, validity: int) -> Condition:
        until = Enrolment.valid_until
        if validity == PAST:
            return until < self.today
        if validity == SOON:
            return (until >= self.today) & (until <= self.soon)
        return until.is_null() | (until > self.soon)
