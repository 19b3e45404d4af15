"""What anybody may enrol on, and whose code may be typed there. Nobody is known yet, so nothing here has access to
go by."""

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import EVERYTHING, Condition
from app.clock import today
from app.tables import Kind, Organisation, OrganisationRoute, Profile, Route, Step

KINDS = [("eerste", "Bewijs van Vakmanschap"), ("verlenging", "Verlenging van een Bewijs van Vakmanschap")]
"""What somebody enrols for; the second only on routes that are renewable."""
ORGANISATION_CODE = re.compile(r"[A-Z]{3}")
SLUG = re.compile(r"[\w-]{1,80}", re.ASCII)


@dataclass(frozen=True)
class OfferedProfile:
    id: int
    slug: str
    name: str


@dataclass(frozen=True)
class OfferedRoute:
    """A route that is open for enrolment."""

    id: int
    slug: str
    name: str
    website: str
    quality_scheme_url: str
    renewable: bool
    """Whether there is a shorter way for who has its certificate."""
    profiles: tuple[OfferedProfile, ...]

    @property
    def path(self) -> str:
        return f"/aanmelden/{self.slug}"

    @property
    def profile_options(self) -> list[tuple[str, str]]:
        return [(each.slug, each.name) for each in self.profiles]


@dataclass(frozen=True)
class LinkingOrganisation:
    """Whose code links on the route that was asked for."""

    id: int
    code: str
    name: str


async def open_routes() -> list[OfferedRoute]:
    return await _routes(EVERYTHING)


async def open_route(slug: str) -> OfferedRoute:
    """Raises NotFoundException when there is none, or it is closed."""
    found = await _routes(Route.slug == slug) if SLUG.fullmatch(slug) else []
    if not found:
        raise NotFoundException
    return found[0]


def kind_of(chosen: str) -> Kind:
    return Kind.RENEWAL if chosen == "verlenging" else Kind.FIRST


def organisation_code(typed: str) -> str:
    """As it is stored, from how it is typed; empty for what cannot be one."""
    code = "".join(typed.split()).upper()
    return code if ORGANISATION_CODE.fullmatch(code) else ""


async def linking_organisation(code: str, route: int) -> LinkingOrganisation | None:
    on_route = OrganisationRoute.select(OrganisationRoute.organisation).where(OrganisationRoute.route == route)
    links = (Organisation.code == code) & Organisation.active.eq(True) & Organisation.id.is_in(on_route)
    row = await Organisation.select(Organisation.id, Organisation.code, Organisation.name).where(links).first()
    return LinkingOrganisation(**row) if row else None


async def _routes(which: Condition) -> list[OfferedRoute]:
    columns = (Route.id, Route.slug, Route.name, Route.website, Route.quality_scheme_url)
    is_open = which & Route.open_for_enrolment.eq(True)
    rows = await Route.select(*columns).where(is_open).order_by(Route.position, Route.id)
    profiles, renewable = await _profiles([row["id"] for row in rows]), await _renewable()
    return [OfferedRoute(**row, renewable=row["id"] in renewable, profiles=tuple(profiles[row["id"]])) for row in rows]


async def _renewable() -> set[int]:
    """Routes that have steps of a renewal now."""
    begun = Step.used_from.is_null() | (Step.used_from <= today())
    goes_on = Step.used_until.is_null() | (Step.used_until >= today())
    steps = Step.select(Step.route).where((Step.kind == Kind.RENEWAL.value) & begun & goes_on)
    return set(await steps.output(as_list=True))


async def _profiles(routes: list[int]) -> dict[int, list[OfferedProfile]]:
    columns = (Profile.id, Profile.slug, Profile.name, Profile.route)
    rows: list[dict[str, Any]] = (
        await Profile.select(*columns).where(Profile.route.is_in(routes)).order_by(Profile.position, Profile.id)
        if routes
        else []
    )
    found: dict[int, list[OfferedProfile]] = defaultdict(list)
    for row in rows:
        found[row.pop("route")].append(OfferedProfile(**row))
    return found
