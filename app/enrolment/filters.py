"""What did the enrolment manager ask for?"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.access import Condition
from app.lists import ARRANGEMENT, Selection, arrangement, code_of_one
from app.query import Query, contains
from app.tables import Enrolment
from app.viewer import OrganisationName

SORTS = ("naam", "-naam", "aangemeld", "-aangemeld")


@dataclass(frozen=True, kw_only=True)
class EnrolledFilter(Selection):
    """A selection of who is enrolled: nothing in it tells how they do."""

    PARAMETERS = {
        "keywords": "trefwoorden",
        "organisation": "organisatie",
        **ARRANGEMENT,
    }

    keywords: str = ""
    sort: str = "naam"

    @classmethod
    def from_query(cls, raw: bytes, organisations: tuple[OrganisationName, ...]) -> "EnrolledFilter":
        query = Query(raw)
        return cls(
            organisations=organisations,
            keywords=query.text("trefwoorden"),
            organisation=code_of_one(query, organisations),
            **arrangement(query, SORTS, cls.sort),
        )

    def _conditions(self) -> Sequence[Condition | None]:
        return self._keywords(), self._organisation()

    def _keywords(self) -> Condition | None:
        return contains(Enrolment.search_text, self.keywords) if self.keywords else None

    def _organisation(self) -> Condition | None:
        return Enrolment.organisation == self.chosen_organisation.id if self.organisation else None

    def _said(self) -> dict[str, str]:
        return {
            "keywords": f"Trefwoorden: {self.keywords}" if self.keywords else "",
            "organisation": f"Organisatie: {self.chosen_organisation.name}" if self.organisation else "",
        }
