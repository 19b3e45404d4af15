"""What lists are filtered on: routes with their steps and profiles."""

from app.access import Access
from app.database import recorded_statements
from app.routes.catalogue import load_catalogue
from app.tables import Enrolment, Kind, OrganisationRoute, Profile, Purpose, Role, Route, Step
from tests.paycodes.world import make_organisation


async def test_one_statement_gives_routes_with_steps_and_profiles_in_their_order(db: None) -> None:
    organisation = await make_organisation("AAA")
    access = Access(1, frozenset({Role.ORGANISATION_MANAGER}), (organisation.id,))
    second, first = await make_route("tweede", 2), await make_route("eerste", 1)
    await Profile(route=first, slug="b", name="Tweede profiel", position=2).save()
    await Profile(route=first, slug="a", name="Eerste profiel", position=1).save()
    await Step(route=first, slug="bewijs", name="Bewijs", position=2, purpose=Purpose.CERTIFICATE).save()
    await Step(route=first, slug="opnieuw", name="Opnieuw", position=1, purpose=Purpose.TEST, kind=Kind.RENEWAL).save()
    await OrganisationRoute(organisation=organisation.id, route=first).save()

    with recorded_statements() as statements:
        catalogue = await load_catalogue(access)

    assert len(statements) == 1
    assert [(route.slug, route.offered) for route in catalogue] == [("eerste", True), ("tweede", False)]
    assert [(step.slug, step.renewal_only) for step in catalogue.routes[0].steps] == [
        ("opnieuw", True),
        ("bewijs", False),
    ]
    assert [each.slug for each in catalogue.routes[0].profiles] == ["eerste/a", "eerste/b"]
    assert catalogue.routes[1] == catalogue.route_by_id(second)
    assert catalogue.routes[1].profiles == ()
    assert catalogue.choices() == {"eerste", "tweede", "eerste/a", "eerste/b"}
    assert catalogue.chosen_name("eerste") == "Route eerste (alle profielen)"
    assert catalogue.chosen_name("eerste/b") == "Tweede profiel"


async def test_a_route_that_is_not_there_finds_nothing(db: None) -> None:
    catalogue = await load_catalogue(Access(1, frozenset(), ()))
    assert catalogue.routes == ()
    condition = catalogue.chosen("co", Enrolment.route, Enrolment.profile)
    assert str(condition) == "1 = 0"


async def make_route(slug: str, position: int) -> int:
    route = Route(slug=slug, name=f"Route {slug}", label=slug, position=position)
    await route.save()
    key: int = route.id
    return key
