"""Activeren: who was invited chooses a user name and a password."""

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from app.account.password_rule import HINT
from app.account.profile import TAKEN
from app.account.queries import Account, Taken
from app.pages import go, page
from app.people.activating import activate, find_invited
from app.people.forms import Form, read_activation
from app.security import Audience, PortalRequest
from app.tokens import LinkEnded


class ActivationController(Controller):
    path = "/activeren/{token:str}"
    opt = {"access": Audience.PUBLIC}

    @get()
    async def ask(self, request: PortalRequest, token: FromPath[str]) -> Response[str]:
        try:
            account = await find_invited(token)
        except LinkEnded:
            return show_ended(request)
        return show_form(request, token, account, Form({"gebruikersnaam": account.username}))

    @post(status_code=303)
    async def choose(self, request: PortalRequest, token: FromPath[str]) -> Response[str]:
        try:
            account = await find_invited(token)
            form = read_activation(await request.texts(), account)
            if not form.errors:
                await activate(request, token, form)
                return go(request, "/inloggen?geactiveerd=1")
        except LinkEnded:
            return show_ended(request)
        except Taken:
            form = form.refused(**TAKEN["username"])
        return show_form(request, token, account, form)


def show_form(request: PortalRequest, token: str, account: Account, form: Form) -> Response[str]:
    status = 422 if form.errors else 200
    return page(request, "people/activate.html", status=status, token=token, account=account, form=form, rule=HINT)


def show_ended(request: PortalRequest) -> Response[str]:
    return page(request, "people/ended.html", status=404)
