"""A certificate is renewed by a second enrolment with steps of its own, which an administrator starts."""

from typing import Any

from litestar.exceptions import NotFoundException

from app.access import Access
from app.database import transaction
from app.enrolment.enrolling import (
    AlreadyEnrolled,
    CodeRefused,
    Enrolling,
    EnrolmentRefused,
    OrganisationRefused,
    Person,
    enrol,
)
from app.enrolment.letters import tell_candidate
from app.mail.outbox import Letter
from app.results.by_hand import Dossier
from app.results.facts import steps_by_route
from app.results.forms import Form
from app.security import PortalRequest
from app.tables import Candidate, Enrolment, Kind, LinkSource, Purpose

LINK = "koppel"
OTHER_ORGANISATION = "De code van deze organisatie is niet meer actief op deze vakmanschapsroute."


async def require_renewable(dossier: Dossier) -> None:
    """Raises NotFoundException where there is no certificate, or no way to renew it."""
    steps = (await steps_by_route()).get(dossier.row["route"], ())
    if dossier.facts.certificate is None or not any(
        step.kind == Kind.RENEWAL and step.purpose == Purpose.TEST for step in steps
    ):
        raise NotFoundException


async def start_renewal(access: Access, request: PortalRequest, dossier: Dossier, form: Form) -> int:
    """The enrolment that renews, also when it was started before; 0: the form says why there is none."""
    code = form.text("betaalcode", 40)
    if form.errors:
        return 0
    asked = Enrolling(
        person=await _person(dossier.row["candidate"]),
        route=dossier.row["route"],
        profile=dossier.row["profile"],
        organisation=dossier.row["organisation"] if LINK in form.values else None,
        source=LinkSource.ADMINISTRATOR,
        code=code or None,
        by=access.user,
        kind=Kind.RENEWAL,
        renews=dossier.id,
    )
    try:
        async with transaction():
            enrolled = await enrol(request, asked)
            await tell_candidate(Letter.ENROLLED, enrolled.id)
            return enrolled.id
    except AlreadyEnrolled as already:
        if await Enrolment.exists().where(Enrolment.id == already.enrolment, Enrolment.renews == dossier.id):
            return already.enrolment
        form.errors[""] = str(already)
    except EnrolmentRefused as refused:
        form.errors.update(_said(refused))
    return 0


async def _person(candidate: int) -> Person:
    columns = (
        Candidate.salutation,
        Candidate.given_name,
        Candidate.name_particle,
        Candidate.family_name,
        Candidate.email,
    )
    row: dict[str, Any] | None = await Candidate.select(*columns).where(Candidate.id == candidate).first()
    assert row is not None
    return Person(**row)


def _said(refused: EnrolmentRefused) -> dict[str, str]:
    if isinstance(refused, OrganisationRefused):
        return {LINK: OTHER_ORGANISATION}
    return {"betaalcode" if isinstance(refused, CodeRefused) else "": str(refused)}
