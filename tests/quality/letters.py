"""Letters in each state they can be in."""

from typing import Any

from app.clock import now
from app.mail.outbox import Letter, queue
from app.tables import Enrolment, Mail, MailState

STATES = (
    (Letter.ENROLLED, MailState.SENT, ""),
    (Letter.RESIT_PAID, MailState.FAILED, "De mailserver weigert dit adres (550)."),
    (Letter.ENROLLED, MailState.QUEUED, ""),
)


async def make_letters() -> None:
    """The last one made waits."""
    enrolment = await Enrolment.select(Enrolment.id).where(Enrolment.organisation.is_not_null()).first()
    assert enrolment
    for letter, state, reason in STATES:
        recipient = f"iemand.met.een.lang.adres.voor.{state}@installatiebedrijf-noorderwind.example"
        await queue(letter, recipient, enrolment=enrolment["id"])
        sent_at = now() if state == MailState.SENT else None
        values: dict[Any, Any] = {Mail.state: state, Mail.last_error: reason, Mail.sent_at: sent_at}
        await Mail.update(values).where((Mail.recipient == recipient) & (Mail.template == letter))
