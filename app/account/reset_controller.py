"""Wachtwoord vergeten: asking for a link, and choosing a new password by it."""

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from app.account.forms import read_name, read_new_password
from app.account.password_rule import HINT
from app.account.queries import Account
from app.account.resetting import ask_reset, find_resetting, reset_password
from app.once import form_key
from app.pages import go, page
from app.security import Audience, PortalRequest
from app.throttle import Throttled, status_of
from app.tokens import LinkEnded

FORGOTTEN = "/wachtwoord-vergeten"
TOO_OFTEN = {
    "": "Er is te vaak een link gevraagd. Kijk in uw mailbox, ook bij de ongewenste mail, of probeer het later opnieuw."
}


class ForgottenController(Controller):
    path = FORGOTTEN
    opt = {"access": Audience.PUBLIC}

    @get()
    async def ask(self, request: PortalRequest) -> Response[str]:
        return show_question(request)

    @post(status_code=303)
    async def send(self, request: PortalRequest) -> Response[str]:
        sent = await request.texts()
        typed = sent.get("gebruikersnaam", "")
        name, errors = read_name(typed)
        if errors:
            return show_question(request, typed, errors)
        try:
            await ask_reset(request, name, form_key(sent))
        except Throttled as throttled:
            return show_question(request, typed, TOO_OFTEN, throttled)
        return go(request, f"{FORGOTTEN}?verstuurd=1")


class ResetController(Controller):
    path = "/wachtwoord-herstellen/{token:str}"
    opt = {"access": Audience.PUBLIC}

    @get()
    async def ask(self, request: PortalRequest, token: FromPath[str]) -> Response[str]:
        try:
            return show_form(request, token, await find_resetting(token), {})
        except LinkEnded:
            return show_ended(request)

    @post(status_code=303)
    async def choose(self, request: PortalRequest, token: FromPath[str]) -> Response[str]:
        try:
            account = await find_resetting(token)
            password, errors = read_new_password(await request.texts(), account)
            if errors:
                return show_form(request, token, account, errors)
            return go(request, "/inloggen?hersteld=1", [await reset_password(request, token, password)])
        except LinkEnded:
            return show_ended(request)


def show_question(
    request: PortalRequest, typed: str = "", errors: dict[str, str] | None = None, throttled: Throttled | None = None
) -> Response[str]:
    return page(
        request,
        "account/forgotten.html",
        status=status_of(errors or {}, throttled),
        headers=throttled.headers if throttled else None,
        typed=typed,
        errors=errors or {},
        sent="verstuurd" in request.query_params,
    )


def show_form(request: PortalRequest, token: str, account: Account, errors: dict[str, str]) -> Response[str]:
    status = status_of(errors, None)
    return page(request, "account/reset.html", status=status, token=token, account=account, errors=errors, rule=HINT)


def show_ended(request: PortalRequest) -> Response[str]:
    return page(request, "account/reset_ended.html", status=404)
