"""Which people did the administrator ask for?"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from piccolo.columns.combination import WhereRaw

from app.access import Condition
from app.account.queries import ROLES
from app.lists import ARRANGEMENT, StandingSelection, arrangement, code_of_one
from app.query import Query
from app.tables import Role, User
from app.viewer import OrganisationName

SORTS = ("naam", "-naam", "ingelogd", "-ingelogd")
HOLDS = '{} IN (SELECT mandate."user" FROM mandate WHERE '
AMONG = {"sqlite": "{} IN (SELECT value FROM json_each({}))", "postgres": "{} = ANY({})"}


class Standing(StrEnum):
    """Of an account, as it is called in addresses."""

    ACTIVE = "actief"
    INVITED = "uitgenodigd"
    CLOSED = "gedeactiveerd"

    @classmethod
    def of(cls, active: bool, activated: bool) -> "Standing":
        if not active:
            return cls.CLOSED
        return cls.ACTIVE if activated else cls.INVITED

    @property
    def condition(self) -> Condition:
        if self is Standing.CLOSED:
            return User.active.eq(False)
        chosen = User.password_hash.is_not_null() if self is Standing.ACTIVE else User.password_hash.is_null()
        return User.active.eq(True) & chosen


LABELS = {Standing.ACTIVE: "Actief", Standing.INVITED: "Uitgenodigd", Standing.CLOSED: "Gedeactiveerd"}
TONES = {Standing.ACTIVE: "geslaagd", Standing.INVITED: "ingepland", Standing.CLOSED: "verlopen"}


class RoleName(StrEnum):
    """A role as it is called in addresses and forms."""

    ADMINISTRATOR = "beheerder"
    ORGANISATION_MANAGER = "organisatiebeheerder"
    ENROLMENT_MANAGER = "aanmeldbeheerder"

    @property
    def role(self) -> Role:
        return Role[self.name]


ROLE_OPTIONS = [(str(name), ROLES[name.role]) for name in RoleName]


@dataclass(frozen=True, kw_only=True)
class PersonFilter(StandingSelection):
    """A selection of people with an account."""

    PARAMETERS = {
        "keywords": "trefwoorden",
        "organisation": "organisatie",
        "role": "rol",
        "standing": "status",
        **ARRANGEMENT,
    }

    keywords: str = ""
    named: tuple[int, ...] = ()
    """Who the keywords find."""
    role: str = ""
    sort: str = "naam"

    @classmethod
    def from_query(cls, raw: bytes, organisations: tuple[OrganisationName, ...]) -> "PersonFilter":
        query = Query(raw)
        return cls(
            organisations=organisations,
            keywords=query.text("trefwoorden"),
            organisation=code_of_one(query, organisations),
            role=query.choice("rol", list(RoleName), "Kies een rol uit de lijst."),
            standing=query.choice("status", list(Standing), "Kies een status uit de lijst."),
            **arrangement(query, SORTS, cls.sort),
        )

    def _conditions(self) -> Sequence[Condition | None]:
        return self._keywords(), self._mandate()

    def _keywords(self) -> Condition | None:
        return among(self.named) if self.keywords else None

    def _mandate(self) -> Condition | None:
        """One that has both the role and the organisation."""
        asked: list[tuple[str, object]] = []
        if self.role:
            asked.append(("mandate.role = {}", RoleName(self.role).role.value))
        if self.organisation:
            asked.append(("mandate.organisation = {}", self.chosen_organisation.id))
        if not asked:
            return None
        condition = " AND ".join(each for each, _ in asked)
        return WhereRaw(f"{HOLDS}{condition})", User.id, *(value for _, value in asked))

    def _standing(self) -> Condition:
        return Standing(self.standing).condition

    def _said(self) -> dict[str, str]:
        return {
            "keywords": f"Trefwoorden: {self.keywords}" if self.keywords else "",
            "organisation": f"Organisatie: {self.chosen_organisation.name}" if self.organisation else "",
            "role": f"Rol: {ROLES[RoleName(self.role).role]}" if self.role else "",
            "standing": f"Status: {LABELS[Standing(self.standing)]}" if self.standing else "",
        }


def among(ids: Sequence[int]) -> WhereRaw:
    """However many there are: one value."""
    engine = User._meta.db.engine_type
    return WhereRaw(AMONG[engine], User.id, list(ids) if engine == "postgres" else json.dumps(list(ids)))
