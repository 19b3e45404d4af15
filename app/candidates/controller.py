"""Overzicht."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from app.access import Access
from app.candidates.filters import CandidateFilter
from app.candidates.overview import Overview
from app.candidates.queries import filterable_organisations, list_candidates
from app.pages import page
from app.routes.catalogue import load_catalogue
from app.security import PortalRequest
from app.tables import Role


class OverviewController(Controller):
    opt = {"access": frozenset({Role.ORGANISATION_MANAGER, Role.ADMINISTRATOR})}

    @get("/overzicht")
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        filters = await read_filters(request, access)
        candidates, standing = await list_candidates(access, filters)
        overview = Overview(request.viewer, filters, candidates, standing)
        return page(request, "candidates/index.html", status=overview.status, overview=overview)


async def read_filters(request: PortalRequest, access: Access) -> CandidateFilter:
    """The selection that the query string asks for."""
    return CandidateFilter.from_query(
        request.scope["query_string"],
        await load_catalogue(access),
        await filterable_organisations(request.viewer),
    )
