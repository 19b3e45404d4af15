"""Setting up one's own second factors: an authenticator app, passkeys, recovery codes."""

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from app.access import Access
from app.account.confirmation import require_confirmation
from app.account.devices import device
from app.account.factors import authenticator, passkeys
from app.account.factors.changing import (
    FactorKept,
    PasskeyKnown,
    add_passkey,
    remove_app,
    remove_passkey,
    rename_passkey,
    renew_codes,
    set_app,
)
from app.account.factors.queries import Factors, find_passkey, load_factors
from app.pages import go, page, qr_code
from app.query import row_id
from app.security import Audience, PortalRequest
from app.sessions import hash_token
from app.tables import Passkey
from app.text import TextRefused, clean

SECURITY = "/profiel/beveiliging"
APP = f"{SECURITY}/app"
CODES = f"{SECURITY}/herstelcodes"
KEYS = f"{SECURITY}/passkeys"
OWN = {"access": Audience.SIGNED_IN, "without_factor": True}

WRONG_CODE = "Deze code is onjuist of verlopen. Vul de code in die de app nu toont."
TOO_LATE = "Deze pagina stond te lang open. Scan de nieuwe QR-code."
NO_NAME = "Vul een naam in."
NOT_SIGNED = "De passkey is niet ingesteld. Probeer het opnieuw."


