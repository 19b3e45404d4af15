"""People made by hand, and a request by one of them."""

from typing import Any

from app.clock import now
from app.database import transaction
from app.people.inviting import Invitee, invite
from app.people.mandates import Wanted
from app.security import PortalRequest
from app.sessions import hash_token, load_viewer
from app.tables import AuditEvent, Mandate, Role, Salutation, Session, TokenPurpose
from app.tokens import mint
from app.worlds.accounts import give_mandate, make_user
from tests.candidates.handmade import MADE_AT


async def make_person(username: str, *roles: Role, organisation: int | None = None) -> int:
    """With a password, and these roles for one organisation. Gives the id of the account."""
    name = (Salutation.NEUTRAL, username.title(), "de", "Wit")
    user = await make_user(username, name, f"{username}@example.org", MADE_AT)
    for role in roles:
        await give_mandate(user, role, None if role is Role.ADMINISTRATOR else organisation, MADE_AT)
    return user


async def mandate_of(user: int, role: Role = Role.ADMINISTRATOR) -> int:
    row = await Mandate.select(Mandate.id).where((Mandate.user == user) & (Mandate.role == role)).first()
    assert row
    return int(row["id"])


async def request_by(user: int) -> PortalRequest:
    """As a handler gets it from who is signed in."""
    token = f"token of {user}"
    await Session.insert(Session(token_hash=hash_token(token), user=user, created_at=now(), seen_at=now(), address=""))
    scope: Any = {"type": "http", "headers": [], "client": None, "user": await load_viewer(token)}
    return PortalRequest(scope)


async def make_invited(email: str = "noor@example.org", *mandates: Wanted) -> int:
    """Somebody who was invited by an administrator, `beheer`, and chose no password yet."""
    request = await request_by(await make_person("beheer", Role.ADMINISTRATOR))
    return await invite(request, Invitee(Salutation.MS, "Noor", "", "Kuipers", email), mandates)


async def invitation_for(user: int) -> str:
    """The address in the letter, which makes the link anew."""
    async with transaction():
        return f"/activeren/{await mint(TokenPurpose.ACTIVATION, user=user)}"


async def deeds(user: int) -> list[str]:
    """What is on record of what was done to this person."""
    about = (AuditEvent.object_type == "user") & (AuditEvent.object_id == user)
    rows = await AuditEvent.select(AuditEvent.action).where(about).order_by(AuditEvent.id)
    return [row["action"] for row in rows]
