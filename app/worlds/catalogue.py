"""The vakmanschapsroutes as far as they are known, with their profiles and steps.

Official: CO with its six profiles and steps, its renewal, and that the other three exist. The rest is
likely but unproven and marked `demo`.
"""

from dataclasses import dataclass
from typing import Any

from app.results.facts import RouteStep, steps_by_route
from app.routes.slugs import slug_of
from app.tables import Kind, Profile, Purpose, Route, Step


@dataclass(frozen=True)
class RouteRecipe:
    slug: str
    name: str
    label: str
    practical: str
    profiles: tuple[str, ...]
    website: str = ""
    theory_months: int | None = None
    certificate_months: int | None = None
    renewable: bool = False
    demo: bool = False


RECIPES = (
    RouteRecipe(
        slug="co",
        name="Vakmanschap CO",
        label="Vakmanschap CO",
        practical="Praktijkexamen",
        profiles=(
            "Monteur Service & Onderhoud",
            "1e Monteur Service & Onderhoud",
            "Monteur Werktuigkundige Installatie",
            "1e Monteur Werktuigkundige Installatie",
            "Monteur Werktuigkundige Installatie en Service & Onderhoud",
            "1e Monteur Werktuigkundige Installatie en Service & Onderhoud",
        ),
        website="https://www.vakmanschapco.nl",
        theory_months=6,
        certificate_months=60,
        renewable=True,
    ),
    RouteRecipe(
        slug="warmtepomp",
        name="Vakmanschap Warmtepomp",
        label="Warmtepomp",
        practical="Praktijktoets",
        profiles=("Monteur Warmtepomp", "1e Monteur Warmtepomp"),
        website="https://www.vakmanschapwarmtepomp.nl",
    ),
    RouteRecipe(
        slug="afleverset",
        name="Vakmanschap Afleverset",
        label="Afleverset",
        practical="Praktijktoets",
        profiles=("Monteur Afleverset",),
        demo=True,
    ),
    RouteRecipe(
        slug="zonnestroom",
        name="Vakmanschap Zonnestroom",
        label="Zonnestroom",
        practical="Praktijktoets",
        profiles=("Monteur Zonnestroom", "Installateur Zonnestroom"),
        demo=True,
    ),
)


@dataclass(frozen=True)
class WorldRoute:
    """A route as it stands in the database: its ids, and its steps as progress sees them."""

    id: int
    slug: str
    steps: tuple[RouteStep, ...]
    profiles: tuple[int, ...]
    certificate_months: int | None

    @property
    def payment(self) -> int:
        return next(step.id for step in self.steps if step.purpose == Purpose.PAYMENT)

    def tests(self, kind: Kind) -> tuple[int, ...]:
        """Ids of the steps that are taken, in order."""
        return tuple(step.id for step in self.steps if step.purpose == Purpose.TEST and step.kind in (None, kind))


async def ensure_routes() -> tuple[WorldRoute, ...]:
    """The four routes, made where they are missing; one that is there stays as it is."""
    for position, recipe in enumerate(RECIPES, 1):
        if not await Route.exists().where(Route.slug == recipe.slug):
            await _make(recipe, position)
    steps = await steps_by_route()
    profiles = await Profile.select(Profile.id, Profile.route).order_by(Profile.position)
    routes = await Route.select(Route.id, Route.slug).where(Route.slug.is_in([recipe.slug for recipe in RECIPES]))
    months = {recipe.slug: recipe.certificate_months for recipe in RECIPES}
    return tuple(
        WorldRoute(
            id=route["id"],
            slug=route["slug"],
            steps=steps[route["id"]],
            profiles=tuple(profile["id"] for profile in profiles if profile["route"] == route["id"]),
            certificate_months=months[route["slug"]],
        )
        for route in sorted(routes, key=lambda route: list(months).index(route["slug"]))
    )


async def _make(recipe: RouteRecipe, position: int) -> None:
    route = Route(
        slug=recipe.slug,
        name=recipe.name,
        label=recipe.label,
        position=position,
        website=recipe.website,
        demo=recipe.demo,
    )
    await route.save()
    # Only the profiles of CO are known from a source.
    invented = recipe.slug != "co"
    profiles = [
        Profile(route=route.id, slug=slug_of(name, 80), name=name, position=place, demo=invented)
        for place, name in enumerate(recipe.profiles, 1)
    ]
    await Profile.insert(*profiles)
    steps = [Step(route=route.id, position=place, **values) for place, values in enumerate(_steps(recipe), 1)]
    await Step.insert(*steps)


def _steps(recipe: RouteRecipe) -> list[dict[str, Any]]:
    first = Kind.FIRST if recipe.renewable else None
    return [
        _step("Aanmelding", Purpose.REGISTRATION, icon="aanmelding"),
        _step("Betaling", Purpose.PAYMENT, icon="betaling"),
        _step("Theorietoets", Purpose.TEST, kind=first, may_fail=True, validity_months=recipe.theory_months),
        _step(recipe.practical, Purpose.TEST, kind=first, may_fail=True, icon="praktijk"),
        *(_renewal_steps() if recipe.renewable else []),
        _step(
            "Bewijs van Vakmanschap",
            Purpose.CERTIFICATE,
            slug="bewijs",
            icon="bewijs",
            validity_months=recipe.certificate_months,
        ),
    ]


def _renewal_steps() -> list[dict[str, Any]]:
    return [
        _step("Theoriemodule", Purpose.TEST, kind=Kind.RENEWAL, icon="scherm"),
        _step("Theorie-examen", Purpose.TEST, kind=Kind.RENEWAL, may_fail=True),
    ]


def _step(name: str, purpose: Purpose, slug: str = "", **values: Any) -> dict[str, Any]:
    return {"name": name, "purpose": purpose, "slug": slug or slug_of(name), "icon": "theorie"} | values
