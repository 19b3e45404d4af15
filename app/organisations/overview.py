"""Organisations as they are shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.account.queries import ROLES
from app.lists import TiledView
from app.names import full_name
from app.organisations.filters import LABELS, TONES, OrganisationFilter, Standing
from app.organisations.queries import Found
from app.query import as_query, with_query
from app.tables import Role
from app.viewer import Viewer


@dataclass(frozen=True)
class Row:
    """An organisation with its numbers, each with the list that shows it."""

    id: int
    code: str
    name: str
    active: bool
    created_at: datetime
    second_factor_required: bool
    linked: int
    free: int
    managers: int

    @property
    def href(self) -> str:
        return f"/beheer/organisaties/{self.id}"

    @property
    def tone(self) -> str:
        return TONES[self._standing]

    @property
    def label(self) -> str:
        return LABELS[self._standing]

    @property
    def _standing(self) -> Standing:
        return Standing.ACTIVE if self.active else Standing.INACTIVE

    @property
    def linked_href(self) -> str:
        return self.href_of("/overzicht")

    @property
    def free_href(self) -> str:
        return self.href_of("/betaalcodes", status="te-gebruiken")

    def href_of(self, path: str, **more: str) -> str:
        """Of another list, what is theirs."""
        return with_query(path, as_query({"organisatie": self.code} | more))


@dataclass(frozen=True)
class Mandated:
    """Somebody who looks after an organisation, and since when by whom."""

    id: int
    person: int
    name: str
    username: str
    role: Role
    given_at: datetime
    giver: str
    remark: str
    """Why they cannot come in now, if so."""

    @property
    def words(self) -> str:
        return ROLES[self.role]


class OrganisationOverview(TiledView[OrganisationFilter, Row]):
    path = "/beheer/organisaties"
    sorts = ("naam", "code")
    title = "Organisaties"
    what = "organisaties"
    placeholder = "Naam of code"
    labels = LABELS
    tones = TONES

    def __init__(self, viewer: Viewer, filters: OrganisationFilter, found: Found) -> None:
        super().__init__(viewer, filters, found, [Row(**row) for row in found.page.rows])


def mandated(row: dict[str, Any]) -> Mandated:
    remark = "" if row["activated"] else "Uitgenodigd, nog niet geactiveerd"
    return Mandated(
        id=row["id"],
        person=row["person"],
        name=full_name(row["given_name"], row["name_particle"], row["family_name"]),
        username=row["username"],
        role=Role(row["role"]),
        given_at=row["given_at"],
        giver=full_name(row["giver_given_name"], row["giver_name_particle"], row["giver_family_name"])
        if row["given_by"]
        else "",
        remark=remark if row["active"] else "Account gedeactiveerd",
    )
