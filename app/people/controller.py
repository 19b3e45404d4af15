"""Beheer of people: who has an account, what each may do, and how they get in."""

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Access
from app.account.confirmation import require_confirmation
from app.account.factors.queries import load_factors
from app.account.factors.resetting import OwnFactors, reset_factors
from app.account.forms import SALUTATIONS
from app.account.profile import TAKEN
from app.account.queries import Held, Taken
from app.audit import record
from app.log.overview import read_events
from app.once import form_key
from app.organisations.queries import filterable_organisations
from app.pages import go, page
from app.people.changing import OwnAccount, deactivate, reactivate, save_person, sign_out_everywhere
from app.people.filters import ROLE_OPTIONS, PersonFilter
from app.people.forms import ROWS, Form, blank, form_of, read_edit, read_invitee, read_mandate, read_mandates
from app.people.inviting import InvitationRefused, invite, invite_again
from app.people.mandates import MandateKept, give, take
from app.people.overview import PATH, Person, PersonOverview, Shown, shown
from app.people.queries import (
    count_sessions,
    find_mandate,
    find_named,
    find_person,
    link_works_until,
    list_history,
    list_mandates,
    list_people,
)
from app.people.questions import ask_deactivate, ask_give, ask_reset, ask_sign_out, ask_take
from app.query import row_id
from app.security import PortalRequest
from app.tables import Role

OWN_ADDRESS = "Uw eigen e-mailadres wijzigt u bij Bewerk profiel: dat vraagt uw wachtwoord."
NO_MANDATE = Form({"rol": "", "organisatie": ""})


