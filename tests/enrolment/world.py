"""Who enrols, where and with what: made by hand, so that every test says what stands in it."""

from datetime import date
from typing import Any

from app.database import transaction
from app.enrolment.enrolling import Enrolled, Enrolling, Person, enrol
from app.results.rederive import rederive
from app.tables import (
    Certificate,
    Enrolment,
    Kind,
    LinkSource,
    Organisation,
    OrganisationRoute,
    Paycode,
    Profile,
    Purpose,
    Route,
    Step,
)
from tests.paycodes.world import kept, make_batch, make_code, make_organisation, make_route

ISSUED_ON, VALID_UNTIL = date(2021, 1, 1), date(2026, 1, 1)
JAN = Person("mr", "Jan", "de", "Vries", "jan@example.org")


async def make_open_route(slug: str = "co", position: int = 1) -> Route:
    """A route with a profile `monteur` and the usual steps."""
    route = await make_route(slug, position, "monteur")
    for place, purpose in enumerate((Purpose.REGISTRATION, Purpose.PAYMENT, Purpose.TEST, Purpose.CERTIFICATE), 1):
        name = purpose.value
        await kept(Step(route=route.id, slug=name, name=name.title(), position=place, purpose=purpose, may_fail=True))
    return route


async def make_renewable(route: Route) -> None:
    """With a test of its own for who renews."""
    step = Step(route=route.id, slug="verlenging", name="Verlenging", position=5, purpose=Purpose.TEST)
    step.kind = Kind.RENEWAL
    await kept(step)


async def certify(enrolment: int, number: str = "1") -> None:
    async with transaction():
        await kept(Certificate(enrolment=enrolment, number=number, issued_on=ISSUED_ON, valid_until=VALID_UNTIL))
        await rederive([enrolment])


async def make_active_organisation(code: str, *routes: Route) -> int:
    """Its code links on these routes. Gives its id."""
    organisation = await make_organisation(code)
    for route in routes:
        await kept(OrganisationRoute(organisation=organisation.id, route=route.id))
    return int(organisation.id)


async def make_free_code(
    route: Route, organisation: int | None = None, profile: int | None = None, **values: Any
) -> str:
    """A code that may be used, unless `values` say otherwise."""
    owner = await Organisation.objects().get(Organisation.id == organisation) if organisation else None
    code: str = (await make_code(await make_batch(owner, route, profile=profile), **values)).code
    return code


def enrolling(route: Route, person: Person = JAN, **values: Any) -> Enrolling:
    standard: dict[str, Any] = {"profile": None, "organisation": None, "code": None, "by": None}
    return Enrolling(person, route.id, **{**standard, "source": LinkSource.WEBSITE, **values})


async def enrolled(route: Route, person: Person = JAN, **values: Any) -> Enrolled:
    """As a page does it: one transaction."""
    async with transaction():
        return await enrol(None, enrolling(route, person, **values))


async def profile_of(route: Route) -> int:
    found = await Profile.select(Profile.id).where(Profile.route == route.id).first()
    assert found is not None
    return int(found["id"])


async def row_of(enrolment: int) -> dict[str, Any]:
    row = await Enrolment.select().where(Enrolment.id == enrolment).first()
    assert row is not None
    return row


async def code_row(code: str) -> dict[str, Any]:
    row = await Paycode.select().where(Paycode.code == code).first()
    assert row is not None
    return row
