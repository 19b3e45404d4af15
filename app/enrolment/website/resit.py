"""Paying with a new code for an enrolment that is there: a resit, or what was not paid yet."""

from collections.abc import Sequence
from typing import Any

from piccolo.query.mixins import LockStrength

from app.acting import Duty, acting_as
from app.audit import record
from app.database import transaction
from app.enrolment.letters import tell_candidate
from app.enrolment.website.forms import ResitForm
from app.enrolment.website.limits import PAYCODE, PAYCODES
from app.enrolment.website.sending import TOO_OFTEN
from app.mail.outbox import Letter
from app.origin import origin_of
from app.paycodes.codes import canonical
from app.paycodes.redemption import redeem
from app.results.facts import RouteStep, steps_by_route
from app.results.progress import FAILED, PASSED, notes
from app.results.rederive import rederive
from app.security import PortalRequest
from app.tables import Enrolment, Purpose, State
from app.text import key
from app.throttle import Throttled, forgive, hit_from

# The same words whatever does not fit: nobody learns from it who is enrolled, or which codes there are.
REFUSED = (
    "Met deze gegevens kan nu niet worden betaald. Controleer het aanmeldnummer, het e-mailadres en de betaalcode. "
    "Misschien is er al betaald."
)
UNFINISHED = [State.NOT_STARTED.value, State.RUNNING.value, State.RESIT.value]


async def redeem_for_resit(request: PortalRequest, form: ResitForm) -> tuple[ResitForm, Throttled | None]:
    """The form as it was judged; without errors it is paid."""
    if form.errors:
        return form, None
    try:
        await hit_from(request, PAYCODE, PAYCODES)
    except Throttled as throttled:
        return form.refused(TOO_OFTEN), throttled
    with acting_as(Duty.ENROLMENT):
        async with transaction():
            paid = await _pay(request, form)
    if not paid:
        return form.refused(REFUSED), None
    await forgive(PAYCODE, origin_of(request))
    await forgive(PAYCODES)
    return form, None


def payments_due(progress: str, progress_notes: str, steps: Sequence[RouteStep]) -> int:
    """How many payments an enrolment still asks for: one to begin with, and one for each time that a test failed."""
    paid, failed = 0, 0
    for step, note in zip(steps, notes(progress_notes), strict=False):
        attempt = note[1] if note else 0
        letter = progress[step.position - 1 : step.position]
        if step.purpose == Purpose.PAYMENT and letter == PASSED:
            paid += attempt
        if step.purpose == Purpose.TEST and attempt:
            failed += attempt if letter == FAILED else attempt - 1
    return max(0, 1 + failed - paid)


async def _pay(request: PortalRequest, form: ResitForm) -> bool:
    found = await _find(form)
    if found is None:
        return False
    steps = (await steps_by_route()).get(found["route"], ())
    if not payments_due(found["progress"], found["progress_notes"], steps):
        return False
    code, enrolment = form.values["betaalcode"], found["id"]
    redeemed = await redeem(code, enrolment=enrolment, route=found["route"], profile=found["profile"])
    if redeemed is None:
        return False
    await rederive([enrolment])
    was_paid = any(found["progress"][step.position - 1] == PASSED for step in steps if step.purpose == Purpose.PAYMENT)
    await record(request, "redeem", "enrolment", enrolment, organisation=found["organisation"], paycode=redeemed.id)
    await tell_candidate(Letter.RESIT_PAID if was_paid else Letter.PAID, enrolment)
    return True


async def _find(form: ResitForm) -> dict[str, Any] | None:
    """The candidate's own, locked: whoever pays for it at the same moment waits, and then sees that it is paid."""
    number, email_key = canonical(form.values["aanmeldnummer"]), key(form.values["emailadres"])
    own = (Enrolment.number == number) & (Enrolment.candidate.email_key == email_key)
    known = await Enrolment.select(Enrolment.id).where(own).first()
    if known is None:
        return None
    columns = (
        Enrolment.id,
        Enrolment.route,
        Enrolment.profile,
        Enrolment.organisation,
        Enrolment.progress,
        Enrolment.progress_notes,
    )
    query = Enrolment.select(*columns).where((Enrolment.id == known["id"]) & Enrolment.state.is_in(UNFINISHED))
    if query.engine_type == "postgres":
        query = query.lock_rows(LockStrength.no_key_update)
    rows = await query
    return rows[0] if rows else None
