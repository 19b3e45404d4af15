"""What an enrolment manager may choose: the own organisations, and the open routes that their code is active on."""

from dataclasses import dataclass

from app.access import Access
from app.enrolment.offered import OfferedRoute, open_routes
from app.tables import OrganisationRoute
from app.viewer import OrganisationName


@dataclass(frozen=True)
class Choices:
    organisations: tuple[OrganisationName, ...]
    routes: tuple[OfferedRoute, ...]

    @property
    def organisation_options(self) -> list[tuple[str, str]]:
        return [(each.code, f"{each.name}, {each.code}") for each in self.organisations]

    @property
    def profile_groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Per route its profiles; a route without any is chosen itself."""
        return [(route.name, _options(route)) for route in self.routes]

    @property
    def renewable(self) -> bool:
        return any(route.renewable for route in self.routes)

    def organisation(self, code: str) -> OrganisationName | None:
        return next((each for each in self.organisations if each.code == code), None)

    def route_and_profile(self, value: str) -> tuple[OfferedRoute | None, int | None]:
        """Of what was chosen; neither for what is no option."""
        slug, _, profile = value.partition("/")
        route = next((each for each in self.routes if each.slug == slug), None)
        if route is None or value not in {option for option, _ in _options(route)}:
            return None, None
        return route, next((each.id for each in route.profiles if each.slug == profile), None)


async def load_choices(access: Access, organisations: tuple[OrganisationName, ...]) -> Choices:
    ours = OrganisationRoute.organisation.is_in(list(access.enrols_for))
    active = (
        await OrganisationRoute.select(OrganisationRoute.route).where(ours).output(as_list=True)
        if access.enrols_for
        else []
    )
    return Choices(organisations, tuple(route for route in await open_routes() if route.id in active))


def _options(route: OfferedRoute) -> list[tuple[str, str]]:
    return [(f"{route.slug}/{each.slug}", each.name) for each in route.profiles] or [(route.slug, route.name)]
