"""An enrolment manager enrols one candidate, for one of the own organisations."""

from app.access import Access
from app.acting import Duty, acting_as
from app.database import transaction
from app.enrolment.enrolling import (
    CodeRefused,
    Enrolling,
    EnrolmentRefused,
    NoFreeCode,
    NothingToRenew,
    OrganisationRefused,
    enrol,
)
from app.enrolment.forms import ManagerForm
from app.enrolment.letters import tell_candidate
from app.mail.outbox import Letter
from app.once import is_first
from app.security import PortalRequest
from app.tables import LinkSource

NOT_ACTIVE = "De code van deze organisatie is niet actief op deze vakmanschapsroute."


async def enrol_by_hand(access: Access, request: PortalRequest, form: ManagerForm) -> ManagerForm:
    """The form as it was judged; without errors the candidate is enrolled, and told so by mail."""
    if form.errors or not (form.person and form.route and form.organisation):
        return form
    asked = Enrolling(
        person=form.person,
        route=form.route.id,
        profile=form.profile,
        organisation=form.organisation.id,
        source=LinkSource.ENROLMENT_MANAGER,
        code=form.paycode,
        by=access.user,
        kind=form.kind,
        free_code=form.takes_free_code,
    )
    try:
        with acting_as(Duty.ENROLMENT):
            async with transaction():
                if await is_first(form.key):
                    enrolled = await enrol(request, asked)
                    await tell_candidate(Letter.ENROLLED, enrolled.id)
    except EnrolmentRefused as refused:
        return form.refused(_said(refused))
    return form


def _said(refused: EnrolmentRefused) -> dict[str, str]:
    """The sentence, beside its field."""
    if isinstance(refused, OrganisationRefused):
        return {"organisatie": NOT_ACTIVE}
    if isinstance(refused, NoFreeCode):
        return {"vrije_betaalcode": str(refused)}
    if isinstance(refused, NothingToRenew):
        return {"soort": str(refused)}
    return {"betaalcode" if isinstance(refused, CodeRefused) else "": str(refused)}
