"""Making one of two records of the same person: shown first, refused where it would lose something, written down."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import Access
from app.account.forms import SALUTATIONS
from app.audit import record
from app.candidates.administration.details import CandidateDetails, show_candidate
from app.candidates.administration.records import copy_to_enrolments, found_by, lock_candidates, name_of
from app.database import transaction, violated_unique
from app.names import full_name
from app.pages import day, moment
from app.security import PortalRequest
from app.tables import Candidate, Enrolment, Kind, State

OPEN = (State.NOT_STARTED, State.RUNNING, State.RESIT)
"""In which a person has one enrolment per route and kind."""


class MergeRefused(ValueError):
    """The message is a Dutch sentence for who wanted to merge."""


@dataclass(frozen=True)
class Field:
    """One thing that is known of both, and what is known of the one that stays."""

    label: str
    kept: str
    removed: str

    @property
    def result(self) -> str:
        return self.kept or self.removed


@dataclass(frozen=True)
class Merge:
    """Two records side by side: `removed` goes, and all that it has moves to `kept`."""

    kept: CandidateDetails
    removed: CandidateDetails

    @property
    def href(self) -> str:
        return f"{self.kept.href}/samenvoegen/{self.removed.id}"

    @property
    def swapped_href(self) -> str:
        return f"{self.removed.href}/samenvoegen/{self.kept.id}"

    @property
    def fields(self) -> list[Field]:
        return [Field(label, say(self.kept.row), say(self.removed.row)) for label, say in FIELDS]

    @property
    def refusals(self) -> list[str]:
        return refusals(
            self.kept.row,
            self.removed.row,
            [each.row for each in self.kept.enrolments],
            [each.row for each in self.removed.enrolments],
        )


FIELDS: tuple[tuple[str, Callable[[Mapping[str, Any]], str]], ...] = (
    ("Naam", lambda row: full_name(*name_of(row))),
    ("Aanhef", lambda row: dict(SALUTATIONS)[row["salutation"]]),
    ("E-mailadres", lambda row: row["email"]),
    ("Geboortedatum", lambda row: day(row["birth_date"])),
    ("CRT-nummer", lambda row: row["crt_number"] or ""),
    ("Bekend sinds", lambda row: moment(row["created_at"])),
)


def refusals(
    kept: Mapping[str, Any],
    removed: Mapping[str, Any],
    stay: Sequence[Mapping[str, Any]],
    move: Sequence[Mapping[str, Any]],
) -> list[str]:
    """Why the two cannot become one; each a sentence. `stay` and `move` are their enrolments, with `route.name`."""
    found = []
    if kept["crt_number"] and removed["crt_number"]:
        found.append("Beide hebben een eigen CRT-nummer. Verbeter of verwijder eerst het nummer dat niet klopt.")
    if kept["birth_date"] and removed["birth_date"] and kept["birth_date"] != removed["birth_date"]:
        found.append("De geboortedata verschillen. Verbeter eerst de datum die niet klopt.")
    taken = {(each["route"], each["kind"]) for each in stay if each["state"] in OPEN}
    for each in move:
        if each["state"] in OPEN and (each["route"], each["kind"]) in taken:
            kind = "verlenging" if each["kind"] == Kind.RENEWAL else "deelname"
            found.append(f"Beide hebben een lopende {kind} aan {each['route.name']}: er kan er maar één open staan.")
    return found


async def preview(access: Access, kept: int, removed: int) -> Merge:
    """Raises NotFoundException when one of the two is not there, or they are one already."""
    if kept == removed:
        raise NotFoundException
    return Merge(await show_candidate(access, kept), await show_candidate(access, removed))


async def merge(access: Access, request: PortalRequest, kept: int, removed: int) -> None:
    """Moves every enrolment to `kept`, fills what was not known of it, and removes the other record.

    Raises MergeRefused, and changes nothing, where that would lose something; NotFoundException when one is gone."""
    try:
        async with transaction():
            await _merge(access, request, kept, removed)
    except Exception as error:
        if violated_unique(error):
            raise MergeRefused("Intussen is er iets veranderd. Bekijk de twee opnieuw.") from error
        raise


async def _merge(access: Access, request: PortalRequest, kept: int, removed: int) -> None:
    rows = await lock_candidates(access, kept, removed)
    if len(rows) != 2:
        raise NotFoundException
    person, other = rows[kept], rows[removed]
    enrolments = await _enrolments(kept), await _enrolments(removed)
    if found := refusals(person, other, *enrolments):
        raise MergeRefused(found[0])
    moved = await copy_to_enrolments(person, Enrolment.candidate == removed)
    await Candidate.delete().where(Candidate.id == removed)
    await _fill(person, other)
    await record(request, "merge", "candidate", kept, removed=removed, moved=moved)


async def _enrolments(candidate: int) -> list[dict[str, Any]]:
    columns = (Enrolment.id, Enrolment.route, Enrolment.route.name, Enrolment.kind, Enrolment.state)
    return list(await Enrolment.select(*columns).where(Enrolment.candidate == candidate).order_by(Enrolment.id))


async def _fill(person: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    """What only the removed record knew."""
    after = dict(person) | {name: person[name] or other[name] for name in ("birth_date", "crt_number")}
    await Candidate.update(
        {
            Candidate.birth_date: after["birth_date"],
            Candidate.crt_number: after["crt_number"],
            Candidate.search_text: found_by(after),
        }
    ).where(Candidate.id == person["id"])
