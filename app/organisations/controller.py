"""Beheer: where an administrator starts, and the organisations with who looks after them."""

from collections.abc import Mapping
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ClientException, NotFoundException
from litestar.params import FromPath

from app.access import Access
from app.account.queries import Held
from app.names import full_name
from app.once import form_key
from app.organisations.administration import count_everything
from app.organisations.editing import CodeTaken, activate, make_organisation, save_organisation
from app.organisations.filters import OrganisationFilter, Standing
from app.organisations.forms import NEW, NOBODY, ROLES, Form, MandateForm, box, organisation_form, read_organisation
from app.organisations.overview import OrganisationOverview, Row, mandated
from app.organisations.queries import (
    filterable_organisations,
    find_account,
    find_mandate,
    find_organisation,
    list_active_routes,
    list_mandates,
    list_organisations,
    propose_code,
)
from app.pages import go, page
from app.people.mandates import GIVES, give, take
from app.query import LONGEST, row_id
from app.routes.catalogue import load_catalogue
from app.security import PortalRequest
from app.tables import Role

ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
LIST = "/beheer/organisaties"
CLOSE = (
    "De code {code} koppelt dan niemand meer, en ook de betaalcodes van deze organisatie niet. Wie al gekoppeld is, "
    "blijft gekoppeld. Wie de organisatie beheert, houdt toegang."
)
OPEN = "De code {code} koppelt dan weer kandidaten, op de routes waarop zij actief is."
LAST = " Daarna heeft deze organisatie geen organisatiebeheerder meer: niemand ziet dan nog haar kandidaten."
# What was just done, by its word in the address.
SAID = {
    "opgeslagen": "De organisatie is opgeslagen.",
    "inactief": "De organisatie is gedeactiveerd.",
    "actief": "De organisatie is geactiveerd.",
    "gegeven": "De rol is gegeven.",
    "had-al": "Deze persoon had die rol al.",
    "ingetrokken": "De rol is ingetrokken.",
}


class AdministrationController(Controller):
    path = "/beheer"
    opt = {"access": ADMINISTRATORS}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        return page(request, "administration/index.html", counts=await count_everything(access))


