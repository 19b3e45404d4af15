"""Which batches did the administrator ask for?"""

from dataclasses import dataclass
from functools import reduce
from operator import and_

from piccolo.columns.combination import WhereRaw

from app.access import Condition
from app.lists import ARRANGEMENT, Selection, arrangement, code_of_one, narrowed
from app.names import fold, words
from app.paycodes.codes import canonical, is_code
from app.query import Query, contains
from app.routes.catalogue import Catalogue
from app.tables import Batch
from app.viewer import OrganisationName

OF_CODE = "{} IN (SELECT paycode.batch FROM paycode WHERE paycode.code = {})"
SORTS = ("-aangemaakt",)


@dataclass(frozen=True, kw_only=True)
class BatchFilter(Selection):
    """A selection of batches."""

    PARAMETERS = {
        "keywords": "trefwoorden",
        "organisation": "organisatie",
        "route": "route",
        **ARRANGEMENT,
    }

    catalogue: Catalogue
    keywords: str = ""
    route: str = ""
    sort: str = "-aangemaakt"

    @classmethod
    def from_query(cls, raw: bytes, catalogue: Catalogue, organisations: tuple[OrganisationName, ...]) -> "BatchFilter":
        query = Query(raw)
        return cls(
            catalogue=catalogue,
            organisations=organisations,
            keywords=query.text("trefwoorden"),
            organisation=code_of_one(query, organisations),
            route=query.choice("route", {each.slug for each in catalogue}, "Kies een route uit de lijst."),
            **arrangement(query, SORTS, cls.sort),
        )

    def narrow(self, visible: Condition) -> Condition:
        return narrowed(visible, self._keywords(), self._organisation(), self._route())

    def _keywords(self) -> Condition | None:
        """Number, contact and reference of the batch, the name of its organisation, or one of its codes."""
        if not self.keywords:
            return None
        found = reduce(and_, map(self._word, words(self.keywords) or [""]))
        code = canonical(self.keywords)
        return found | WhereRaw(OF_CODE, Batch.id, code) if is_code(code) else found

    def _word(self, word: str) -> Condition:
        """Each word may stand in the batch or in its organisation."""
        named = [each.id for each in self.organisations if word in fold(f"{each.name} {each.code}")]
        found = contains(Batch.search_text, word)
        return found | Batch.organisation.is_in(named) if named else found

    def _organisation(self) -> Condition | None:
        return Batch.organisation == self.chosen_organisation.id if self.organisation else None

    def _route(self) -> Condition | None:
        chosen = self.catalogue.route(self.route)
        return Batch.route == chosen.id if chosen else None

    def _said(self) -> dict[str, str]:
        chosen = self.catalogue.route(self.route)
        return {
            "keywords": f"Trefwoorden: {self.keywords}" if self.keywords else "",
            "organisation": f"Organisatie: {self.chosen_organisation.name}" if self.organisation else "",
            "route": f"Route: {chosen.name}" if chosen else "",
        }
