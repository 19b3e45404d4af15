"""Beheer: where an administrator starts."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from app.access import Access
from app.organisations.administration import count_everything
from app.pages import page
from app.security import PortalRequest
from app.tables import Role


class AdministrationController(Controller):
    path = "/beheer"
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        return page(request, "organisations/administration.html", counts=await count_everything(access))
