"""One who enrols, on the way: what was asked, and what came of it."""

from dataclasses import dataclass
from typing import Any

from app.enrolment.person import Person
from app.enrolment.refusals import EnrolmentRefused
from app.paycodes.redemption import Redeemed
from app.tables import Kind, LinkSource


@dataclass(frozen=True)
class Enrolling:
    """What is asked. `source` is how a typed organisation came in; `by` is the user who enrols somebody else.
    With `free_code` one of the organisation's paycodes that nobody used pays, instead of `code`."""

    person: Person
    route: int
    profile: int | None
    organisation: int | None
    source: LinkSource
    code: str | None
    by: int | None
    kind: Kind = Kind.FIRST
    renews: int | None = None
    free_code: bool = False


@dataclass(frozen=True)
class Enrolled:
    id: int
    number: str
    candidate: int
    organisation: int | None
    """Which it is linked to."""


@dataclass
class Entry:
    """One of those who enrol, on the way: what was asked, and what came of it."""

    asked: Enrolling
    candidate: dict[str, Any] | None = None
    renews: int | None = None
    id: int = 0
    number: str = ""
    paid: Redeemed | None = None
    organisation: int | None = None
    """Which it is linked to."""
    refusal: EnrolmentRefused | None = None

    @property
    def person(self) -> dict[str, Any]:
        assert self.candidate is not None
        return self.candidate

    @property
    def enrolled(self) -> Enrolled:
        return Enrolled(self.id, self.number, self.person["id"], self.organisation)
