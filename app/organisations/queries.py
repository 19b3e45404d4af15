"""Which organisations there are, with what stands at each and who looks after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import EVERYTHING, NOTHING, Access, Condition
from app.clock import now
from app.lists import count_without_each
from app.organisations.codes import free_code
from app.organisations.filters import OrganisationFilter, Standing
from app.paging import Page, Slice
from app.tables import Mandate, Organisation, OrganisationRoute, Role, Route, User
from app.viewer import OrganisationName, Viewer

Record = dict[str, Any]

COUNTS = "SELECT active, COUNT(*) AS n FROM organisation WHERE {} GROUP BY active"
# The organisations first, and only then what stands at those that are shown.
PAGE = """
SELECT organisation.id, organisation.code, organisation.name, organisation.active, organisation.created_at,
    organisation.second_factor_required,
    (SELECT COUNT(*) FROM enrolment WHERE enrolment.organisation = organisation.id AND {{}}) AS linked,
    (
        SELECT COUNT(*) FROM paycode
        WHERE paycode.organisation = organisation.id AND paycode.used_at IS NULL
            AND paycode.deactivated_at IS NULL AND paycode.expires_at > {{}} AND {{}}
    ) AS free,
    (
        SELECT COUNT(*) FROM mandate JOIN portal_user ON portal_user.id = mandate."user" AND portal_user.active = {{}}
        WHERE mandate.organisation = organisation.id AND mandate.role = {{}}
    ) AS managers
FROM (SELECT id FROM organisation WHERE {{}} ORDER BY {order} LIMIT {{}} OFFSET {{}}) AS chosen
JOIN organisation ON organisation.id = chosen.id
ORDER BY {order}
"""
ORDERS = {
    "naam": "organisation.sort_key, organisation.id",
    "-naam": "organisation.sort_key DESC, organisation.id DESC",
    "code": "organisation.code",
    "-code": "organisation.code DESC",
}
PAGES = {sort: PAGE.format(order=order) for sort, order in ORDERS.items()}
# In the order in which a team is read: who manages first.
MANDATES = """
SELECT mandate.id, mandate.role, mandate.given_at, mandate.given_by, person.id AS person, person.username,
    person.given_name, person.name_particle, person.family_name, person.active,
    person.password_hash IS NOT NULL AS activated, giver.given_name AS giver_given_name,
    giver.name_particle AS giver_name_particle, giver.family_name AS giver_family_name
FROM mandate
JOIN portal_user AS person ON person.id = mandate."user"
LEFT JOIN portal_user AS giver ON giver.id = mandate.given_by
WHERE mandate.organisation = {} AND {}
ORDER BY CASE mandate.role WHEN 'organisation_manager' THEN 1 ELSE 2 END,
    person.sort_key, mandate.id
"""


@dataclass(frozen=True)
class Found:
    page: Page[Record]
    counts: Mapping[Standing, int]
    """By status; they obey every filter but that on status."""
    without: Mapping[str, int] = field(default_factory=dict)
    """When nothing is found: filter → how many there would be without it."""


async def filterable_organisations(viewer: Viewer) -> tuple[OrganisationName, ...]:
    """Those that this person may choose between: an administrator between all."""
    if not viewer.access.everywhere:
        return viewer.organisations
    rows = await Organisation.select(Organisation.id, Organisation.code, Organisation.name).order_by(
        Organisation.sort_key
    )
    return tuple(OrganisationName(row["id"], row["code"], row["name"]) for row in rows)


async def list_organisations(access: Access, filters: OrganisationFilter) -> Found:
    """One page; a page past the end is the last page."""
    visible = _visible(access)
    rows = await Organisation.raw(COUNTS, filters.narrow_counted(visible).querystring)
    by_activity = {bool(row["active"]): row["n"] for row in rows}
    counts = {each: by_activity.get(each is Standing.ACTIVE, 0) for each in Standing}
    total = counts[Standing(filters.standing)] if filters.standing else sum(counts.values())
    part = Slice.of(filters.number, filters.size, total)
    if not total:
        return Found(Page([], part), counts, await count_without_each(visible, Organisation, filters))
    return Found(Page(await _page(access, filters.narrow(visible), part, filters.sort), part), counts)


async def find_organisation(access: Access, key: int) -> Record:
    """With its numbers. Raises NotFoundException when it is not there."""
    rows = await _page(access, _visible(access) & (Organisation.id == key), Slice.of(1, 1, 1), "code")
    if not rows:
        raise NotFoundException
    return rows[0]


async def list_active_routes(access: Access, organisation: int) -> Sequence[Record]:
    """Those that its code is active on, in their order."""
    own = OrganisationRoute.select(OrganisationRoute.route).where(
        access.within(OrganisationRoute.organisation) & (OrganisationRoute.organisation == organisation)
    )
    active = Route.id.is_in(own)
    return list(await Route.select(Route.slug, Route.name).where(active).order_by(Route.position, Route.id))


async def list_mandates(access: Access, organisation: int) -> Sequence[Record]:
    """Who looks after it, with who gave them that."""
    return list(await Mandate.raw(MANDATES, organisation, access.within(Mandate.organisation).querystring))


async def find_mandate(access: Access, organisation: int, key: int) -> Record | None:
    """Nothing when it is not there, or not of this organisation."""
    return next((row for row in await list_mandates(access, organisation) if row["id"] == key), None)


async def find_account(access: Access, typed: str) -> Record | None:
    """By the key of a whole e-mail address, or else of a user name: nobody gets in by choosing another's address as
    a user name."""
    wanted = (User.email_key if "@" in typed else User.username_key) == typed
    columns = (User.id, User.active, User.given_name, User.name_particle, User.family_name, User.email)
    return await User.select(*columns).where(_visible(access) & wanted).first()


async def propose_code(access: Access, name: str) -> str:
    """The first free one."""
    codes = Organisation.select(Organisation.code).where(_visible(access))
    return free_code(name, set(await codes.output(as_list=True)))


async def _page(access: Access, condition: Condition, part: Slice, sort: str) -> list[Record]:
    return list(
        await Organisation.raw(
            PAGES[sort],
            access.enrolments.querystring,
            now(),
            access.paycodes.querystring,
            True,
            Role.ORGANISATION_MANAGER.value,
            condition.querystring,
            part.size,
            part.offset,
        )
    )


def _visible(access: Access) -> Condition:
    return EVERYTHING if access.everywhere else NOTHING
