"""Aanmelden: for everybody, without a session."""

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from app.account.forms import SALUTATIONS
from app.enrolment.offered import KINDS, OfferedRoute, open_route, open_routes, organisation_code
from app.enrolment.website.forms import ResitForm, WebsiteForm
from app.enrolment.website.resit import redeem_for_resit
from app.enrolment.website.sending import Judged, find_organisation, send
from app.pages import go, page
from app.security import Audience, PortalRequest
from app.throttle import Throttled


class WebsiteController(Controller):
    path = "/aanmelden"
    opt = {"access": Audience.PUBLIC}

    @get()
    async def index(self, request: PortalRequest) -> Response[str]:
        return page(request, "enrolment/website/index.html", routes=await open_routes())

    @get("/{slug:str}")
    async def ask(self, request: PortalRequest, slug: FromPath[str]) -> Response[str]:
        route = await open_route(slug)
        return show_form(request, route, WebsiteForm.empty(route))

    @post("/{slug:str}", status_code=303)
    async def enrol(self, request: PortalRequest, slug: FromPath[str]) -> Response[str]:
        route = await open_route(slug)
        sent = await request.texts()
        form = WebsiteForm.read(sent, route)
        if "wijzig" in sent:
            return show_form(request, route, form.changed())
        judged = await send(request, route, form)
        if judged.form.errors:
            return show_form(request, route, judged.form, judged)
        if judged.asks:
            return page(
                request,
                "enrolment/website/confirm.html",
                route=route,
                form=judged.form,
                organisation=judged.organisation,
            )
        return go(request, f"{route.path}/ontvangen")

    @get("/{slug:str}/organisatie")
    async def organisation(self, request: PortalRequest, slug: FromPath[str]) -> Response[str]:
        route = await open_route(slug)
        code = organisation_code(request.query_params.get("organisatiecode", ""))
        found = await find_organisation(request, route, code)
        refused = bool(code) and found is None
        return page(request, "enrolment/website/organisation.html", route=route, organisation=found, refused=refused)

    @get("/{slug:str}/ontvangen")
    async def received(self, request: PortalRequest, slug: FromPath[str]) -> Response[str]:
        return page(request, "enrolment/website/received.html", route=await open_route(slug))

    @get("/herkansing")
    async def ask_resit(self, request: PortalRequest) -> Response[str]:
        paid = "betaald" in request.query_params
        return page(request, "enrolment/website/resit.html", form=ResitForm.empty(), paid=paid)

    @post("/herkansing", status_code=303)
    async def pay_resit(self, request: PortalRequest) -> Response[str]:
        form, throttled = await redeem_for_resit(request, ResitForm.read(await request.texts()))
        if not form.errors:
            return go(request, "/aanmelden/herkansing?betaald=1")
        return page(
            request,
            "enrolment/website/resit.html",
            status=status_of(throttled),
            headers=headers_of(throttled),
            form=form,
            paid=False,
        )


def show_form(
    request: PortalRequest, route: OfferedRoute, form: WebsiteForm, judged: Judged | None = None
) -> Response[str]:
    throttled = judged.throttled if judged else None
    return page(
        request,
        "enrolment/website/form.html",
        status=status_of(throttled) if form.errors else 200,
        headers=headers_of(throttled),
        route=route,
        form=form,
        organisation=judged.organisation if judged else None,
        salutations=SALUTATIONS,
        kinds=KINDS,
    )


def status_of(throttled: Throttled | None) -> int:
    return throttled.status_code if throttled else 422


def headers_of(throttled: Throttled | None) -> dict[str, str]:
    return dict(throttled.headers or {}) if throttled else {}
