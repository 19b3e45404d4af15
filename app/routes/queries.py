"""Routes as an administrator sees them, with how much stands on each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import Access
from app.tables import Batch, Enrolment, OrganisationRoute, Profile, Route

Record = dict[str, Any]

ROUTES = """
SELECT route.id, route.slug, route.name, route.label, route.open_for_enrolment,
    (SELECT COUNT(*) FROM profile WHERE profile.route = route.id) AS profiles,
    (SELECT COUNT(*) FROM step WHERE step.route = route.id) AS steps,
    COALESCE(enrolled.n, 0) AS enrolments
FROM route
LEFT JOIN (SELECT route, COUNT(*) AS n FROM enrolment WHERE {} GROUP BY route) AS enrolled ON enrolled.route = route.id
ORDER BY route.position, route.id
"""
PROFILES = """
SELECT profile.id, profile.slug, profile.name, COALESCE(enrolled.n, 0) AS enrolments,
    EXISTS (SELECT 1 FROM batch WHERE batch.profile = profile.id) AS has_batches
FROM profile
LEFT JOIN (SELECT profile, COUNT(*) AS n FROM enrolment WHERE route = {} AND {} GROUP BY profile) AS enrolled
    ON enrolled.profile = profile.id
WHERE profile.route = {}
ORDER BY profile.position, profile.id
"""


@dataclass(frozen=True)
class Usage:
    """What refers to a route."""

    enrolments: int
    batches: int
    organisations: int

    @property
    def is_none(self) -> bool:
        return not (self.enrolments or self.batches or self.organisations)


async def list_routes(access: Access) -> Sequence[Record]:
    """In their order, with counts of profiles, steps and enrolments."""
    return list(await Route.raw(ROUTES, access.enrolments.querystring))


async def find_route(access: Access, key: int) -> Record:
    """Raises NotFoundException when it is not there."""
    row = await Route.select().where(Route.id == key).first() if access.everywhere else None
    if row is None:
        raise NotFoundException
    return dict(row)


async def count_usage(access: Access, route: int) -> Usage:
    return Usage(
        enrolments=await Enrolment.count().where(access.enrolments & (Enrolment.route == route)),
        batches=await Batch.count().where(Batch.route == route),
        organisations=await OrganisationRoute.count().where(OrganisationRoute.route == route),
    )


async def list_profiles(access: Access, route: int) -> Sequence[Record]:
    """In their order, with how many enrolments chose each."""
    rows = await Profile.raw(PROFILES, route, access.enrolments.querystring, route)
    return [row | {"used": bool(row["enrolments"] or row["has_batches"])} for row in rows]


async def find_profile(access: Access, route: int, key: int) -> Record:
    """Raises NotFoundException when this route does not have it."""
    mine = (Profile.id == key) & (Profile.route == route)
    row = await Profile.select().where(mine).first() if access.everywhere else None
    if row is None:
        raise NotFoundException
    return dict(row)
