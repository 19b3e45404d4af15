"""What the portal keeps, shown to an administrator."""

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from app.access import Access
from app.pages import page
from app.rights.queries import last_chores
from app.rights.register import REGISTER, Whose
from app.rights.terms import explain
from app.security import PortalRequest
from app.tables import Role

TITLES = {
    Whose.CANDIDATE: "Over kandidaten",
    Whose.USER: "Over gebruikers",
    Whose.CONTACT: "Over contactpersonen",
    Whose.NOBODY: "Over niemand",
}


class RegisterController(Controller):
    path = "/beheer/gegevens"
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        groups = [(title, [each for each in REGISTER if each.whose is whose]) for whose, title in TITLES.items()]
        return page(
            request,
            "rights/index.html",
            groups=[(title, entries) for title, entries in groups if entries],
            explain=explain,
            chores=await last_chores(access),
        )
