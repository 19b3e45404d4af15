"""Which vakmanschapsroutes there are, with their profiles and steps: what the lists are read by."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any

from piccolo.columns import ForeignKey

from app.access import NOTHING, Access, Condition
from app.tables import Kind, OrganisationRoute, Purpose, Route

CATALOGUE = """
SELECT route.id, route.slug, route.name, route.label, part.what, part.id AS part_id,
    route.website, route.quality_scheme_url,
    part.position, part.slug AS part_slug, part.name AS part_name, part.kind, part.purpose, part.icon,
    EXISTS (SELECT 1 FROM organisation_route WHERE organisation_route.route = route.id AND {}) AS offered
FROM route
LEFT JOIN (
    SELECT 'step' AS what, route, id, position, slug, name, kind, purpose, icon FROM step
    UNION ALL
    SELECT 'profile', route, id, position, slug, name, NULL, NULL, NULL FROM profile
) AS part ON part.route = route.id
ORDER BY route.position, route.id, part.position, part.id
"""


@dataclass(frozen=True)
class StepEntry:
    position: int
    slug: str
    name: str
    renewal_only: bool
    purpose: Purpose
    icon: str = ""
    """In the sprite; empty for none."""


@dataclass(frozen=True)
class ProfileEntry:
    id: int
    slug: str
    """Of the route and of the profile: `co/monteur-service-onderhoud`."""
    name: str


@dataclass(frozen=True)
class RouteEntry:
    id: int
    slug: str
    name: str
    label: str
    offered: bool
    """Whether the code of one of the viewer's organisations is active on it."""
    steps: tuple[StepEntry, ...]
    profiles: tuple[ProfileEntry, ...]
    website: str = ""
    quality_scheme_url: str = ""

    def step(self, slug: str) -> StepEntry | None:
        return next((step for step in self.steps if step.slug == slug), None)


@dataclass(frozen=True)
class Catalogue:
    routes: tuple[RouteEntry, ...]

    def __iter__(self) -> Iterator[RouteEntry]:
        return iter(self.routes)

    def route(self, slug: str) -> RouteEntry | None:
        return next((route for route in self.routes if route.slug == slug), None)

    def route_by_id(self, key: int) -> RouteEntry:
        return self._by_id[key]

    @cached_property
    def _by_id(self) -> dict[int, RouteEntry]:
        return {route.id: route for route in self.routes}

    def profile(self, slug: str) -> ProfileEntry | None:
        return next((each for route in self.routes for each in route.profiles if each.slug == slug), None)

    def profile_name(self, key: int | None) -> str:
        return self._profile_names.get(key, "")

    @cached_property
    def _profile_names(self) -> dict[int | None, str]:
        return {each.id: each.name for route in self.routes for each in route.profiles}

    def steps(self) -> dict[str, str]:
        """Slug → name, of all routes."""
        return {step.slug: step.name for route in self.routes for step in route.steps}

    # What a list is filtered on: one profile, or a route for all that it has

    def choices(self) -> set[str]:
        routes = {route.slug for route in self.routes}
        return routes | {each.slug for route in self.routes for each in route.profiles}

    def chosen(self, slug: str, route_column: ForeignKey[Any], profile_column: ForeignKey[Any]) -> Condition:
        if route := self.route(slug):
            return route_column == route.id
        profile = self.profile(slug)
        return profile_column == profile.id if profile else NOTHING

    def chosen_name(self, slug: str) -> str:
        if route := self.route(slug):
            return f"{route.name} (alle profielen)"
        profile = self.profile(slug)
        return profile.name if profile else ""


async def load_catalogue(access: Access) -> Catalogue:
    """One statement."""
    offered = access.within(OrganisationRoute.organisation)
    rows = await Route.raw(CATALOGUE, offered.querystring)
    return Catalogue(tuple(_entry(list(parts)) for _, parts in groupby(rows, itemgetter("id"))))


def _entry(rows: list[dict[str, Any]]) -> RouteEntry:
    route = rows[0]
    return RouteEntry(
        id=route["id"],
        slug=route["slug"],
        name=route["name"],
        label=route["label"],
        offered=bool(route["offered"]),
        steps=tuple(
            StepEntry(
                row["position"],
                row["part_slug"],
                row["part_name"],
                row["kind"] == Kind.RENEWAL,
                Purpose(row["purpose"]),
                row["icon"],
            )
            for row in rows
            if row["what"] == "step"
        ),
        profiles=tuple(
            ProfileEntry(row["part_id"], f"{row['slug']}/{row['part_slug']}", row["part_name"])
            for row in rows
            if row["what"] == "profile"
        ),
        website=route["website"],
        quality_scheme_url=route["quality_scheme_url"],
    )
