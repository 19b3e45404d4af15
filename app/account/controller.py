"""Signing in and out, and the own account."""

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Access
from app.account.demo import demo_accounts
from app.account.forms import SALUTATIONS, ProfileForm
from app.account.password_rule import HINT
from app.account.profile import change_profile
from app.account.queries import end_other_sessions, end_own_session, list_sessions, load_account
from app.account.sign_in import local_path, sign_in, sign_out
from app.pages import go, page
from app.query import row_id
from app.security import Audience, PortalRequest, cookie, session_cookie

WRONG = "De gebruikersnaam of het wachtwoord is onjuist."


class SignInController(Controller):
    opt = {"access": Audience.PUBLIC}

    @get("/inloggen")
    async def ask(self, request: PortalRequest) -> Response[str]:
        if request.user:
            return go(request, request.user.home)
        query = request.query_params
        return await ask_again(request, {}, next_page=query.get("volgende", ""), signed_out="uitgelogd" in query)

    @post("/inloggen", status_code=303)
    async def enter(self, request: PortalRequest) -> Response[str]:
        sent = await request.texts()
        username, next_page = sent.get("gebruikersnaam", ""), sent.get("volgende", "")
        signed_in = await sign_in(request, username, sent.get("wachtwoord", ""))
        if signed_in is None:
            return await ask_again(request, {"": WRONG}, username=username, next_page=next_page)
        return go(request, local_path(next_page) or signed_in.home, [signed_in.cookie])

    @post("/uitloggen", status_code=303, opt={"access": Audience.SIGNED_IN})
    async def leave(self, request: PortalRequest) -> Response[str]:
        await sign_out(request)
        answer = go(request, "/inloggen?uitgelogd=1", [cookie(session_cookie(), "", max_age=0)])
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer


class ProfileController(Controller):
    path = "/profiel"
    opt = {"access": Audience.SIGNED_IN}

    @get()
    async def show(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        account = await load_account(access)
        return page(request, "account/show.html", account=account, saved="opgeslagen" in request.query_params)

    @get("/bewerken")
    async def edit(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        return show_form(request, ProfileForm.of(await load_account(access)))

    @post("/bewerken", status_code=303)
    async def update(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        account = await load_account(access)
        saved = await change_profile(access, request, account, ProfileForm.read(await request.texts(), account))
        if saved.form.errors:
            return show_form(request, saved.form)
        return go(request, "/profiel?opgeslagen=1", saved.cookies)

    @get("/beveiliging")
    async def sessions(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        found = await list_sessions(access, request.viewer.session)
        return page(request, "account/security.html", sessions=found, ended="beeindigd" in request.query_params)

    @post("/beveiliging/sessies/{session:str}/beeindigen", status_code=303)
    async def end(
        self, request: PortalRequest, access: NamedDependency[Access], session: FromPath[str]
    ) -> Response[str]:
        await end_own_session(access, request, row_id(session))
        return go(request, "/profiel/beveiliging?beeindigd=1")

    @post("/beveiliging/sessies/beeindigen", status_code=303)
    async def end_others(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        await end_other_sessions(access, request)
        return go(request, "/profiel/beveiliging?beeindigd=1")


async def ask_again(
    request: PortalRequest, errors: dict[str, str], *, username: str = "", next_page: str = "", signed_out: bool = False
) -> Response[str]:
    return page(
        request,
        "account/sign_in.html",
        status=422 if errors else 200,
        errors=errors,
        username=username,
        next_page=next_page,
        signed_out=signed_out,
        demo_accounts=await demo_accounts(),
    )


def show_form(request: PortalRequest, form: ProfileForm) -> Response[str]:
    status = 422 if form.errors else 200
    return page(request, "account/edit.html", status=status, form=form, salutations=SALUTATIONS, rule=HINT)
