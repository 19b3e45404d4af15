"""Which organisations did the administrator ask for?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.access import NOTHING, Condition
from app.lists import ARRANGEMENT, StandingSelection, arrangement
from app.names import fold, words
from app.query import Query
from app.tables import Organisation
from app.viewer import OrganisationName

SORTS = ("naam", "-naam", "code", "-code")


class Standing(StrEnum):
    """As it is called in addresses."""

    ACTIVE = "actief"
    INACTIVE = "inactief"


LABELS = {Standing.ACTIVE: "Actief", Standing.INACTIVE: "Inactief"}
TONES = {Standing.ACTIVE: "geslaagd", Standing.INACTIVE: "inactief"}


@dataclass(frozen=True, kw_only=True)
class OrganisationFilter(StandingSelection):
    """A selection of organisations; `organisations` are all that there are."""

    PARAMETERS = {
        "keywords": "trefwoorden",
        "standing": "status",
        **ARRANGEMENT,
    }

    keywords: str = ""
    sort: str = "naam"

    @classmethod
    def from_query(cls, raw: bytes, organisations: tuple[OrganisationName, ...]) -> "OrganisationFilter":
        query = Query(raw)
        return cls(
            organisations=organisations,
            keywords=query.text("trefwoorden"),
            standing=query.choice("status", list(Standing), "Kies een status uit de lijst."),
            **arrangement(query, SORTS, cls.sort),
        )

    def _conditions(self) -> Sequence[Condition | None]:
        return (self._keywords(),)

    def _keywords(self) -> Condition | None:
        """Each word somewhere in the code or the name, however that is written."""
        if not self.keywords:
            return None
        found = [each.id for each in self.organisations if self._is_meant(each)]
        return Organisation.id.is_in(found) if found else NOTHING

    def _is_meant(self, organisation: OrganisationName) -> bool:
        text = fold(f"{organisation.code} {organisation.name}")
        return all(word in text for word in words(self.keywords))

    def _standing(self) -> Condition:
        return Organisation.active.eq(self.standing == Standing.ACTIVE)

    def _said(self) -> dict[str, str]:
        return {
            "keywords": f"Trefwoorden: {self.keywords}" if self.keywords else "",
            "standing": f"Status: {LABELS[Standing(self.standing)]}" if self.standing else "",
        }
