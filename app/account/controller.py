"""Signing in and out, and the own account."""

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from app.access import Access
from app.account.demo import demo_accounts
from app.account.factors import passkeys
from app.account.factors.queries import load_factors
from app.account.forms import SALUTATIONS, ProfileForm
from app.account.new_address import waiting_address
from app.account.password_rule import HINT
from app.account.passwords import TooBusy
from app.account.profile import change_profile
from app.account.queries import end_other_sessions, end_own_session, list_sessions, load_account
from app.account.sign_in import local_path, sign_in, sign_out
from app.cookies import cookie, session_cookie
from app.pages import go, page
from app.query import as_query, row_id, with_query
from app.security import Audience, PortalRequest
from app.throttle import Throttled, status_of

# What was just done, by its word in the address.
SAID = {
    "beeindigd": "Daar bent u nu uitgelogd.",
    "app-ingesteld": "Uw authenticator-app is ingesteld. Voortaan vraagt het portaal bij het inloggen ook om een code.",
    "app-verwijderd": "De authenticator-app is verwijderd.",
    "passkey-toegevoegd": "De passkey is toegevoegd.",
    "passkey-hernoemd": "De passkey heeft een andere naam.",
    "passkey-verwijderd": "De passkey is verwijderd.",
}
# Why somebody is back at the start.
NOTICES = {
    "verlopen": "Het inloggen duurde te lang. Begin opnieuw.",
    "passkey": "Met deze passkey kunt u hier niet inloggen. Gebruik uw wachtwoord.",
}
WRONG = "De gebruikersnaam of het wachtwoord is onjuist."
TOO_OFTEN = "Er is te vaak achter elkaar geprobeerd in te loggen. Wacht een minuut en probeer het dan opnieuw."
TOO_BUSY = "Er loggen nu veel mensen tegelijk in. Wacht even en probeer het dan opnieuw."


class SignInController(Controller):
    opt = {"access": Audience.PUBLIC}

    @get("/inloggen")
    async def ask(self, request: PortalRequest) -> Response[str]:
        if request.user:
            return go(request, request.user.home)
        return await ask_again(request, {}, next_page=request.query_params.get("volgende", ""))

    @post("/inloggen", status_code=303)
    async def enter(self, request: PortalRequest) -> Response[str]:
        sent = await request.texts()
        username, next_page = sent.get("gebruikersnaam", ""), sent.get("volgende", "")
        try:
            signed_in = await sign_in(request, username, sent.get("wachtwoord", ""))
        except (Throttled, TooBusy) as refusal:
            sentence = TOO_OFTEN if isinstance(refusal, Throttled) else TOO_BUSY
            return await ask_again(request, {"": sentence}, refusal=refusal, username=username, next_page=next_page)
        if signed_in is None:
            return await ask_again(request, {"": WRONG}, username=username, next_page=next_page)
        wanted = local_path(next_page)
        if signed_in.is_halfway:
            return go(request, with_query(signed_in.home, as_query({"volgende": wanted})), signed_in.cookies)
        return go(request, wanted or signed_in.home, signed_in.cookies)

    @post("/uitloggen", status_code=303, opt={"access": Audience.SIGNED_IN, "without_factor": True})
    async def leave(self, request: PortalRequest) -> Response[str]:
        await sign_out(request)
        answer = go(request, "/inloggen?uitgelogd=1", [cookie(session_cookie(), "", max_age=0)])
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer


class ProfileController(Controller):
    path = "/profiel"
    opt = {"access": Audience.SIGNED_IN, "without_factor": True}

    @get()
    async def show(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        account = await load_account(access)
        return page(
            request,
            "account/show.html",
            account=account,
            waiting=await waiting_address(access, account),
            saved="opgeslagen" in request.query_params,
            confirmed="bevestigd" in request.query_params,
        )

    @get("/bewerken")
    async def edit(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        return show_form(request, ProfileForm.of(await load_account(access)))

    @post("/bewerken", status_code=303)
    async def update(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        account = await load_account(access)
        saved = await change_profile(access, request, account, ProfileForm.read(await request.texts(), account))
        if saved.form.errors:
            return show_form(request, saved.form, saved.throttled)
        return go(request, "/profiel?opgeslagen=1", saved.cookies)

    @get("/beveiliging")
    async def sessions(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        return page(
            request,
            "account/security.html",
            sessions=await list_sessions(access, request.viewer.session),
            factors=await load_factors(access, access.user),
            passkeys_possible=passkeys.are_possible(),
            done=next((each for each in SAID if each in request.query_params), ""),
            said=SAID,
        )

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
    request: PortalRequest,
    errors: dict[str, str],
    *,
    refusal: HTTPException | None = None,
    username: str = "",
    next_page: str = "",
) -> Response[str]:
    return page(
        request,
        "account/sign_in.html",
        status=status_of(errors, refusal),
        headers=refusal.headers if refusal else None,
        errors=errors,
        username=username,
        next_page=next_page,
        signed_out="uitgelogd" in request.query_params,
        activated="geactiveerd" in request.query_params,
        reset="hersteld" in request.query_params,
        notice_of_step=next((NOTICES[each] for each in NOTICES if each in request.query_params), ""),
        passkeys_possible=passkeys.are_possible(),
        # Whoever is refused costs the database nothing more.
        demo_accounts=[] if refusal else await demo_accounts(),
    )


def show_form(request: PortalRequest, form: ProfileForm, throttled: Throttled | None = None) -> Response[str]:
    return page(
        request,
        "account/edit.html",
        status=status_of(form.errors, throttled),
        headers=throttled.headers if throttled else None,
        form=form,
        salutations=SALUTATIONS,
        rule=HINT,
    )
