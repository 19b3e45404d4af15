"""Letters as an administrator sees them: the list, one of them, what can be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import EVERYTHING, NOTHING, Access, Condition
from app.audit import record
from app.clock import now
from app.database import transaction
from app.lists import count_without_each
from app.mail.filters import MailFilter, Standing
from app.mail.letters import Written, write
from app.paging import Page, Slice
from app.security import PortalRequest
from app.settings import get_settings
from app.tables import Mail, MailState

Record = dict[str, Any]

COUNTS = "SELECT state, COUNT(*) AS n FROM mail WHERE {} GROUP BY state"


@dataclass(frozen=True)
class Found:
    page: Page[Record]
    counts: Mapping[Standing, int]
    """By status; they obey every filter but that on status."""
    without: Mapping[str, int] = field(default_factory=dict)
    """When nothing is found: filter → how many there would be without it."""


async def list_mail(access: Access, filters: MailFilter) -> Found:
    """One page; a page past the end is the last page."""
    visible = _visible(access)
    rows = await Mail.raw(COUNTS, filters.narrow_counted(visible).querystring)
    by_state = {row["state"]: row["n"] for row in rows}
    counts = {standing: by_state.get(standing.state, 0) for standing in Standing}
    total = counts[Standing(filters.standing)] if filters.standing else sum(counts.values())
    part = Slice.of(filters.number, filters.size, total)
    if not total:
        return Found(Page([], part), counts, await count_without_each(visible, Mail, filters))
    rising = filters.sort == "gemaakt"
    chosen = Mail.select().where(filters.narrow(visible)).order_by(Mail.created_at, Mail.id, ascending=rising)
    return Found(Page(list(await chosen.limit(part.size).offset(part.offset)), part), counts)


async def find_mail(access: Access, key: int) -> Record:
    """Raises NotFoundException when it is not there."""
    row = await Mail.select().where(_visible(access) & (Mail.id == key)).first()
    if row is None:
        raise NotFoundException
    return dict(row)


async def record_view(access: Access, request: PortalRequest, mail: Record) -> None:
    """Who it is about is what somebody looks for in the log."""
    assert access.everywhere
    await record(request, "view_mail", *_about(mail), mail=mail["id"])


async def open_mail(access: Access, request: PortalRequest, key: int) -> Written | None:
    """The letter with its link, made for who cannot be mailed; nothing when it is to be sent or was. Raises
    NotFoundException and Unsendable."""
    async with transaction():
        mail = await find_mail(access, key)
        if not can_be_opened(mail):
            return None
        written = await write(mail, secret=True)
        await record(request, "open_mail", *_about(mail), mail=key)
    return written


def can_be_opened(mail: Record) -> bool:
    """Of what is sent, or will be, the secret is its reader's alone."""
    waits = mail["state"] == MailState.QUEUED and mail["sent_at"] is None
    return waits and get_settings().smtp_url is None


async def send_again(access: Access, request: PortalRequest, key: int) -> None:
    """A letter that was sent or given up waits once more; twice asked, it is sent once. Raises NotFoundException."""
    async with transaction():
        mail = await find_mail(access, key)
        ended = Mail.state.is_in([MailState.SENT.value, MailState.FAILED.value])
        changed = (
            await Mail.update(
                {
                    Mail.state: MailState.QUEUED,
                    Mail.attempts: 0,
                    Mail.next_attempt_at: now(),
                    Mail.last_error: "",
                }
            )
            .where((Mail.id == key) & ended)
            .returning(Mail.id)
        )
        if changed:
            await record(request, "resend_mail", *_about(mail), mail=key)


def _visible(access: Access) -> Condition:
    return EVERYTHING if access.everywhere else NOTHING


def _about(mail: Record) -> tuple[str, int]:
    """The person that a letter is for, as the log names things."""
    if mail["enrolment"] is not None:
        return "enrolment", mail["enrolment"]
    return ("user", mail["user"]) if mail["user"] is not None else ("mail", mail["id"])
