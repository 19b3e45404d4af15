"""What an administrator puts right about a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from app.enrolment.person import NAMES, Person, read_person
from app.pages import day


@dataclass(frozen=True)
class CandidateForm:
    """What was typed, a sentence for each field that is not right, and without any the person."""

    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)
    person: Person | None = None
    same: int | None = None
    """The candidate who is that person already."""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "CandidateForm":
        columns = ("salutation", "given_name", "name_particle", "family_name", "email")
        texts = (*(row[column] for column in columns), day(row["birth_date"]), row["crt_number"] or "")
        return cls(dict(zip(NAMES, texts, strict=True)))

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> "CandidateForm":
        person, errors = read_person(sent)
        return cls({name: sent.get(name, "") for name in NAMES}, errors, person)

    def known(self, candidate: int, *, by_number: bool) -> "CandidateForm":
        name, what = ("crtnummer", "dit CRT-nummer") if by_number else ("emailadres", "deze naam en dit e-mailadres")
        return replace(self, errors={name: f"Er is al een kandidaat met {what}."}, same=candidate)
