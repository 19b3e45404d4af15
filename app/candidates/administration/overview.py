"""Kandidaten as it is shown to an administrator: who was found, and where each is enrolled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.candidates.administration.filters import NOWHERE, CandidateSearch
from app.candidates.administration.queries import Found
from app.lists import ListView
from app.names import list_name
from app.viewer import Viewer


@dataclass(frozen=True)
class Row:
    id: int
    name: str
    email: str
    birth_date: date | None
    crt_number: str
    enrolments: list[str]
    """`CO bij NWT`"""

    @property
    def href(self) -> str:
        return f"/beheer/kandidaten/{self.id}"


class CandidateList(ListView[CandidateSearch, Row]):
    path = "/beheer/kandidaten"
    sorts = ("naam",)
    title = "Kandidaten"
    what = "kandidaten"
    placeholder = "Naam, e-mail, aanmeldnummer of CRT-nummer"

    def __init__(self, viewer: Viewer, filters: CandidateSearch, found: Found) -> None:
        self.viewer = viewer
        self.filters = filters
        self.without = found.without
        self.page = found.page.of([row_of(each, found.enrolments) for each in found.page.rows])

    @property
    def organisation_options(self) -> list[tuple[str, str]]:
        named = [(each.code, f"{each.name}, {each.code}") for each in self.filters.organisations]
        return [(NOWHERE, "Zonder organisatie"), *named]


def row_of(row: Mapping[str, Any], enrolments: Mapping[int, Sequence[Mapping[str, Any]]]) -> Row:
    return Row(
        id=row["id"],
        name=list_name(row["given_name"], row["name_particle"], row["family_name"]),
        email=row["email"],
        birth_date=row["birth_date"],
        crt_number=row["crt_number"] or "",
        enrolments=[_words(each) for each in enrolments.get(row["id"], ())],
    )


def _words(enrolment: Mapping[str, Any]) -> str:
    there = f"bij {enrolment['code']}" if enrolment["code"] else "zonder organisatie"
    return f"{enrolment['route']} {there}"
