"""Changing the own account: what the form alone cannot tell is asked here, then it is saved."""

from dataclasses import dataclass, field

from litestar.datastructures import Cookie

from app.access import Access
from app.account.forms import ProfileForm
from app.account.passwords import hash_password, verify
from app.account.queries import Account, Taken, save_profile, taken_by_others
from app.audit import record
from app.security import PortalRequest

TAKEN = {
    "email": {"emailadres": "Dit e-mailadres is al in gebruik."},
    "username": {"gebruikersnaam": "Deze gebruikersnaam is al in gebruik."},
}


@dataclass(frozen=True)
class Saved:
    """The form as it was judged; without errors it is saved, and these cookies go along."""

    form: ProfileForm
    cookies: list[Cookie] = field(default_factory=list)


async def change_profile(access: Access, request: PortalRequest, account: Account, form: ProfileForm) -> Saved:
    form = await _without_taken(access, form)
    form = await _by_owner(request, account, form)
    if form.errors:
        return Saved(form)
    password_hash = await hash_password(form.new_password) if form.new_password else None
    try:
        return Saved(form, await save_profile(access, request, account, form.columns(), password_hash))
    except Taken as taken:
        return Saved(form.refused(TAKEN[taken.column]))


async def _without_taken(access: Access, form: ProfileForm) -> ProfileForm:
    """Tells it beside all other errors; the unique index settles it when two come at once."""
    if not form.errors.keys().isdisjoint({"emailadres", "gebruikersnaam"}):
        return form
    for column in await taken_by_others(access, form.values["gebruikersnaam"], form.values["emailadres"]):
        form = form.refused(TAKEN[column])
    return form


async def _by_owner(request: PortalRequest, account: Account, form: ProfileForm) -> ProfileForm:
    """Whoever found the screen open cannot take the account over: that asks for the current password."""
    if not form.current_password or not form.changes_sign_in(account):
        return form
    if await verify(account.password_hash, form.current_password):
        return form
    await record(request, "password_check", "user", request.viewer.id, outcome="refused")
    return form.refused({"huidig_wachtwoord": "Het huidige wachtwoord is onjuist."})
