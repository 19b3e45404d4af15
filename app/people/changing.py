"""What an administrator changes of somebody's account."""

from app.access import Access
from app.account.forms import person_columns
from app.account.queries import unique_account
from app.audit import record
from app.database import transaction
from app.mail.outbox import Change, Letter, queue, tell_owner
from app.people.forms import Form
from app.people.mandates import keep_an_administrator
from app.people.queries import find_person
from app.security import PortalRequest
from app.sessions import end_sessions
from app.tables import TokenPurpose, User
from app.text import key
from app.tokens import revoke


class OwnAccount(ValueError):
    def __init__(self) -> None:
        super().__init__("U kunt uw eigen account niet deactiveren. Vraag het een andere beheerder.")


async def save_person(access: Access, request: PortalRequest, person: int, form: Form) -> None:
    """Names and e-mail address. Who did not choose a user name yet is invited anew at another address, and the link
    that went to the old one works no more. Whoever has a password hears at the old one that it is changed. Raises
    NotFoundException and Taken."""
    columns = person_columns(form.values)
    with unique_account():
        async with transaction():
            known = await find_person(access, person)
            texts = {column._meta.name: value for column, value in columns.items()}
            changed = [name for name, value in texts.items() if known.get(name, value) != value]
            if not changed:
                return
            moved = "email" in changed and not known["activated"]
            if moved and known["username"] == known["email"]:
                email = form.values["emailadres"]
                columns |= {User.username: email, User.username_key: key(email)}
            await User.update(columns).where(User.id == person)
            await record(request, "change_user", "user", person, fields=" ".join(changed))
            if moved and known["active"]:
                await revoke(TokenPurpose.ACTIVATION, person)
                await queue(Letter.INVITATION, form.values["emailadres"], user=person)
            if "email" in changed and known["activated"]:
                await revoke(TokenPurpose.RESET, person)
                await revoke(TokenPurpose.EMAIL, person)
                await tell_owner(person, Change.EMAIL, known["email"])


async def deactivate(access: Access, request: PortalRequest, person: int) -> None:
    """Whoever is signed in as this person is out at once, and what links were sent for the account work no more. Raises
    NotFoundException, OwnAccount and LastAdministrator."""
    if person == access.user:
        raise OwnAccount
    async with transaction():
        await find_person(access, person)
        await keep_an_administrator(besides=person)
        # The account first: who is signing in meanwhile waits for this, or is found below.
        if await User.update({User.active: False}).where((User.id == person) & User.active.eq(True)).returning(User.id):
            for purpose in (TokenPurpose.ACTIVATION, TokenPurpose.RESET, TokenPurpose.EMAIL):
                await revoke(purpose, person)
            ended = await end_sessions(person)
            await record(request, "deactivate_user", "user", person, sessions_ended=ended)


async def sign_out_everywhere(access: Access, request: PortalRequest, person: int) -> None:
    """Whoever is signed in as this person is out at once; an administrator stays in the browser that asks it. Raises
    NotFoundException."""
    async with transaction():
        await find_person(access, person)
        ended = await end_sessions(person, besides=request.viewer.session)
        await record(request, "sign_out_user", "user", person, sessions_ended=ended)


async def reactivate(access: Access, request: PortalRequest, person: int) -> None:
    """With the password and the mandates as they were. Raises NotFoundException."""
    async with transaction():
        await find_person(access, person)
        closed = (User.id == person) & User.active.eq(False)
        if await User.update({User.active: True}).where(closed).returning(User.id):
            await record(request, "reactivate_user", "user", person)
