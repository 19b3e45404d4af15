"""The list of the enrolment manager as it is shown: names and payment, no results."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.enrolment.filters import EnrolledFilter
from app.enrolment.queries import Found
from app.lists import ListView
from app.names import list_name
from app.paging import Page
from app.paycodes.codes import grouped
from app.results.progress import PASSED
from app.routes.catalogue import Catalogue, RouteEntry
from app.tables import Purpose
from app.viewer import Viewer


@dataclass(frozen=True)
class Row:
    id: int
    name: str
    number: str
    organisation: str
    route: str
    profile: str
    enrolled_at: datetime
    paid: bool


class Enrolled(ListView[EnrolledFilter, Row]):
    path = "/aanmeldingen"
    sorts = ("naam", "aangemeld")

    def __init__(self, viewer: Viewer, catalogue: Catalogue, filters: EnrolledFilter, found: Found) -> None:
        self.viewer = viewer
        self.filters = filters
        self.without = found.without
        self.page = Page([_row(row, catalogue) for row in found.page.rows], found.page.slice)

    @property
    def organisation_options(self) -> list[tuple[str, str]]:
        return [(each.code, each.name) for each in self.filters.organisations]

    @property
    def subtitle(self) -> str:
        return " en ".join(f"{each.name}, {each.code}" for each in self.filters.organisations) or "Geen organisatie"


def _row(row: dict[str, Any], catalogue: Catalogue) -> Row:
    route = catalogue.route_by_id(row["route"])
    return Row(
        id=row["id"],
        name=list_name(row["given_name"], row["name_particle"], row["family_name"]),
        number=grouped(row["number"]),
        organisation=row["organisation_code"],
        route=route.name,
        profile=catalogue.profile_name(row["profile"]),
        enrolled_at=row["enrolled_at"],
        paid=_is_paid(route, row["progress"]),
    )


def _is_paid(route: RouteEntry, progress: str) -> bool:
    positions = [step.position for step in route.steps if step.purpose == Purpose.PAYMENT]
    return any(progress[position - 1 : position] == PASSED for position in positions)
