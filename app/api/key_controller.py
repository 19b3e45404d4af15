"""Beheer of the keys of other systems: make one, see it once, revoke it."""

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Access
from app.api.filters import KeyFilter
from app.api.issuing import SCOPES, blank, find_working, make_key, read_key, revoke_key
from app.api.overview import KeyOverview
from app.api.queries import list_keys
from app.once import FIELD
from app.organisations.queries import filterable_organisations
from app.pages import go, page
from app.query import row_id
from app.results.forms import Form
from app.security import PortalRequest
from app.tables import Role

SAID = {
    "ingetrokken": ("geslaagd", "De sleutel is ingetrokken."),
    "gemaakt": ("let-op", "Deze sleutel was al gemaakt en getoond. Heeft u hem niet bewaard? Trek hem in."),
}


class KeyController(Controller):
    path = "/beheer/api-sleutels"
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        filters = KeyFilter.from_query(request.scope["query_string"])
        overview = KeyOverview(request.viewer, filters, await list_keys(access, filters))
        said = SAID.get(request.query_params.get("gedaan", ""))
        return page(request, "api/index.html", status=overview.status, overview=overview, said=said)

    @get("/nieuw")
    async def ask(self, request: PortalRequest) -> Response[str]:
        return await show_form(request, blank())

    @post("/nieuw", status_code=200)
    async def make(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        """Answers with the key itself: it can be seen here, and nowhere again."""
        new, form = read_key(await request.texts(), await filterable_organisations(request.viewer))
        if new is None:
            return await show_form(request, form)
        if secret := await make_key(request, new, form.values[FIELD], by=access.user):
            return page(request, "api/made.html", key=new, secret=secret)
        return go(request, "/beheer/api-sleutels?gedaan=gemaakt")

    @get("/{key:str}/intrekken")
    async def ask_revoke(
        self, request: PortalRequest, access: NamedDependency[Access], key: FromPath[str]
    ) -> Response[str]:
        return page(request, "api/revoke.html", key=await find_working(access, row_id(key)))

    @post("/{key:str}/intrekken", status_code=303)
    async def revoke(
        self, request: PortalRequest, access: NamedDependency[Access], key: FromPath[str]
    ) -> Response[str]:
        await revoke_key(request, await find_working(access, row_id(key)))
        return go(request, "/beheer/api-sleutels?gedaan=ingetrokken")


async def show_form(request: PortalRequest, form: Form) -> Response[str]:
    organisations = await filterable_organisations(request.viewer)
    return page(
        request,
        "api/new.html",
        status=422 if form.errors else 200,
        form=form,
        scopes=[(scope.value, words) for scope, words in SCOPES.items()],
        organisations=[(each.code, f"{each.name} ({each.code})") for each in organisations],
    )
