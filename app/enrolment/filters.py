"""What did the enrolment manager ask for?"""

from dataclasses import dataclass

from app.access import NOTHING, Condition
from app.lists import Selection, arrangement, narrowed
from app.paging import SIZES
from app.query import Query, contains
from app.security import OrganisationName
from app.tables import Enrolment

SORTS = ("naam", "-naam", "aangemeld", "-aangemeld")


@dataclass(frozen=True, kw_only=True)
class EnrolledFilter(Selection):
    """A selection of who is enrolled: nothing in it tells how they do."""

    PARAMETERS = {
        "keywords": "trefwoorden",
        "organisation": "organisatie",
        "sort": "sorteer",
        "size": "per_pagina",
        "number": "pagina",
    }
    DEFAULTS = {"sort": "naam", "size": SIZES[0], "number": 1}

    keywords: str = ""
    sort: str = "naam"

    @classmethod
    def from_query(cls, raw: bytes, organisations: tuple[OrganisationName, ...]) -> "EnrolledFilter":
        query = Query(raw)
        codes = {each.code for each in organisations}
        return cls(
            organisations=organisations,
            keywords=query.text("trefwoorden"),
            organisation=query.choice("organisatie", codes, "Kies een organisatie uit de lijst."),
            **arrangement(query, SORTS, "naam"),
        )

    def narrow(self, visible: Condition) -> Condition:
        """A value that could not be read selects nobody."""
        return narrowed(NOTHING if self.errors else visible, self._keywords(), self._organisation())

    def _keywords(self) -> Condition | None:
        return contains(Enrolment.search_text, self.keywords) if self.keywords else None

    def _organisation(self) -> Condition | None:
        return Enrolment.organisation == self.chosen_organisation.id if self.organisation else None

    def words(self) -> dict[str, str]:
        said = {
            "keywords": f"Trefwoorden: {self.keywords}" if self.keywords else "",
            "organisation": f"Organisatie: {self.chosen_organisation.name}" if self.organisation else "",
        }
        return {name: text for name, text in said.items() if text}
