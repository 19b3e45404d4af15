"""Who is likely the same person: found by what two records share."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from app.access import Access
from app.candidates.administration.filters import CandidateSearch
from app.candidates.administration.queries import find_candidates
from app.candidates.administration.records import SOMEBODY
from app.names import list_name
from app.tables import Candidate

MOST_ALIKE = 200
SHOWN = 10
NEAR = 0.8
"""How alike two names are that differ by a sign or two."""


@dataclass(frozen=True)
class Double:
    id: int
    name: str
    email: str
    reasons: list[str]

    @property
    def words(self) -> str:
        said = ", ".join(self.reasons)
        return said[:1].upper() + said[1:]


async def likely_doubles(access: Access, person: Mapping[str, Any]) -> list[Double]:
    """Who shares the most first."""
    alike = (Candidate.email_key == person["email_key"]) | (Candidate.sort_key == person["sort_key"])
    if person["birth_date"]:
        alike |= Candidate.birth_date == person["birth_date"]
    others = access.candidates & SOMEBODY & (Candidate.id != person["id"])
    rows = await Candidate.select().where(others & alike).order_by(Candidate.id).limit(MOST_ALIKE)
    found = {row["id"]: row for row in [*rows, *await _with_crt_number(access, person)] if row["id"] != person["id"]}
    doubles = [_double(row, person) for row in found.values()]
    return sorted((each for each in doubles if each.reasons), key=lambda each: -len(each.reasons))[:SHOWN]


async def _with_crt_number(access: Access, person: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Who has the same number, typed in another way."""
    if not person["crt_number"]:
        return []
    search = CandidateSearch(keywords=person["crt_number"])
    found = await find_candidates(access, search)
    return [
        dict(row) for row in await Candidate.select().where(Candidate.id.is_in([row["id"] for row in found.page.rows]))
    ]


def _double(row: Mapping[str, Any], person: Mapping[str, Any]) -> Double:
    same_day = person["birth_date"] is not None and row["birth_date"] == person["birth_date"]
    other_day = not same_day and bool(person["birth_date"]) and bool(row["birth_date"])
    same_name = row["sort_key"] == person["sort_key"]
    said = {
        "hetzelfde CRT-nummer": bool(person["crt_number"]) and _bare(row["crt_number"]) == _bare(person["crt_number"]),
        "hetzelfde e-mailadres": row["email_key"] == person["email_key"],
        "dezelfde geboortedatum": same_day and _near(row, person),
        # Two of one name who were born on different days are two.
        "dezelfde naam": same_name and not other_day,
        "bijna dezelfde naam": same_day and not same_name and _near(row, person),
    }
    name = list_name(row["given_name"], row["name_particle"], row["family_name"])
    return Double(row["id"], name, row["email"], [reason for reason, is_so in said.items() if is_so])


def _near(row: Mapping[str, Any], person: Mapping[str, Any]) -> bool:
    return SequenceMatcher(None, row["sort_key"], person["sort_key"]).ratio() >= NEAR


def _bare(crt_number: str | None) -> str:
    return "".join(filter(str.isalnum, (crt_number or "").casefold()))
