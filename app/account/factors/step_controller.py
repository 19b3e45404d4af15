"""Signing in with a second factor, or with a passkey alone."""

from datetime import timedelta
from typing import Any

from litestar import Controller, Response, get, post

from app.account.factors import authenticator, passkeys, recovery
from app.account.factors.pending import Pending, find_pending
from app.account.factors.proof import Means
from app.account.factors.second_step import Check, StepExpired, give_code, give_proof, sign_in_by_passkey
from app.account.sign_in import SECOND_STEP, SignedIn, local_path
from app.pages import go, page
from app.query import as_query, with_query
from app.security import Audience, PortalRequest
from app.sessions import hash_token
from app.tables import Ceremony
from app.throttle import Limit, Throttled, hit_from, status_of

OF_ONE = Limit("passkey", most=30, every=timedelta(seconds=10))
OF_ALL = Limit("passkeys", most=1000, every=timedelta(seconds=0.3))

WRONG_CODE = "Deze code is onjuist of al gebruikt. Wacht op de volgende code van de app, en vul die in."
WRONG_RECOVERY = "Deze herstelcode is onjuist of al gebruikt."
WRONG_PASSKEY = "Met deze passkey kunt u hier niet inloggen."
TOO_OFTEN = "Er is te vaak een onjuiste code gegeven. Wacht een paar minuten en probeer het dan opnieuw."


class SecondStepController(Controller):
    path = SECOND_STEP
    opt = {"access": Audience.PUBLIC}

    @get()
    async def ask(self, request: PortalRequest) -> Response[str]:
        pending = await find_pending(request)
        return show_step(request, pending, asked_for(request)) if pending else start_anew(request)

    @post(status_code=303)
    async def give(self, request: PortalRequest) -> Response[str]:
        return await judge_code(request, Means.APP, authenticator.check_code, WRONG_CODE)

    @get("/herstelcode")
    async def ask_recovery(self, request: PortalRequest) -> Response[str]:
        pending = await find_pending(request)
        return show_recovery(request, asked_for(request)) if pending else start_anew(request)

    @post("/herstelcode", status_code=303)
    async def give_recovery(self, request: PortalRequest) -> Response[str]:
        return await judge_code(request, Means.RECOVERY_CODE, recovery.check_code, WRONG_RECOVERY)

    @post("/passkey/opties", status_code=200)
    async def options(self, request: PortalRequest) -> Response[Any]:
        pending = await find_pending(request)
        if pending is None:
            return start_anew(request)
        return Response(await passkeys.second_step_options(pending.passkeys, pending.holder))

    @post("/passkey", status_code=303)
    async def give_passkey(self, request: PortalRequest) -> Response[str]:
        pending, sent = await find_pending(request), await request.texts()
        if pending is None:
            return start_anew(request)
        proof = await passkeys.check_assertion(sent.get("antwoord", ""), pending.holder, Ceremony.SECOND_STEP)
        own = proof if proof and proof.user == pending.user else None
        try:
            signed_in = await give_proof(request, pending, Means.PASSKEY, own)
        except StepExpired:
            return start_anew(request)
        next_page = sent.get("volgende", "")
        return enter(request, signed_in, next_page) or show_step(request, pending, next_page, {"": WRONG_PASSKEY})


class PasskeySignInController(Controller):
    path = "/inloggen/passkey"
    opt = {"access": Audience.PUBLIC}

    @post("/opties", status_code=200)
    async def options(self, request: PortalRequest) -> passkeys.Options:
        await hit_from(request, OF_ONE, OF_ALL)
        return await passkeys.sign_in_options(hash_token(request.csrf_seed))

    @post(status_code=303)
    async def give(self, request: PortalRequest) -> Response[str]:
        await hit_from(request, OF_ONE, OF_ALL)
        sent = await request.texts()
        holder = hash_token(request.csrf_seed)
        proof = await passkeys.check_assertion(sent.get("antwoord", ""), holder, Ceremony.SIGN_IN)
        signed_in = await sign_in_by_passkey(request, proof)
        query = as_query({"volgende": sent.get("volgende", ""), "passkey": "" if signed_in else "onbekend"})
        return enter(request, signed_in, sent.get("volgende", "")) or go(request, with_query("/inloggen", query))


async def judge_code(request: PortalRequest, means: Means, check: Check, wrong: str) -> Response[str]:
    pending, sent = await find_pending(request), await request.texts()
    if pending is None:
        return start_anew(request)
    next_page, throttled, errors = sent.get("volgende", ""), None, {"code": wrong}
    try:
        if signed_in := await give_code(request, pending, means, check, sent.get("code", "")):
            return go(request, local_path(next_page) or signed_in.home, signed_in.cookies)
    except StepExpired:
        return start_anew(request)
    except Throttled as refusal:
        throttled, errors = refusal, {"code": TOO_OFTEN}
    if means is Means.RECOVERY_CODE:
        return show_recovery(request, next_page, errors, throttled)
    return show_step(request, pending, next_page, errors, throttled)


def enter(request: PortalRequest, signed_in: SignedIn | None, next_page: str) -> Response[str] | None:
    return go(request, local_path(next_page) or signed_in.home, signed_in.cookies) if signed_in else None


def start_anew(request: PortalRequest) -> Response[str]:
    """Who is signed in already goes on from there."""
    query = as_query({"volgende": local_path(request.query_params.get("volgende", "")), "verlopen": "1"})
    return go(request, f"/inloggen?{query}")


def show_step(
    request: PortalRequest,
    pending: Pending,
    next_page: str,
    errors: dict[str, str] | None = None,
    throttled: Throttled | None = None,
) -> Response[str]:
    return page(
        request,
        "account/factors/step.html",
        status=status_of(errors or {}, throttled),
        headers=throttled.headers if throttled else None,
        has_app=pending.has_app,
        has_passkey=bool(pending.passkeys) and passkeys.are_possible(),
        next_page=next_page,
        errors=errors or {},
    )


def show_recovery(
    request: PortalRequest,
    next_page: str,
    errors: dict[str, str] | None = None,
    throttled: Throttled | None = None,
) -> Response[str]:
    return page(
        request,
        "account/factors/recovery.html",
        status=status_of(errors or {}, throttled),
        headers=throttled.headers if throttled else None,
        next_page=next_page,
        errors=errors or {},
    )


def asked_for(request: PortalRequest) -> str:
    return request.query_params.get("volgende", "")