class AppController(Controller):
    path = APP
    opt = OWN

    @get()
    async def ask(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        await require_confirmation(access, request, back=APP)
        return show_app(request, authenticator.new_secret(), {})

    @post(status_code=303)
    async def set(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        await require_confirmation(access, request, back=APP)
        sent = await request.texts()
        offer = sent.get("aanbod", "")
        secret = authenticator.offered(request.viewer.session, offer)
        if secret is None:
            return show_app(request, authenticator.new_secret(), {"code": TOO_LATE})
        step = authenticator.step_of(secret, sent.get("code", ""))
        if step is None:
            return show_app(request, secret, {"code": WRONG_CODE}, offer)
        cookies = await set_app(access, request, secret, step, offer)
        return go(request, await after_setting(access, "app-ingesteld"), cookies)

    @get("/verwijderen")
    async def ask_remove(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        await require_confirmation(access, request, back=f"{APP}/verwijderen")
        return ask_first(request, await load_factors(access, access.user), f"{APP}/verwijderen")

    @post("/verwijderen", status_code=303)
    async def remove(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        await require_confirmation(access, request, back=f"{APP}/verwijderen")
        try:
            await remove_app(access, request)
        except FactorKept as kept:
            factors = await load_factors(access, access.user)
            return ask_first(request, factors, f"{APP}/verwijderen", refusal=str(kept))
        return go(request, f"{SECURITY}?app-verwijderd=1")


class RecoveryController(Controller):
    path = CODES
    opt = OWN

    @get()
    async def ask(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        await require_confirmation(access, request, back=CODES)
        factors = await load_factors(access, access.user)
        if not factors.any:
            return go(request, SECURITY)
        return page(request, "account/factors/codes.html", factors=factors, done="ingesteld" in request.query_params)

    @post(status_code=200)
    async def renew(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        """Answers with the codes themselves: they can be seen here, and nowhere again."""
        await require_confirmation(access, request, back=CODES)
        codes = await renew_codes(access, request)
        return page(request, "account/factors/codes_made.html", codes=codes)


class PasskeyController(Controller):
    path = KEYS
    opt = OWN

    @get("/nieuw")
    async def ask(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        await require_confirmation(access, request, back=f"{KEYS}/nieuw")
        return show_new(request, device(request.headers.get("user-agent", "")), {})

    @post("/opties", status_code=200)
    async def options(self, request: PortalRequest, access: NamedDependency[Access]) -> passkeys.Options:
        await require_confirmation(access, request, back=f"{KEYS}/nieuw")
        known = (await load_factors(access, access.user)).passkeys
        viewer = request.viewer
        ids = [each.credential_id for each in known]
        return await passkeys.registration_options(viewer.id, viewer.username, viewer.name, ids, holder_of(request))

    @post("/nieuw", status_code=303)
    async def add(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        await require_confirmation(access, request, back=f"{KEYS}/nieuw")
        sent = await request.texts()
        name, problem = read_name(sent.get("naam", ""))
        if problem:
            return show_new(request, name, {"naam": problem})
        try:
            new = await passkeys.read_registration(sent.get("antwoord", ""), holder_of(request))
            cookies = await add_passkey(access, request, new, name)
        except passkeys.Refused:
            return show_new(request, name, {"": NOT_SIGNED})
        except PasskeyKnown as known:
            return show_new(request, name, {"": str(known)})
        return go(request, await after_setting(access, "passkey-toegevoegd"), cookies)

    @get("/{passkey:str}")
    async def edit(
        self, request: PortalRequest, access: NamedDependency[Access], passkey: FromPath[str]
    ) -> Response[str]:
        found = await find_passkey(access, row_id(passkey))
        return page(request, "account/factors/rename.html", passkey=found, name=found.name, errors={})

    @post("/{passkey:str}", status_code=303)
    async def rename(
        self, request: PortalRequest, access: NamedDependency[Access], passkey: FromPath[str]
    ) -> Response[str]:
        found = await find_passkey(access, row_id(passkey))
        name, problem = read_name((await request.texts()).get("naam", ""))
        if problem:
            errors = {"naam": problem}
            return page(request, "account/factors/rename.html", status=422, passkey=found, name=name, errors=errors)
        await rename_passkey(access, request, found.id, name)
        return go(request, f"{SECURITY}?passkey-hernoemd=1")

    @get("/{passkey:str}/verwijderen")
    async def ask_remove(
        self, request: PortalRequest, access: NamedDependency[Access], passkey: FromPath[str]
    ) -> Response[str]:
        found = await find_passkey(access, row_id(passkey))
        path = f"{KEYS}/{found.id}/verwijderen"
        await require_confirmation(access, request, back=path)
        return ask_first(request, await load_factors(access, access.user), path, name=found.name)

    @post("/{passkey:str}/verwijderen", status_code=303)
    async def remove(
        self, request: PortalRequest, access: NamedDependency[Access], passkey: FromPath[str]
    ) -> Response[str]:
        found = await find_passkey(access, row_id(passkey))
        path = f"{KEYS}/{found.id}/verwijderen"
        await require_confirmation(access, request, back=path)
        try:
            await remove_passkey(access, request, found.id)
        except FactorKept as kept:
            factors = await load_factors(access, access.user)
            return ask_first(request, factors, path, name=found.name, refusal=str(kept))
        return go(request, f"{SECURITY}?passkey-verwijderd=1")


async def after_setting(access: Access, said: str) -> str:
    """With a first factor come recovery codes."""
    has_codes = (await load_factors(access, access.user)).codes_left
    return f"{SECURITY}?{said}=1" if has_codes else f"{CODES}?ingesteld=1"


def show_app(request: PortalRequest, secret: str, errors: dict[str, str], offer: str = "") -> Response[str]:
    return page(
        request,
        "account/factors/app.html",
        status=422 if errors else 200,
        qr=qr_code(authenticator.address(secret, request.viewer.username)),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        offer=offer or authenticator.offer(request.viewer.session, secret),
        errors=errors,
    )


def show_new(request: PortalRequest, name: str, errors: dict[str, str]) -> Response[str]:
    status = 422 if errors else 200
    return page(request, "account/factors/passkey.html", status=status, name=name, errors=errors)


def ask_first(
    request: PortalRequest, factors: Factors, action: str, *, name: str = "", refusal: str = ""
) -> Response[str]:
    """`name`: of a passkey; without one it is the app."""
    status = 422 if refusal else 200
    return page(
        request,
        "account/factors/remove.html",
        status=status,
        action=action,
        name=name,
        is_last=len(factors.passkeys) + bool(factors.app_since) == 1,
        refusal=refusal,
    )


def read_name(typed: str) -> tuple[str, str]:
    """A name as it is kept, and a sentence when it cannot be."""
    try:
        name = clean(typed, Passkey.name.length or 0)
    except TextRefused as refusal:
        return typed, str(refusal)
    return name, "" if name else NO_NAME


def holder_of(request: PortalRequest) -> str:
    return hash_token(request.csrf_seed)
