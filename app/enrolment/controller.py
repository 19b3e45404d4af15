"""Aanmeldingen: where an enrolment manager starts."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from app.access import Access
from app.enrolment.enrolled import Enrolled
from app.enrolment.filters import EnrolledFilter
from app.enrolment.queries import list_enrolled
from app.pages import page
from app.routes.catalogue import load_catalogue
from app.security import PortalRequest
from app.tables import Role


class EnrolledController(Controller):
    path = "/aanmeldingen"
    opt = {"access": frozenset({Role.ENROLMENT_MANAGER})}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        filters = EnrolledFilter.from_query(request.scope["query_string"], request.viewer.enrols_for)
        found = await list_enrolled(access, filters)
        enrolled = Enrolled(request.viewer, await load_catalogue(access), filters, found)
        return page(request, "enrolment/index.html", status=enrolled.status, overview=enrolled)
