"""Aanmeldingen: where an enrolment manager starts."""

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from app.access import Access
from app.account.forms import SALUTATIONS
from app.database import together
from app.enrolment.by_hand import enrol_by_hand
from app.enrolment.choices import Choices, load_choices
from app.enrolment.enrolled import Enrolled
from app.enrolment.filters import EnrolledFilter
from app.enrolment.forms import ManagerForm
from app.enrolment.offered import KINDS
from app.enrolment.queries import list_enrolled
from app.pages import go, page
from app.routes.catalogue import load_catalogue
from app.security import PortalRequest
from app.tables import Role


class EnrolledController(Controller):
    path = "/aanmeldingen"
    opt = {"access": frozenset({Role.ENROLMENT_MANAGER})}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        filters = EnrolledFilter.from_query(request.scope["query_string"], request.viewer.enrols_for)
        async with together():
            found = await list_enrolled(access, filters)
            enrolled = Enrolled(request.viewer, await load_catalogue(access), filters, found)
        added = "aangemeld" in request.query_params
        return page(request, "enrolment/index.html", status=enrolled.status, overview=enrolled, added=added)

    @get("/nieuw")
    async def ask(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        choices = await load_choices(access, request.viewer.enrols_for)
        return show_form(request, choices, ManagerForm.empty(choices))

    @post("/nieuw", status_code=303)
    async def enrol(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        choices = await load_choices(access, request.viewer.enrols_for)
        form = await enrol_by_hand(access, request, ManagerForm.read(await request.texts(), choices))
        return show_form(request, choices, form) if form.errors else go(request, "/aanmeldingen?aangemeld=1")


def show_form(request: PortalRequest, choices: Choices, form: ManagerForm) -> Response[str]:
    status = 422 if form.errors else 200
    return page(
        request, "enrolment/new.html", status=status, choices=choices, form=form, salutations=SALUTATIONS, kinds=KINDS
    )
