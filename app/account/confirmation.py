"""Is it still the owner? What opens an account changes only for who has just typed the password in this very session:
whoever finds a screen open, or comes by a cookie, cannot take the account over. Signing in does not count as typing it.

A page that changes something of that kind begins with `await require_confirmation(access, request, back=…)`, in the
handler that shows it and in the one that does it; whoever still has to confirm does that first, and comes back to
`back`. A form that asks for the password itself calls `confirm`."""

from datetime import timedelta

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotAuthorizedException

from app.access import Access
from app.account.passwords import TooBusy, verify
from app.account.sign_in import local_path
from app.audit import record
from app.clock import now
from app.database import transaction
from app.pages import go, page
from app.query import as_query
from app.security import Audience, PortalRequest
from app.tables import Session, User
from app.throttle import Limit, Throttled, forgive, hit, status_of

LASTS = timedelta(minutes=10)
# By session: who has another one of the same person can use up only their own.
TRIES = Limit("confirmation", most=10, every=timedelta(seconds=30))
WRONG = {"huidig_wachtwoord": "Het huidige wachtwoord is onjuist."}
TOO_OFTEN = {
    "huidig_wachtwoord": "Er is te vaak een onjuist wachtwoord gegeven. Wacht een minuut en probeer het opnieuw."
}
AFTERWARDS = "/profiel/beveiliging"


class Unconfirmed(Exception):
    """Leads to the page that asks for the password, and from there to `back`."""

    def __init__(self, back: str) -> None:
        super().__init__(back)
        self.back = back


async def require_confirmation(access: Access, request: PortalRequest, back: str) -> None:
    """Raises Unconfirmed unless this session was confirmed a moment ago."""
    own = (Session.id == request.viewer.session) & (Session.user == access.user)
    if not await Session.exists().where(own & (Session.confirmed_at > now() - LASTS)):
        raise Unconfirmed(back)


async def confirm(access: Access, request: PortalRequest, password: str) -> bool:
    """Whether this is the password of who is signed in; if it is, the session counts as confirmed for a while.
    Raises Throttled and TooBusy, and NotAuthorizedException when the session ended meanwhile."""
    key = f"{access.user} {request.viewer.session}"  # SQLite gives the number of a session that ended anew
    await hit(TRIES, key)
    known = await User.select(User.password_hash).where(User.id == access.user).first()
    try:
        right = await verify(known["password_hash"] if known else None, password)
    except TooBusy:
        await forgive(TRIES, key)
        raise
    async with transaction():
        if right:
            await mark_confirmed(access, request)
        await record(request, "password_check", "user", access.user, outcome="ok" if right else "refused")
    if right:
        await forgive(TRIES, key)
    return right


async def mark_confirmed(access: Access, request: PortalRequest) -> None:
    """In the caller's transaction. Raises NotAuthorizedException when the session ended meanwhile."""
    own = (Session.id == request.viewer.session) & (Session.user == access.user)
    if not await Session.update({Session.confirmed_at: now()}).where(own).returning(Session.id):
        raise NotAuthorizedException


class ConfirmationController(Controller):
    path = "/profiel/bevestigen"
    opt = {"access": Audience.SIGNED_IN, "without_factor": True}

    @get()
    async def ask(self, request: PortalRequest) -> Response[str]:
        return show_question(request, request.query_params.get("volgende", ""), {})

    @post(status_code=303)
    async def answer(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        sent = await request.texts()
        next_page = sent.get("volgende", "")
        try:
            if await confirm(access, request, sent.get("huidig_wachtwoord", "")):
                return go(request, local_path(next_page) or AFTERWARDS)
        except Throttled as throttled:
            return show_question(request, next_page, TOO_OFTEN, throttled)
        return show_question(request, next_page, WRONG)


def show_question(
    request: PortalRequest, next_page: str, errors: dict[str, str], throttled: Throttled | None = None
) -> Response[str]:
    return page(
        request,
        "account/confirm.html",
        status=status_of(errors, throttled),
        headers=throttled.headers if throttled else None,
        errors=errors,
        next_page=next_page,
        cancel=AFTERWARDS,
    )


def show_unconfirmed(request: PortalRequest, error: Unconfirmed) -> Response[str]:
    return go(request, f"/profiel/bevestigen?{as_query({'volgende': error.back})}")
