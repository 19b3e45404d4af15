"""Changing the own account: what the form alone cannot tell is asked here, then it is saved."""

from dataclasses import dataclass, field

from litestar.datastructures import Cookie

from app.access import Access
from app.account.confirmation import TOO_OFTEN, WRONG, confirm
from app.account.forms import ProfileForm
from app.account.new_address import REQUESTS, ask_new_address
from app.account.new_address import TOO_OFTEN as MOVED_TOO_OFTEN
from app.account.passwords import hash_password
from app.account.queries import Account, Taken, save_profile, taken_by_others, unique_account
from app.database import transaction
from app.security import PortalRequest
from app.tables import User
from app.throttle import Throttled, is_let_through

TAKEN = {
    "email": {"emailadres": "Dit e-mailadres is al in gebruik."},
    "username": {"gebruikersnaam": "Deze gebruikersnaam is al in gebruik."},
}


@dataclass(frozen=True)
class Saved:
    """The form as it was judged; without errors it is saved, and these cookies go along."""

    form: ProfileForm
    cookies: list[Cookie] = field(default_factory=list)
    throttled: Throttled | None = None


async def change_profile(access: Access, request: PortalRequest, account: Account, form: ProfileForm) -> Saved:
    form = await _without_taken(access, form)
    try:
        form = await _by_owner(access, request, account, form)
    except Throttled as throttled:
        return Saved(form.refused(TOO_OFTEN), throttled=throttled)
    if form.errors:
        return Saved(form)
    email = form.values["emailadres"] if form.values["emailadres"] != account.email else ""
    if email and not await is_let_through(REQUESTS, str(access.user)):
        return Saved(form.refused(MOVED_TOO_OFTEN))
    try:
        return Saved(form, await _save(access, request, account, form, email))
    except Taken as taken:
        return Saved(form.refused(TAKEN[taken.column]))


async def _save(
    access: Access, request: PortalRequest, account: Account, form: ProfileForm, email: str
) -> list[Cookie]:
    """The cookies of the session that goes on. The e-mail address stays as it is until it is confirmed."""
    password_hash = await hash_password(form.new_password) if form.new_password else None
    columns = form.columns()
    del columns[User.email], columns[User.email_key]
    with unique_account():
        async with transaction():
            cookies = await save_profile(access, request, account, columns, password_hash)
            if email:
                await ask_new_address(access, request, account, email)
    return cookies


async def _without_taken(access: Access, form: ProfileForm) -> ProfileForm:
    """Tells it beside all other errors; the unique index settles it when two come at once."""
    if not form.errors.keys().isdisjoint({"emailadres", "gebruikersnaam"}):
        return form
    for column in await taken_by_others(access, form.values["gebruikersnaam"], form.values["emailadres"]):
        form = form.refused(TAKEN[column])
    return form


async def _by_owner(access: Access, request: PortalRequest, account: Account, form: ProfileForm) -> ProfileForm:
    """Whoever found the screen open cannot take the account over: that asks for the current password. Raises
    Throttled."""
    if not form.current_password or not form.changes_sign_in(account):
        return form
    return form if await confirm(access, request, form.current_password) else form.refused(WRONG)
