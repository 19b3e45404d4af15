"""People as they are shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.account.factors.queries import Factors
from app.lists import TiledView
from app.log.overview import Event
from app.names import full_name, list_name
from app.people.filters import LABELS, ROLE_OPTIONS, TONES, PersonFilter, Standing
from app.people.queries import Found, Given
from app.viewer import Viewer

PATH = "/beheer/gebruikers"
NAME = ("given_name", "name_particle", "family_name")


@dataclass(frozen=True)
class Person:
    id: int
    name: str
    list_name: str
    email: str
    username: str
    created_at: datetime
    last_signed_in_at: datetime | None
    standing: Standing
    mandates: Sequence[Given] = ()

    @property
    def href(self) -> str:
        return f"{PATH}/{self.id}"

    @property
    def tone(self) -> str:
        return TONES[self.standing]

    @property
    def label(self) -> str:
        return LABELS[self.standing]

    @property
    def is_closed(self) -> bool:
        return self.standing is Standing.CLOSED

    @property
    def is_invited(self) -> bool:
        return self.standing is Standing.INVITED


def shown(row: dict[str, Any], mandates: Mapping[int, Sequence[Given]] | None = None) -> Person:
    names = [row[each] for each in NAME]
    same = {each: row[each] for each in ("id", "email", "username", "created_at", "last_signed_in_at")}
    standing = Standing.of(row["active"], row["activated"])
    held = (mandates or {}).get(row["id"], ())
    return Person(**same, name=full_name(*names), list_name=list_name(*names), standing=standing, mandates=held)


@dataclass(frozen=True)
class Shown:
    """A person on a page of their own."""

    person: Person
    sessions: int
    link_until: datetime | None
    """Until when the link of the last invitation works."""
    history: Sequence[Event]
    factors: Factors
    is_viewer: bool


class PersonOverview(TiledView[PersonFilter, Person]):
    path = PATH
    sorts = ("naam", "ingelogd")
    title = "Gebruikers"
    what = "gebruikers"
    placeholder = "Naam, e-mailadres of gebruikersnaam"
    labels = LABELS
    tones = TONES

    def __init__(self, viewer: Viewer, filters: PersonFilter, found: Found) -> None:
        super().__init__(viewer, filters, found, [shown(row, found.mandates) for row in found.page.rows])

    @property
    def organisation_options(self) -> list[tuple[str, str]]:
        return [(each.code, f"{each.name} ({each.code})") for each in self.filters.organisations]

    @property
    def role_options(self) -> list[tuple[str, str]]:
        return ROLE_OPTIONS
