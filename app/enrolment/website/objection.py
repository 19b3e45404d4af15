"""A candidate objects to the link with an organisation, by the link in the mail that told of it."""

from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.params import FromPath

from app.acting import Duty, acting_as
from app.audit import record
from app.candidates.unlinking import end_links
from app.database import transaction
from app.enrolment.letters import tell_candidate
from app.mail.outbox import Letter
from app.pages import go, page
from app.rights.own_controller import show_gone
from app.rights.own_link import open_link
from app.security import Audience, PortalRequest
from app.tables import Enrolment, UnlinkCause, Unlinking


@dataclass(frozen=True)
class Objection:
    """What there is to object to."""

    enrolment: int
    route: str
    organisation: str
    """Empty when there never was one."""
    linked: bool
    final: bool
    """The link has ended, and nobody can undo that."""


class ObjectionController(Controller):
    path = "/bezwaar/{token:str}"
    opt = {"access": Audience.PUBLIC}

    @get()
    async def ask(self, request: PortalRequest, token: FromPath[str]) -> Response[str]:
        with acting_as(Duty.CANDIDATE):
            objection = await load_objection(await open_link(request, token))
        if objection is None:
            return show_gone(request)
        return page(request, "enrolment/website/objection.html", objection=objection, token=token)

    @post(status_code=303)
    async def object(self, request: PortalRequest, token: FromPath[str]) -> Response[str]:
        with acting_as(Duty.CANDIDATE):
            found = await open_link(request, token)
            async with transaction():
                objection = await load_objection(found)
                if objection is not None:
                    await object_to_link(request, objection)
        if objection is None:
            return show_gone(request)
        return go(request, f"/bezwaar/{token}")


async def load_objection(found: dict[str, Any] | None) -> Objection | None:
    """Nothing for a link that works no more. Until then it works again and again: who was linked anew can object
    anew."""
    columns = (Enrolment.id, Enrolment.organisation, Enrolment.organisation.name, Enrolment.route.name)
    row = await Enrolment.select(*columns).where(Enrolment.id == found["enrolment"]).first() if found else None
    if row is None:
        return None
    last = Unlinking.select(Unlinking.organisation.name, Unlinking.cause).where(Unlinking.enrolment == row["id"])
    ended = await last.order_by(Unlinking.id, ascending=False).first() if row["organisation"] is None else None
    return Objection(
        enrolment=row["id"],
        route=row["route.name"],
        organisation=(ended or row)["organisation.name"] or "",
        linked=row["organisation"] is not None,
        final=ended is not None and ended["cause"] == UnlinkCause.OBJECTION,
    )


async def object_to_link(request: PortalRequest, objection: Objection) -> None:
    """In the caller's transaction: the link ends; one that somebody ended before stays ended. The second time
    nothing happens."""
    own = Enrolment.id == objection.enrolment
    ended = await end_links(own, UnlinkCause.OBJECTION, by=None)
    ended += await _make_final(objection.enrolment)
    for organisation in {row["organisation"] for row in ended}:
        await record(request, "object_to_link", "enrolment", objection.enrolment, organisation=organisation)
    if ended:
        await tell_candidate(Letter.LINK_ENDED, objection.enrolment)


async def _make_final(enrolment: int) -> list[dict[str, int]]:
    """What could still be undone, no longer can."""
    undoable = Unlinking.restored_at.is_null() & (Unlinking.cause != UnlinkCause.OBJECTION.value)
    return (
        await Unlinking.update({Unlinking.cause: UnlinkCause.OBJECTION})
        .where((Unlinking.enrolment == enrolment) & undoable)
        .returning(Unlinking.enrolment, Unlinking.organisation)
    )