class PeopleController(Controller):
    path = PATH
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get()
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        organisations = await filterable_organisations(request.viewer)
        filters = await find_named(access, PersonFilter.from_query(request.scope["query_string"], organisations))
        overview = PersonOverview(request.viewer, filters, await list_people(access, filters))
        return page(request, "people/index.html", status=overview.status, overview=overview)

    @get("/uitnodigen")
    async def ask(self, request: PortalRequest) -> Response[str]:
        return await show_invitation(request, blank(request.query_params.get("organisatie", "")), form_key())

    @post("/uitnodigen", status_code=303)
    async def invite(self, request: PortalRequest) -> Response[str]:
        sent = await request.texts()
        invitee, person = read_invitee(sent)
        mandates, roles = read_mandates(sent, await filterable_organisations(request.viewer))
        form = Form(person.values | roles.values, person.errors | roles.errors)
        if invitee is None or form.errors:
            return await show_invitation(request, form, form_key(sent))
        try:
            key = await invite(request, invitee, mandates, form=form_key(sent))
        except InvitationRefused as refusal:
            return await show_invitation(request, form.refused(emailadres=str(refusal)), form_key(sent))
        return go(request, f"{PATH}/{key}?gedaan=uitgenodigd")

    @get("/{person:str}")
    async def show(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        key = row_id(person)
        answer = await show_person(request, access, key, NO_MANDATE)
        await record(request, "view", "user", key)
        return answer

    @get("/{person:str}/bewerken")
    async def edit(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        found = await find_person(access, row_id(person))
        return show_edit(request, shown(found), form_of(found))

    @post("/{person:str}/bewerken", status_code=303)
    async def update(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        found = await find_person(access, row_id(person))
        form = read_edit(await request.texts(), found["email"])
        if found["id"] == access.user and form.values["emailadres"] != found["email"]:
            form = form.refused(emailadres=OWN_ADDRESS)
        if not form.errors:
            try:
                await save_person(access, request, found["id"], form)
                return go(request, f"{PATH}/{found['id']}?gedaan=opgeslagen")
            except Taken:
                form = form.refused(**TAKEN["email"])
        return show_edit(request, shown(found), form)

    @post("/{person:str}/uitnodiging", status_code=303)
    async def again(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        found = await find_person(access, row_id(person))
        made = await invite_again(access, request, found["id"], form_key(await request.texts()))
        return go(request, f"{PATH}/{found['id']}?gedaan={'opnieuw' if made else 'niet-opnieuw'}")

    @post("/{person:str}/rollen", status_code=303)
    async def give(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        found = await find_person(access, row_id(person))
        organisations = await filterable_organisations(request.viewer)
        sent = await request.texts()
        wanted, form = read_mandate(sent, organisations)
        if wanted is None:
            return await show_person(request, access, found["id"], form)
        if not sent.get("antwoord"):
            of = next((each for each in organisations if each.id == wanted.organisation), None)
            held = Held(wanted.role, of.name if of else None, of.code if of else None)
            return ask_give(request, shown(found), held, form)
        await give(request, found["id"], wanted.role, wanted.organisation)
        return go(request, f"{PATH}/{found['id']}?gedaan=rol-gegeven")

    @get("/{person:str}/rollen/{mandate:str}/intrekken")
    async def ask_take(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str], mandate: FromPath[str]
    ) -> Response[str]:
        return await ask_take(request, access, row_id(person), row_id(mandate))

    @post("/{person:str}/rollen/{mandate:str}/intrekken", status_code=303)
    async def take(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str], mandate: FromPath[str]
    ) -> Response[str]:
        key, held = row_id(person), row_id(mandate)
        await find_mandate(access, key, held)
        try:
            await take(request, held)
        except MandateKept as refusal:
            return await ask_take(request, access, key, held, str(refusal))
        return go(request, f"{PATH}/{key}?gedaan=rol-ingetrokken")

    @get("/{person:str}/uitloggen")
    async def ask_sign_out(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        return await ask_sign_out(request, access, row_id(person))

    @post("/{person:str}/uitloggen", status_code=303)
    async def sign_out(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        key = row_id(person)
        await sign_out_everywhere(access, request, key)
        return go(request, f"{PATH}/{key}?gedaan=uitgelogd")

    @get("/{person:str}/deactiveren")
    async def ask_deactivate(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        return await ask_deactivate(request, access, row_id(person))

    @post("/{person:str}/deactiveren", status_code=303)
    async def deactivate(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        key = row_id(person)
        try:
            await deactivate(access, request, key)
        except (OwnAccount, MandateKept) as refusal:
            return await ask_deactivate(request, access, key, str(refusal))
        return go(request, f"{PATH}/{key}?gedaan=gedeactiveerd")

    @get("/{person:str}/tweede-stap")
    async def ask_reset(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        key = row_id(person)
        await find_person(access, key)
        await require_confirmation(access, request, back=f"{PATH}/{key}/tweede-stap")
        return await ask_reset(request, access, key)

    @post("/{person:str}/tweede-stap", status_code=303)
    async def reset(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        key = row_id(person)
        await find_person(access, key)
        await require_confirmation(access, request, back=f"{PATH}/{key}/tweede-stap")
        try:
            await reset_factors(access, request, key)
        except OwnFactors as refusal:
            return await ask_reset(request, access, key, str(refusal))
        return go(request, f"{PATH}/{key}?gedaan=tweede-stap-gereset")

    @post("/{person:str}/activeren", status_code=303)
    async def reactivate(
        self, request: PortalRequest, access: NamedDependency[Access], person: FromPath[str]
    ) -> Response[str]:
        key = row_id(person)
        await reactivate(access, request, key)
        return go(request, f"{PATH}/{key}?gedaan=geactiveerd")


async def show_invitation(request: PortalRequest, form: Form, key: str) -> Response[str]:
    return page(
        request,
        "people/invite.html",
        status=422 if form.errors else 200,
        form=form,
        key=key,
        rows=range(1, ROWS + 1),
        salutations=SALUTATIONS,
        roles=ROLE_OPTIONS,
        organisations=await organisation_options(request),
    )


async def show_person(request: PortalRequest, access: Access, key: int, form: Form) -> Response[str]:
    """`form`: the role that is being given."""
    row = await find_person(access, key)
    person = shown(row, await list_mandates(access, [key]))
    roles = frozenset(each.held.role for each in person.mandates)
    view = Shown(
        person=person,
        sessions=await count_sessions(access, key, roles),
        link_until=await link_works_until(access, key) if person.is_invited else None,
        history=await read_events(await list_history(access, key)),
        factors=await load_factors(access, key),
        is_viewer=key == access.user,
    )
    return page(
        request,
        "people/show.html",
        status=422 if form.errors else 200,
        shown=view,
        person=person,
        form=form,
        roles=ROLE_OPTIONS,
        organisations=await organisation_options(request),
        done=request.query_params.get("gedaan", ""),
    )


def show_edit(request: PortalRequest, person: Person, form: Form) -> Response[str]:
    status = 422 if form.errors else 200
    return page(request, "people/edit.html", status=status, person=person, form=form, salutations=SALUTATIONS)


async def organisation_options(request: PortalRequest) -> list[tuple[str, str]]:
    return [(each.code, f"{each.name} ({each.code})") for each in await filterable_organisations(request.viewer)]
