"""Results, corrections and certificates by hand."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Access
from app.candidates.details import record_view
from app.pages import go, page
from app.query import row_id
from app.results.by_hand import (
    Dossier,
    certificate_form,
    correction_of,
    find_certificate,
    find_result,
    new_result,
    open_dossier,
    save_certificate,
    save_correction,
    save_result,
)
from app.results.forms import CORRECTIONS, OUTCOMES, Form
from app.results.renewal import LINK, require_renewable, start_renewal
from app.security import PortalRequest
from app.tables import Role


class ResultController(Controller):
    path = "/deelnames/{enrolment:str}/uitslagen"
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get("/nieuw")
    async def ask(
        self, request: PortalRequest, access: NamedDependency[Access], enrolment: FromPath[str]
    ) -> Response[str]:
        dossier = await open_dossier(access, row_id(enrolment))
        return await show_result(request, dossier, new_result(dossier))

    @post("/nieuw", status_code=303)
    async def record(
        self, request: PortalRequest, access: NamedDependency[Access], enrolment: FromPath[str]
    ) -> Response[str]:
        dossier, form = await open_dossier(access, row_id(enrolment)), Form(await request.texts())
        if not await save_result(access, request, dossier, form):
            return await show_result(request, dossier, form)
        return go(request, f"{dossier.href}?gedaan=uitslag")

    @get("/{result:str}/corrigeren")
    async def ask_correction(
        self, request: PortalRequest, access: NamedDependency[Access], enrolment: FromPath[str], result: FromPath[str]
    ) -> Response[str]:
        dossier = await open_dossier(access, row_id(enrolment))
        wrong = await find_result(dossier, row_id(result))
        return await show_correction(request, dossier, wrong, correction_of(wrong))

    @post("/{result:str}/corrigeren", status_code=303)
    async def correct(
        self, request: PortalRequest, access: NamedDependency[Access], enrolment: FromPath[str], result: FromPath[str]
    ) -> Response[str]:
        dossier, form = await open_dossier(access, row_id(enrolment)), Form(await request.texts())
        wrong = await find_result(dossier, row_id(result))
        if not await save_correction(access, request, wrong, form):
            return await show_correction(request, dossier, wrong, form)
        return go(request, f"{dossier.href}?gedaan=correctie")

    @get("/bewijs")
    async def ask_certificate(
        self, request: PortalRequest, access: NamedDependency[Access], enrolment: FromPath[str]
    ) -> Response[str]:
        dossier = await open_dossier(access, row_id(enrolment))
        certificate = await find_certificate(dossier)
        return await show_certificate(
            request, dossier, certificate_form(dossier, certificate), is_new=certificate is None
        )

    @post("/bewijs", status_code=303)
    async def record_certificate(
        self, request: PortalRequest, access: NamedDependency[Access], enrolment: FromPath[str]
    ) -> Response[str]:
        dossier, form = await open_dossier(access, row_id(enrolment)), Form(await request.texts())
        is_new = await find_certificate(dossier) is None
        if not await save_certificate(access, request, dossier, form, is_new=is_new):
            return await show_certificate(request, dossier, form, is_new=is_new)
        return go(request, f"{dossier.href}?gedaan=bewijs")


async def show_result(request: PortalRequest, dossier: Dossier, form: Form) -> Response[str]:
    steps = [(step.id, step.name) for step in dossier.taken]
    return await show(request, "results/new.html", dossier, form, steps=steps, outcomes=OUTCOMES)


async def show_correction(request: PortalRequest, dossier: Dossier, wrong: dict[str, Any], form: Form) -> Response[str]:
    return await show(request, "results/correct.html", dossier, form, wrong=wrong, outcomes=CORRECTIONS)


async def show_certificate(request: PortalRequest, dossier: Dossier, form: Form, *, is_new: bool) -> Response[str]:
    return await show(request, "results/certificate.html", dossier, form, is_new=is_new)


async def show(request: PortalRequest, template: str, dossier: Dossier, form: Form, **told: Any) -> Response[str]:
    """Whoever opens it sees whose it is, as in the details: that is put on record."""
    await record_view(request.viewer.access, request, dossier.row)
    return page(request, template, status=422 if form.errors else 200, dossier=dossier, form=form, **told)


class RenewalController(Controller):
    path = "/deelnames/{enrolment:str}/verlengen"
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get()
    async def ask(
        self, request: PortalRequest, access: NamedDependency[Access], enrolment: FromPath[str]
    ) -> Response[str]:
        dossier = await open_dossier(access, row_id(enrolment))
        await require_renewable(dossier)
        return await show(request, "results/renew.html", dossier, Form({LINK: "1"}))

    @post(status_code=303)
    async def start(
        self, request: PortalRequest, access: NamedDependency[Access], enrolment: FromPath[str]
    ) -> Response[str]:
        dossier, form = await open_dossier(access, row_id(enrolment)), Form(await request.texts())
        await require_renewable(dossier)
        if renewal := await start_renewal(access, request, dossier, form):
            return go(request, f"/deelnames/{renewal}?gedaan=verlenging")
        return await show(request, "results/renew.html", dossier, form)
