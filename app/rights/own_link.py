"""The link to a candidate's own page: opened, slowed down when it is guessed at, and asked for anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from app.acting import Duty, acting_as
from app.database import transaction
from app.enrolment.website.sending import TOO_OFTEN
from app.mail.outbox import Letter, queue
from app.once import is_first
from app.origin import origin_of
from app.paycodes.codes import canonical
from app.security import PortalRequest
from app.tables import Enrolment, TokenPurpose
from app.text import TextRefused, clean, key
from app.throttle import Limit, Throttled, forgive, hit_from, is_let_through
from app.tokens import find

# Of a link that works nothing is counted.
OPENED = Limit("own_page", most=60, every=timedelta(seconds=10))
OPENED_BY_ALL = Limit("own_pages", most=3000, every=timedelta(seconds=0.5))
ASKED = Limit("own_link", most=30, every=timedelta(seconds=30))
ASKED_BY_ALL = Limit("own_links", most=1000, every=timedelta(seconds=2))
# Nobody's mailbox is filled by who types their address; of who is not known as many are counted.
MAILED = Limit("own_mail", most=3, every=timedelta(hours=8))
LONGEST = 254


async def open_link(request: PortalRequest, secret: str) -> dict[str, Any] | None:
    """The token, while it works. Raises Throttled."""
    await hit_from(request, OPENED, OPENED_BY_ALL)
    found = await find(TokenPurpose.OBJECTION, secret)
    if found:
        await forgive(OPENED, origin_of(request))
        await forgive(OPENED_BY_ALL)
    return found


@dataclass(frozen=True)
class LinkForm:
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    FIELDS = {"aanmeldnummer": "Vul uw aanmeldnummer in.", "emailadres": "Vul uw e-mailadres in."}

    @classmethod
    def empty(cls) -> "LinkForm":
        return cls(dict.fromkeys(cls.FIELDS, ""))

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> "LinkForm":
        form = cls.empty()
        for name, missing in cls.FIELDS.items():
            form.values[name] = sent.get(name, "").strip()[:LONGEST]
            try:
                form.values[name] = clean(form.values[name], LONGEST)
            except TextRefused as refusal:
                form.errors[name] = str(refusal)
            if not form.values[name]:
                form.errors[name] = missing
        return form


async def ask_link(request: PortalRequest, form: LinkForm, key_of_form: str) -> tuple[LinkForm, Throttled | None]:
    """A letter with a new link to the address on record, if it is the one that was typed; whoever asks sees the same
    either way. The same form (`app.once.form_key`) sent twice is answered by one letter."""
    if form.errors:
        return form, None
    number, email_key = canonical(form.values["aanmeldnummer"]), key(form.values["emailadres"])
    try:
        await hit_from(request, ASKED, ASKED_BY_ALL)
    except Throttled as throttled:
        return replace(form, errors={"": TOO_OFTEN}), throttled
    if not await is_let_through(MAILED, f"{number} {email_key}"):
        return form, None
    own = (Enrolment.number == number) & (Enrolment.candidate.email_key == email_key)
    with acting_as(Duty.CANDIDATE):
        async with transaction():
            row = await Enrolment.select(Enrolment.id, Enrolment.candidate.email).where(own).first()
            if await is_first(key_of_form) and row:
                await queue(Letter.OWN_PAGE, row["candidate.email"], enrolment=row["id"])
    return form, None
