"""A candidate's own page, by the link in a mail: without a session, without scripts, on a phone."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from app.acting import Duty, acting_as
from app.audit import record
from app.enrolment.website.controller import headers_of, status_of
from app.once import form_key
from app.pages import go, page
from app.rights.own import load_own
from app.rights.own_link import LinkForm, ask_link, open_link
from app.security import Audience, PortalRequest


class OwnPageController(Controller):
    path = "/mijn-gegevens"
    opt = {"access": Audience.PUBLIC}

    @get()
    async def ask(self, request: PortalRequest) -> Response[str]:
        return show_ask(request, LinkForm.empty(), asked="verstuurd" in request.query_params)

    @post(status_code=303)
    async def send(self, request: PortalRequest) -> Response[str]:
        sent = await request.texts()
        form, throttled = await ask_link(request, LinkForm.read(sent), form_key(sent))
        if form.errors:
            return show_ask(request, form, status=status_of(throttled), headers=headers_of(throttled))
        return go(request, "/mijn-gegevens?verstuurd=1")

    @get("/{token:str}")
    async def show(self, request: PortalRequest, token: FromPath[str]) -> Response[str]:
        found = await open_link(request, token)
        with acting_as(Duty.CANDIDATE):
            own = await load_own(found["enrolment"]) if found else None
        if own is None:
            return show_gone(request)
        await record(request, "view_own", "enrolment", own.row["id"], organisation=own.row["organisation"])
        return page(request, "rights/own.html", own=own, token=token)


def show_ask(
    request: PortalRequest,
    form: LinkForm,
    *,
    asked: bool = False,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[str]:
    told: dict[str, Any] = {"form": form, "asked": asked, "gone": False}
    return page(request, "rights/own_ask.html", status=status, headers=headers, **told)


def show_gone(request: PortalRequest) -> Response[str]:
    """The same for a link that never was, one that is too old, and one of somebody who was erased."""
    return page(request, "rights/own_ask.html", status=404, form=LinkForm.empty(), asked=False, gone=True)
