"""Inviting: an account without a password, and a letter with the link by which its owner chooses one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.access import Access
from app.account.queries import Taken, unique_account
from app.audit import record
from app.clock import now
from app.database import transaction
from app.mail.outbox import Letter, queue
from app.names import sort_key
from app.once import form_key, is_first, once
from app.people.mandates import Wanted, give_inside
from app.security import PortalRequest
from app.tables import Salutation, User
from app.text import key


@dataclass(frozen=True)
class Invitee:
    """Checked already: `app.people.forms.read_invitee` does that."""

    salutation: Salutation
    given_name: str
    name_particle: str
    family_name: str
    email: str


class InvitationRefused(ValueError):
    """Why nobody was invited: a Dutch sentence."""


async def invite(request: PortalRequest, person: Invitee, mandates: Sequence[Wanted], *, form: str = "") -> int:
    """The id of the account, in a transaction of its own. Until its owner chooses one, the e-mail address is its user
    name. The same `form` (`app.once.form_key`) sent twice invites once.

    Raises InvitationRefused when somebody has that address or that user name."""
    try:
        with unique_account():
            return await once(form or form_key(), lambda: _invite(request, person, mandates))
    except Taken as taken:
        raise InvitationRefused("Er is al een account met dit e-mailadres of deze gebruikersnaam.") from taken


async def _invite(request: PortalRequest, person: Invitee, mandates: Sequence[Wanted]) -> int:
    columns: dict[Any, Any] = {
        User.username: person.email,
        User.username_key: key(person.email),
        User.salutation: person.salutation,
        User.given_name: person.given_name,
        User.name_particle: person.name_particle,
        User.family_name: person.family_name,
        User.sort_key: sort_key(person.given_name, person.name_particle, person.family_name),
        User.email: person.email,
        User.email_key: key(person.email),
        User.created_at: now(),
    }
    user = User(columns)
    await user.save()
    await record(request, "invite", "user", user.id, mandates=len(mandates))
    for wanted in mandates:
        await give_inside(request, user.id, wanted)
    await queue(Letter.INVITATION, person.email, user=user.id)
    return int(user.id)


async def invite_again(access: Access, request: PortalRequest, person: int, form: str) -> bool:
    """Another letter, whose link takes the place of the one before; only while no password was chosen. Whether it was
    made. The same `form` sent twice makes one."""
    async with transaction():
        waits = access.everywhere and (User.id == person) & User.active.eq(True) & User.password_hash.is_null()
        row = await User.select(User.email).where(waits).first() if waits else None
        if row and await is_first(form):
            await queue(Letter.INVITATION, row["email"], user=person)
            await record(request, "invite_again", "user", person)
    return row is not None
