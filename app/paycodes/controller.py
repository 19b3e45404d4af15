"""Betaalcodes."""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from app.access import Access
from app.database import together
from app.downloads.delivery import deliver
from app.organisations.queries import filterable_organisations
from app.pages import page
from app.paycodes.filters import PaycodeFilter
from app.paycodes.overview import PaycodeOverview
from app.paycodes.queries import list_paycodes
from app.paycodes.workbook import count_paycodes
from app.routes.catalogue import load_catalogue
from app.security import PortalRequest
from app.tables import Role


class PaycodeController(Controller):
    opt = {"access": frozenset({Role.ORGANISATION_MANAGER, Role.ADMINISTRATOR})}

    @get("/betaalcodes")
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        async with together():
            return await show_paycodes(request, access, await read_filters(request, access))

    @get("/betaalcodes.xlsx", already_compressed=True)
    async def download(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[Any]:
        filters = await read_filters(request, access)
        if filters.errors:
            return await show_paycodes(request, access, filters)
        return await deliver(request, access, "betaalcodes", filters, await count_paycodes(access, filters))


async def show_paycodes(request: PortalRequest, access: Access, filters: PaycodeFilter) -> Response[str]:
    overview = PaycodeOverview(request.viewer, filters, await list_paycodes(access, filters))
    return page(request, "paycodes/index.html", status=overview.status, overview=overview)


async def read_filters(request: PortalRequest, access: Access) -> PaycodeFilter:
    """The selection that the query string asks for."""
    return PaycodeFilter.from_query(
        request.scope["query_string"],
        await load_catalogue(access),
        await filterable_organisations(request.viewer),
        users=access.enrolments,
    )
