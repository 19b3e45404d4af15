"""One person: who that is, and every enrolment with what can be done about its link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import Access
from app.candidates.details import SOURCES
from app.candidates.status import LABELS, TONES, Calendar
from app.candidates.unlinking import Unlinked, find_restorable
from app.clock import today
from app.names import formal_name, full_name, list_name
from app.pages import day
from app.paycodes.codes import grouped
from app.tables import Candidate, Enrolment, Kind, LinkSource, State, UnlinkCause, Unlinking

CAUSES = {
    UnlinkCause.MANAGER: "door de organisatie",
    UnlinkCause.ADMINISTRATOR: "door Vakmanschap Techniek",
    UnlinkCause.OBJECTION: "na bezwaar van de kandidaat",
}


@dataclass(frozen=True)
class Past:
    """A link that ended."""

    organisation: str
    at: datetime
    cause: UnlinkCause
    restored: bool

    @property
    def words(self) -> str:
        back = ", later hersteld" if self.restored else ""
        return f"{self.organisation}: ontkoppeld op {day(self.at)} {CAUSES[self.cause]}{back}"


@dataclass(frozen=True)
class EnrolmentLine:
    row: Mapping[str, Any]
    path: str
    """Under which its link is changed."""
    past: Sequence[Past]
    restorable: Unlinked | None

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def href(self) -> str:
        return f"/deelnames/{self.id}"

    @property
    def number(self) -> str:
        return grouped(self.row["number"])

    @property
    def route(self) -> str:
        return str(self.row["route.name"])

    @property
    def what(self) -> str:
        """What is said of it beside the route."""
        kind = "verlenging" if self.row["kind"] == Kind.RENEWAL else ""
        return ", ".join(filter(None, (self.row["profile.name"], kind)))

    @property
    def standing(self) -> tuple[str, str]:
        """The tone and the words of the status."""
        status = Calendar(today()).status(State(self.row["state"]), self.row["valid_until"])
        return TONES[status], LABELS[status]

    @property
    def organisation(self) -> str:
        code, name = self.row["organisation.code"], self.row["organisation.name"]
        return f"{name}, {code}" if code else ""

    @property
    def source(self) -> str:
        """Where the link comes from, and since when."""
        if not self.row["link_source"]:
            return ""
        return f"{SOURCES[LinkSource(self.row['link_source'])]}, {day(self.row['linked_at'])}"

    @property
    def objection(self) -> Past | None:
        """Why the last link that ended cannot be restored."""
        last = self.past[-1] if self.past and not self.organisation else None
        return last if last and last.cause is UnlinkCause.OBJECTION else None

    @property
    def link_href(self) -> str:
        return "" if self.organisation else f"{self.path}/koppelen"

    @property
    def unlink_href(self) -> str:
        return f"{self.path}/ontkoppelen" if self.organisation else ""

    @property
    def restore_href(self) -> str:
        return f"{self.path}/herstellen" if self.restorable and not self.organisation else ""


@dataclass(frozen=True)
class CandidateDetails:
    row: Mapping[str, Any]
    enrolments: Sequence[EnrolmentLine]

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def href(self) -> str:
        return href(self.id)

    @property
    def name(self) -> str:
        return full_name(*self.names)

    @property
    def list_name(self) -> str:
        return list_name(*self.names)

    @property
    def formal_name(self) -> str:
        return formal_name(self.row["salutation"], *self.names)

    @property
    def names(self) -> tuple[str, str, str]:
        return self.row["given_name"], self.row["name_particle"], self.row["family_name"]


def href(candidate: int) -> str:
    return f"/beheer/kandidaten/{candidate}"


async def find_candidate(access: Access, key: int) -> dict[str, Any]:
    """Not theirs and not there are the same: NotFoundException."""
    row = await Candidate.select().where(access.candidates & (Candidate.id == key)).first()
    if row is None:
        raise NotFoundException
    return dict(row)


async def show_candidate(access: Access, key: int) -> CandidateDetails:
    row = await find_candidate(access, key)
    rows = await _enrolments(access, key)
    ids = [each["id"] for each in rows]
    past, restorable = await _past(access, ids), await find_restorable(access, ids)
    lines = [
        EnrolmentLine(
            row=each,
            path=f"{href(key)}/deelnames/{each['id']}",
            past=past.get(each["id"], []),
            restorable=restorable.get(each["id"]),
        )
        for each in rows
    ]
    return CandidateDetails(row, lines)


async def find_line(access: Access, candidate: int, enrolment: int) -> tuple[CandidateDetails, EnrolmentLine]:
    """An enrolment of this person: NotFoundException otherwise."""
    person = await show_candidate(access, candidate)
    line = next((each for each in person.enrolments if each.id == enrolment), None)
    if line is None:
        raise NotFoundException
    return person, line


async def _enrolments(access: Access, candidate: int) -> list[dict[str, Any]]:
    columns = (
        *Enrolment.all_columns(),
        Enrolment.route.name,
        Enrolment.profile.name,
        Enrolment.organisation.code,
        Enrolment.organisation.name,
    )
    own = access.enrolments & (Enrolment.candidate == candidate)
    return list(await Enrolment.select(*columns).where(own).order_by(Enrolment.enrolled_at, Enrolment.id))


async def _past(access: Access, enrolments: Sequence[int]) -> dict[int, list[Past]]:
    rows = (
        await Unlinking.select(
            Unlinking.enrolment,
            Unlinking.organisation.name,
            Unlinking.unlinked_at,
            Unlinking.cause,
            Unlinking.restored_at,
        )
        .where(access.unlinkings & Unlinking.enrolment.is_in(list(enrolments)))
        .order_by(Unlinking.id)
    )
    past: dict[int, list[Past]] = {}
    for row in rows:
        ended = Past(
            row["organisation.name"], row["unlinked_at"], UnlinkCause(row["cause"]), row["restored_at"] is not None
        )
        past.setdefault(row["enrolment"], []).append(ended)
    return past
