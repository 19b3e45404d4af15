"""A form from the website becomes an enrolment, or a question, or comes back with what is wrong. Whoever sends it
learns nothing of who is known here: what only the candidate may know goes by mail."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from app.acting import Duty, acting_as
from app.database import transaction
from app.enrolment.enrolling import (
    AlreadyEnrolled,
    CodeRefused,
    Enrolling,
    EnrolmentRefused,
    NothingToRenew,
    OrganisationRefused,
    enrol,
)
from app.enrolment.letters import tell_candidate
from app.enrolment.offered import LinkingOrganisation, OfferedRoute, linking_organisation
from app.enrolment.website.forms import WebsiteForm
from app.enrolment.website.limits import (
    ENROLMENT,
    ENROLMENTS,
    MAIL_ADDRESS,
    ORGANISATION_CODE,
    ORGANISATION_CODES,
    PAYCODE,
    PAYCODES,
    REMINDER,
)
from app.mail.outbox import Letter, queue
from app.once import is_first
from app.origin import origin_of
from app.security import PortalRequest
from app.tables import LinkSource
from app.throttle import Throttled, forgive, hit, hit_from, is_let_through

TOO_OFTEN = "Er is te vaak achter elkaar iets geprobeerd. Wacht een paar minuten en verstuur het formulier dan opnieuw."


@dataclass(frozen=True)
class Judged:
    """The form with what is wrong; with neither errors nor a question it is taken."""

    form: WebsiteForm
    organisation: LinkingOrganisation | None = None
    """Whose code was typed."""
    asks: bool = False
    """Whether to link with it is still to be asked."""
    throttled: Throttled | None = None


async def send(request: PortalRequest, route: OfferedRoute, form: WebsiteForm) -> Judged:
    try:
        return await _send(request, route, form)
    except Throttled as throttled:
        return Judged(form.refused({"": TOO_OFTEN}), throttled=throttled)


async def find_organisation(request: PortalRequest, route: OfferedRoute, code: str) -> LinkingOrganisation | None:
    """Raises Throttled. What cannot be a code is no try."""
    if not code:
        return None
    await hit_from(request, ORGANISATION_CODE, ORGANISATION_CODES)
    return await linking_organisation(code, route.id)


async def _send(request: PortalRequest, route: OfferedRoute, form: WebsiteForm) -> Judged:
    organisation = await find_organisation(request, route, form.organisation_code)
    if form.names_an_organisation and organisation is None:
        form = form.refused({"organisatiecode": OrganisationRefused.sentence})
    if form.errors or form.person is None:
        return Judged(form, organisation)
    if organisation and form.linked != organisation.code:
        return Judged(form, organisation, asks=True)
    asked = Enrolling(
        person=form.person,
        route=route.id,
        profile=form.profile,
        organisation=organisation.id if organisation else None,
        source=LinkSource.WEBSITE,
        code=form.paycode,
        by=None,
        kind=form.kind,
    )
    await _count(request, asked)
    try:
        with acting_as(Duty.ENROLMENT):
            await _enrol_once(request, form.key, asked)
    except EnrolmentRefused as refused:
        await forgive(MAIL_ADDRESS, asked.person.email_key)
        return Judged(form.refused({_field(refused): str(refused)}), organisation)
    if asked.code:
        await forgive(PAYCODE, origin_of(request))
        await forgive(PAYCODES)
    return Judged(form)


async def _count(request: PortalRequest, asked: Enrolling) -> None:
    """Raises Throttled."""
    if asked.code:
        await hit_from(request, PAYCODE, PAYCODES)
    await hit(MAIL_ADDRESS, asked.person.email_key)
    await hit_from(request, ENROLMENT, ENROLMENTS)


async def _enrol_once(request: PortalRequest, key: str, asked: Enrolling) -> None:
    """The same form sent again finds that it was taken."""
    try:
        async with transaction():
            if await is_first(key):
                enrolled = await enrol(request, asked)
                await tell_candidate(Letter.ENROLLED, enrolled.id)
    except AlreadyEnrolled as already:
        explain = partial(tell_candidate, Letter.ALREADY_ENROLLED, already.enrolment)
        await _by_mail(key, f"enrolment {already.enrolment}", explain)
    except NothingToRenew:
        explain = partial(queue, Letter.NOTHING_TO_RENEW, asked.person.email, route=asked.route)
        await _by_mail(key, f"address {asked.person.email_key}", explain)


async def _by_mail(key: str, about: str, explain: Callable[[], Awaitable[None]]) -> None:
    """Only who reads the mail hears why nothing changed; who sent the form sees the same as the first time."""
    if not await is_let_through(REMINDER, about):
        return
    async with transaction():
        if await is_first(key):
            await explain()


def _field(refused: EnrolmentRefused) -> str:
    """Beside which field it is said."""
    if isinstance(refused, CodeRefused):
        return "betaalcode"
    return "organisatiecode" if isinstance(refused, OrganisationRefused) else ""
