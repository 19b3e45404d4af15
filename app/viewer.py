"""Who is signed in, and what they look after."""

from dataclasses import dataclass
from datetime import datetime

from app.access import Access
from app.tables import Role


@dataclass(frozen=True)
class OrganisationName:
    id: int
    code: str
    name: str


@dataclass(frozen=True)
class Viewer:
    """Who is signed in, and with which session."""

    id: int
    session: int
    username: str
    name: str
    access: Access
    organisations: tuple[OrganisationName, ...]
    """Those that this person manages."""
    enrols_for: tuple[OrganisationName, ...]
    second_factor_at: datetime | None = None
    """When this session passed the second step, if it did."""
    must_have_factor: bool = False
    """An administrator, or somebody of an organisation that asks it of its people."""

    @property
    def owes_factor(self) -> bool:
        return self.must_have_factor and self.second_factor_at is None

    def has(self, *roles: Role) -> bool:
        return not self.access.roles.isdisjoint(roles)

    @property
    def home(self) -> str:
        """Where this person lands after signing in."""
        if self.has(Role.ORGANISATION_MANAGER):
            return "/overzicht"
        if self.has(Role.ADMINISTRATOR):
            return "/beheer"
        return "/aanmeldingen" if self.has(Role.ENROLMENT_MANAGER) else "/profiel"
