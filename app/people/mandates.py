"""Mandates: what somebody may do and for which organisation, given and taken away with a record of it."""

from dataclasses import dataclass
from typing import Any

from piccolo.query.mixins import LockStrength

from app.audit import record
from app.clock import now
from app.database import transaction
from app.security import PortalRequest
from app.sessions import end_sessions
from app.tables import Mandate, Role, User

# What whoever gives a role is told, after the name of who gets it.
GIVES = {
    Role.ADMINISTRATOR: "ziet en wijzigt dan alles, van alle organisaties.",
    Role.ORGANISATION_MANAGER: "ziet dan alle kandidaten van de organisatie met hun uitslagen, en de betaalcodes.",
    Role.ENROLMENT_MANAGER: "meldt dan kandidaten aan voor de organisatie, en ziet wie er is aangemeld en betaald.",
}


@dataclass(frozen=True)
class Wanted:
    """A mandate to be given: no organisation for an administrator."""

    role: Role
    organisation: int | None = None


class MandateKept(ValueError):
    """Why a mandate cannot be taken away, or its holder not be closed out: a Dutch sentence."""


class OwnMandate(MandateKept):
    def __init__(self) -> None:
        super().__init__("U kunt uw eigen rol van beheerder niet intrekken. Vraag het een andere beheerder.")


class LastAdministrator(MandateKept):
    def __init__(self) -> None:
        super().__init__("Dit is de laatste beheerder die kan inloggen. Maak eerst iemand anders beheerder.")


async def give(request: PortalRequest, user: int, role: Role, organisation: int | None = None) -> bool:
    """In a transaction of its own. Whether it is new: one that is there already stays as it was given."""
    async with transaction():
        return await give_inside(request, user, Wanted(role, organisation))


async def give_inside(request: PortalRequest, user: int, wanted: Wanted) -> bool:
    """The same in the caller's transaction. Who is signed in as this person signs in anew: to more, or to less."""
    mandate = Mandate(
        user=user,
        role=wanted.role,
        organisation=wanted.organisation,
        given_by=request.viewer.id,
        given_at=now(),
    )
    if not await Mandate.insert(mandate).on_conflict(action="DO NOTHING").returning(Mandate.id):
        return False
    told = {"organisation": wanted.organisation, "role": wanted.role.value} | await _end_sessions(request, user)
    await record(request, "give_mandate", "user", user, **told)
    return True


async def take(request: PortalRequest, mandate: int) -> bool:
    """In a transaction of its own; what it allowed is over with the next request. Whether it was still there.

    Raises MandateKept for the own mandate of an administrator, and for the last of those who can sign in."""
    async with transaction():
        held = await Mandate.select(Mandate.user, Mandate.role).where(Mandate.id == mandate).first()
        if held and held["role"] == Role.ADMINISTRATOR:
            if held["user"] == request.viewer.id:
                raise OwnMandate
            await keep_an_administrator(besides=held["user"])
        taken = await Mandate.delete().where(Mandate.id == mandate).returning(*Mandate.all_columns())
        if not taken:
            return False
        [gone] = taken
        told = {"organisation": gone["organisation"], "role": gone["role"]} | await _end_sessions(request, gone["user"])
        await record(request, "take_mandate", "user", gone["user"], **told)
        return True


async def _end_sessions(request: PortalRequest, user: int) -> dict[str, Any]:
    """All but that of whoever changes the own mandates; in words of the record."""
    ended = await end_sessions(user, besides=request.viewer.session)
    return {"sessions_ended": ended} if ended else {}


async def keep_an_administrator(*, besides: int) -> None:
    """Whoever asks next waits for the end of the caller's transaction, and then sees what it did: so two
    administrators who close each other out at once do not leave nobody.

    Raises LastAdministrator when nobody besides this user can sign in as one."""
    administrators = Mandate.select(Mandate.id).where(Mandate.role == Role.ADMINISTRATOR).order_by(Mandate.id)
    if administrators.engine_type == "postgres":  # SQLite has one writer anyway
        await administrators.lock_rows(LockStrength.update)
    others = Mandate.user.is_in(User.select(User.id).where(User.active.eq(True) & User.password_hash.is_not_null()))
    if not await Mandate.exists().where((Mandate.role == Role.ADMINISTRATOR) & (Mandate.user != besides) & others):
        raise LastAdministrator
