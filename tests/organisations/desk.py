"""An administrator at work on organisations."""

from typing import Any

from httpx import AsyncClient, Response
from lxml import html

from app.tables import Organisation, OrganisationRoute, Role, Route
from tests.paycodes.world import make_manager
from tests.sessions import client_of

LIST = "/beheer/organisaties"
NEW = f"{LIST}/nieuw"


async def desk(application: Any) -> AsyncClient:
    await make_manager("robin", role=Role.ADMINISTRATOR)
    return await client_of(application, "robin")


async def form_of(client: AsyncClient, url: str) -> dict[str, Any]:
    """What a browser would send of the form on this page."""
    return dict(html.fromstring((await client.get(url)).content).xpath("//main//form[@method='post']")[0].form_values())


def errors(answer: Response) -> list[str]:
    found: list[str] = html.fromstring(answer.content).xpath("//p[@class='error']/@id")
    return found


async def only_organisation() -> dict[str, Any]:
    [row] = await Organisation.select()
    return row


async def active_on(organisation: int) -> list[str]:
    routes = OrganisationRoute.select(OrganisationRoute.route).where(OrganisationRoute.organisation == organisation)
    slugs = Route.select(Route.slug).where(Route.id.is_in(routes)).order_by(Route.position)
    found: list[str] = await slugs.output(as_list=True)
    return found
