"""Changing codes that nobody used: those that were chosen, or all of a batch. It asks first."""

from collections.abc import Mapping
from enum import StrEnum

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import ClientException, NotFoundException
from litestar.params import FromPath

from app.access import Access
from app.clock import months_after, now, today
from app.organisations.queries import filterable_organisations
from app.pages import go, page
from app.paycodes.batches.forms import Form, organisation_options, read_reason, read_until
from app.paycodes.batches.overview import shown
from app.paycodes.batches.queries import find_batch, list_codes
from app.paycodes.changing import chosen, deactivate, extend, link_batch, reactivate
from app.paycodes.codes import grouped
from app.query import Query, row_id
from app.routes.catalogue import load_catalogue
from app.security import PortalRequest
from app.tables import Role

MOST_CHOSEN = 100

Said = tuple[str, str]
"""Tone and words."""


class Change(StrEnum):
    DEACTIVATE = "deactiveren"
    REACTIVATE = "activeren"
    EXTEND = "verlengen"
    LINK = "koppelen"


DONE = {
    Change.DEACTIVATE: "gedeactiveerd",
    Change.REACTIVATE: "weer te gebruiken",
    Change.EXTEND: "verlengd",
}
NOTHING = ("let-op", "Er is niets gewijzigd: de codes waren al zo, of zijn intussen gebruikt.")
NOT_CHOSEN = {
    "geen": ("let-op", "Kies eerst een of meer codes."),
    "te-veel": ("let-op", f"Kies ten hoogste {MOST_CHOSEN} codes tegelijk."),
}


class ChangeController(Controller):
    path = "/beheer/batches/{batch:str}/wijzigen"
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get()
    async def ask(self, request: PortalRequest, access: NamedDependency[Access], batch: FromPath[str]) -> Response[str]:
        """Which codes and what, in the query."""
        key, query = row_id(batch), request.query_params
        codes = query.getall("code", [])
        if "kies" in query and not 1 <= len(codes) <= MOST_CHOSEN:
            return go(request, f"/beheer/batches/{key}?gekozen={'te-veel' if codes else 'geen'}")
        values = {"wat": query.get("wat", ""), "codes": ",".join(codes), "reden": "", "organisatie": ""}
        values["geldig"] = months_after(today(), 12).isoformat()
        return await show_change(request, access, key, Form(values))

    @post(status_code=303)
    async def change(
        self, request: PortalRequest, access: NamedDependency[Access], batch: FromPath[str]
    ) -> Response[str]:
        key, sent = row_id(batch), await request.texts()
        await find_batch(access, key, now())
        form = Form({name: sent.get(name, "") for name in ("wat", "codes", "reden", "geldig", "organisatie")})
        changed = await change_codes(request, access, key, form)
        if form.errors:
            return await show_change(request, access, key, form)
        return go(request, f"/beheer/batches/{key}?gedaan={form.values['wat']}&codes={changed}")


async def change_codes(request: PortalRequest, access: Access, batch: int, form: Form) -> int:
    """How many were changed; what is wrong is written into the form."""
    change, codes, errors = read_change(form.values), read_codes(form.values), form.errors
    if change is Change.DEACTIVATE:
        reason = read_reason(form.values["reden"], errors)
        return 0 if errors else await deactivate(access, request, batch, codes, reason)
    if change is Change.REACTIVATE:
        return await reactivate(access, request, batch, codes)
    if change is Change.EXTEND:
        until = read_until(form.values["geldig"], errors)
        return await extend(access, request, batch, codes, until) if until else 0
    organisations = await filterable_organisations(request.viewer)
    found = next((each.id for each in organisations if each.code == form.values["organisatie"]), None)
    if found is None:
        errors["organisatie"] = "Kies een organisatie uit de lijst."
    elif not await link_batch(access, request, batch, found):
        errors["organisatie"] = "Deze batch is al aan een organisatie gekoppeld."
    return 0


def what_was_done(query: Query) -> Said | None:
    """In the words of the page that somebody came back to."""
    if refused := query.choice("gekozen", NOT_CHOSEN, ""):
        return NOT_CHOSEN[refused]
    change, codes = query.choice("gedaan", list(Change), ""), query.number("codes", 0)
    if not change:
        return None
    if change == Change.LINK:
        return "geslaagd", "De batch is gekoppeld, met al haar codes."
    if not codes:
        return NOTHING
    return "geslaagd", f"{codes} {'betaalcode is' if codes == 1 else 'betaalcodes zijn'} {DONE[Change(change)]}."


def read_change(values: Mapping[str, str]) -> Change:
    try:
        return Change(values["wat"])
    except ValueError as error:
        raise ClientException from error


def read_codes(values: Mapping[str, str]) -> list[int]:
    codes = [row_id(each) for each in values["codes"].split(",") if each]
    if len(codes) > MOST_CHOSEN:
        raise ClientException
    return codes


async def show_change(request: PortalRequest, access: Access, batch: int, form: Form) -> Response[str]:
    found, keys = await find_batch(access, batch, now()), read_codes(form.values)
    codes = await list_codes(access, chosen(batch, keys), MOST_CHOSEN) if keys else []
    if len(codes) != len(set(keys)):
        raise NotFoundException
    return page(
        request,
        "batches/change.html",
        status=422 if form.errors else 200,
        batch=shown(found, await load_catalogue(access)),
        change=read_change(form.values).value,
        codes=[grouped(each["code"]) for each in codes],
        form=form,
        organisations=organisation_options(await filterable_organisations(request.viewer)),
    )