class OrganisationController(Controller):
    path = LIST
    opt = {"access": ADMINISTRATORS}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        organisations = await filterable_organisations(request.viewer)
        filters = OrganisationFilter.from_query(request.scope["query_string"], organisations)
        overview = OrganisationOverview(request.viewer, filters, await list_organisations(access, filters))
        return page(request, "organisations/index.html", status=overview.status, overview=overview)

    @get("/nieuw")
    async def ask(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        return await show_form(request, access, NEW, key=form_key())

    @get("/voorstel")
    async def propose(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        """Which code an organisation gets by its name, while that is typed."""
        name = request.query_params.get("naam", "")[:LONGEST]
        return page(request, "organisations/proposal.html", proposal=await proposal_for(access, name))

    @post("/nieuw", status_code=303)
    async def make(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        sent = await request.texts()
        form = read_organisation(sent, await load_catalogue(access), proposed=True)
        if not form.errors:
            try:
                made = await make_organisation(access, request, form, form_key(sent))
                return go(request, f"{LIST}/{made}?opgeslagen=1")
            except CodeTaken as taken:
                form = form.refused(code=str(taken))
        return await show_form(request, access, form, key=form_key(sent))

    @get("/{organisation:str}")
    async def show(
        self, request: PortalRequest, access: NamedDependency[Access], organisation: FromPath[str]
    ) -> Response[str]:
        return await show_organisation(request, access, row_id(organisation), MandateForm())

    @get("/{organisation:str}/bewerken")
    async def edit(
        self, request: PortalRequest, access: NamedDependency[Access], organisation: FromPath[str]
    ) -> Response[str]:
        found = await find_organisation(access, row_id(organisation))
        form = organisation_form(found, await list_active_routes(access, found["id"]))
        return await show_form(request, access, form, organisation=found)

    @post("/{organisation:str}/bewerken", status_code=303)
    async def save(
        self, request: PortalRequest, access: NamedDependency[Access], organisation: FromPath[str]
    ) -> Response[str]:
        found = await find_organisation(access, row_id(organisation))
        form = read_organisation(await request.texts(), await load_catalogue(access), proposed=False)
        if not form.errors:
            try:
                await save_organisation(request, found["id"], form)
                return go(request, f"{LIST}/{found['id']}?opgeslagen=1")
            except CodeTaken as taken:
                form = form.refused(code=str(taken))
        return await show_form(request, access, form, organisation=found)

    @get("/{organisation:str}/status")
    async def ask_switch(
        self, request: PortalRequest, access: NamedDependency[Access], organisation: FromPath[str]
    ) -> Response[str]:
        """Asks first: the other status than it has."""
        row = Row(**await find_organisation(access, row_id(organisation)))
        verb = "deactiveren" if row.active else "weer activeren"
        return ask_first(
            request,
            row,
            question=f"Wilt u {row.name} {verb}?",
            text=(CLOSE if row.active else OPEN).format(code=row.code),
            action=f"{row.href}/status",
            button="Deactiveren" if row.active else "Activeren",
            danger=row.active,
            value="inactief" if row.active else "actief",
        )

    @post("/{organisation:str}/status", status_code=303)
    async def switch(
        self, request: PortalRequest, access: NamedDependency[Access], organisation: FromPath[str]
    ) -> Response[str]:
        found = await find_organisation(access, row_id(organisation))
        try:
            wanted = Standing((await request.texts()).get("antwoord", ""))
        except ValueError as error:
            raise ClientException from error
        await activate(request, found["id"], wanted is Standing.ACTIVE)
        return go(request, f"{LIST}/{found['id']}?{wanted}=1")


class OrganisationMandateController(Controller):
    path = f"{LIST}/{{organisation:str}}/mandaten"
    opt = {"access": ADMINISTRATORS}

    @post(status_code=303)
    async def give(
        self, request: PortalRequest, access: NamedDependency[Access], organisation: FromPath[str]
    ) -> Response[str]:
        row = Row(**await find_organisation(access, row_id(organisation)))
        sent = await request.texts()
        form = MandateForm.read(sent)
        account = None if "wie" in form.errors else await find_account(access, form.key)
        if account is None and "wie" not in form.errors:
            form = form.refused(wie=NOBODY)
        elif account and not account["active"]:
            form = form.refused(wie="Dit account is gedeactiveerd. Activeer het eerst bij Gebruikers.")
        if form.errors or account is None:
            return await show_organisation(request, access, row.id, form)
        if not sent.get("antwoord"):
            return ask_give(request, row, account, form)
        is_new = await give(request, account["id"], Role(form.role), row.id)
        return go(request, f"{row.href}?{'gegeven' if is_new else 'had-al'}=1#beheerders")

    @get("/{mandate:str}/intrekken")
    async def ask_take(
        self,
        request: PortalRequest,
        access: NamedDependency[Access],
        organisation: FromPath[str],
        mandate: FromPath[str],
    ) -> Response[str]:
        row = Row(**await find_organisation(access, row_id(organisation)))
        held = await find_mandate(access, row.id, row_id(mandate))
        if held is None:
            raise NotFoundException
        person = mandated(held)
        last = held["active"] and person.role is Role.ORGANISATION_MANAGER and row.managers == 1
        return ask_first(
            request,
            row,
            question=f"Wilt u de rol van {person.name} intrekken?",
            text=f"{person.name} is dan geen {person.words.lower()} meer van {row.name}. Dat geldt meteen, ook als "
            f"{person.name} nu is ingelogd.{LAST if last else ''}",
            action=f"{row.href}/mandaten/{person.id}/intrekken",
            button="Intrekken",
        )

    @post("/{mandate:str}/intrekken", status_code=303)
    async def take(
        self,
        request: PortalRequest,
        access: NamedDependency[Access],
        organisation: FromPath[str],
        mandate: FromPath[str],
    ) -> Response[str]:
        """Asked a second time it answers as the first."""
        found = await find_organisation(access, row_id(organisation))
        if held := await find_mandate(access, found["id"], row_id(mandate)):
            await take(request, held["id"])
        return go(request, f"{LIST}/{found['id']}?ingetrokken=1#beheerders")


async def show_form(
    request: PortalRequest, access: Access, form: Form, *, organisation: dict[str, Any] | None = None, key: str = ""
) -> Response[str]:
    """Of a new organisation it says which code it gets."""
    return page(
        request,
        "organisations/edit.html",
        status=422 if form.errors else 200,
        form=form,
        organisation=Row(**organisation) if organisation else None,
        key=key,
        proposal="" if organisation else await proposal_for(access, form.values["naam"]),
        routes=[(box(route.slug), route.name) for route in await load_catalogue(access)],
    )


async def proposal_for(access: Access, name: str) -> str:
    return await propose_code(access, name) if name.strip() else ""


async def show_organisation(request: PortalRequest, access: Access, key: int, form: MandateForm) -> Response[str]:
    said = next((name for name in SAID if name in request.query_params), "")
    return page(
        request,
        "organisations/show.html",
        status=422 if form.errors else 200,
        organisation=Row(**await find_organisation(access, key)),
        routes=[route["name"] for route in await list_active_routes(access, key)],
        mandates=[mandated(row) for row in await list_mandates(access, key)],
        form=form,
        roles=ROLES,
        said=SAID.get(said, ""),
    )


def ask_give(request: PortalRequest, row: Row, account: dict[str, Any], form: MandateForm) -> Response[str]:
    """Who that is: what was typed may be another's user name."""
    name = full_name(account["given_name"], account["name_particle"], account["family_name"])
    held = Held(Role(form.role), row.name, row.code)
    return ask_first(
        request,
        row,
        question=f"Wilt u {name} deze rol geven?",
        text=f"{held.words}. {name} ({account['email']}) {GIVES[held.role]} Dat geldt meteen.",
        action=f"{row.href}/mandaten",
        button="Geef rol",
        danger=False,
        value="ja",
        sends={"wie": form.who, "rol": form.role},
    )


def ask_first(
    request: PortalRequest,
    row: Row,
    *,
    question: str,
    text: str,
    action: str,
    button: str,
    danger: bool = True,
    value: str = "",
    sends: Mapping[str, str] | None = None,
) -> Response[str]:
    return page(
        request,
        "organisations/ask.html",
        question=question,
        text=text,
        action=action,
        button=button,
        danger=danger,
        value=value,
        sends=sends or {},
        back=row.href,
    )
