"""What may they see? From a person to a WHERE: the only tenancy in the code base."""

from dataclasses import dataclass
from typing import Any

from piccolo.columns import ForeignKey
from piccolo.columns.combination import And, Or, Where, WhereRaw

from app.tables import Enrolment, Paycode, Role, Unlinking

Condition = Where | WhereRaw | And | Or

NOTHING = WhereRaw("1 = 0")
EVERYTHING = WhereRaw("1 = 1")


@dataclass(frozen=True)
class Access:
    """Of one person at the moment of the request: read from the database with the session, so that a
    mandate taken away counts at once."""

    user: int
    roles: frozenset[Role]
    organisations: tuple[int, ...]
    """Ids of the organisations that this person manages."""
    enrols_for: tuple[int, ...] = ()
    """Ids of the organisations that this person enrols candidates for."""

    @property
    def everywhere(self) -> bool:
        return Role.ADMINISTRATOR in self.roles

    @property
    def enrolments(self) -> Condition:
        return self.within(Enrolment.organisation)

    @property
    def candidates(self) -> Condition:
        """The persons themselves, whomever they are linked to: an administrator's."""
        return EVERYTHING if self.everywhere else NOTHING

    @property
    def enrolled(self) -> Condition:
        """What an enrolment manager looks after: who is linked, never how they do."""
        return _among(Enrolment.organisation, self.enrols_for)

    @property
    def paycodes(self) -> Condition:
        return self.within(Paycode.organisation)

    @property
    def unlinkings(self) -> Condition:
        return self.within(Unlinking.organisation)

    def within(self, organisation: ForeignKey[Any]) -> Condition:
        """Of a column that names an organisation: the rows that are this person's to see."""
        return EVERYTHING if self.everywhere else _among(organisation, self.organisations)


def _among(organisation: ForeignKey[Any], ids: tuple[int, ...]) -> Condition:
    if not ids:
        return NOTHING
    # An index gives its order only behind an equality, so one organisation is no list of one.
    return organisation == ids[0] if len(ids) == 1 else organisation.is_in(list(ids))
