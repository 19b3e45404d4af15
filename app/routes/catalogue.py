"""Which vakmanschapsroutes there are, with their profiles and steps: what the lists are read by."""

from collections.abc import Iterator
from dataclasses import dataclass

from piccolo.querystring import QueryString

from app.access import Access
from app.tables import Kind, OrganisationRoute, Profile, Route

ROUTES = """
SELECT route.id, route.slug, route.name, route.label, step.id AS step_id, step.position AS step_position,
    step.slug AS step_slug, step.name AS step_name, step.kind AS step_kind,
    EXISTS (SELECT 1 FROM organisation_route WHERE organisation_route.route = route.id AND {}) AS offered
FROM route
LEFT JOIN step ON step.route = route.id
ORDER BY route.position, route.id, step.position
"""


@dataclass(frozen=True)
class StepEntry:
    position: int
    slug: str
    name: str
    renewal_only: bool


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
        return next(route for route in self.routes if route.id == key)

    def profile(self, slug: str) -> ProfileEntry | None:
        return next((each for route in self.routes for each in route.profiles if each.slug == slug), None)

    def profile_name(self, key: int | None) -> str:
        return next((each.name for route in self.routes for each in route.profiles if each.id == key), "")

    def steps(self) -> dict[str, str]:
        """Slug → name, of all routes."""
        return {step.slug: step.name for route in self.routes for step in route.steps}


async def load_catalogue(access: Access) -> Catalogue:
    """Two statements."""
    rows = await Route.raw(ROUTES, _querystring(access))
    profiles = await Profile.select(Profile.id, Profile.route, Profile.slug, Profile.name).order_by(
        Profile.position, Profile.id
    )
    entries: dict[int, RouteEntry] = {}
    for row in rows:
        if row["id"] not in entries:
            entries[row["id"]] = RouteEntry(
                id=row["id"],
                slug=row["slug"],
                name=row["name"],
                label=row["label"],
                offered=bool(row["offered"]),
                steps=tuple(
                    StepEntry(
                        each["step_position"],
                        each["step_slug"],
                        each["step_name"],
                        each["step_kind"] == Kind.RENEWAL,
                    )
                    for each in rows
                    if each["id"] == row["id"] and each["step_id"]
                ),
                profiles=tuple(
                    ProfileEntry(each["id"], f"{row['slug']}/{each['slug']}", each["name"])
                    for each in profiles
                    if each["route"] == row["id"]
                ),
            )
    return Catalogue(tuple(entries.values()))


def _querystring(access: Access) -> QueryString:
    return access.within(OrganisationRoute.organisation).querystring
