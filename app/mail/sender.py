"""Sends what is in the outbox, beside the pages of every process of the portal.

Whoever holds the claim on a letter sends it, so several never send one twice. One gap no outbox closes: when the server
took the letter over and the portal stops before it has written that down, the letter is sent once more. The secret in a
link is made and kept before the letter leaves, so a crash costs at worst a second letter, never the only one; of two
letters to a user the link in the last one works."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from litestar import Litestar

from app.acting import Duty, acting_as
from app.background import beside, repeat
from app.claims import Claim, ClaimLost
from app.clock import now
from app.database import transaction
from app.mail.letters import Unsendable, as_message, write
from app.mail.server import LONGEST, Line, NotSent, Rejected, Server, Unreachable, server_of
from app.settings import get_settings
from app.tables import Mail, MailState

logger = structlog.get_logger()

LOOK = timedelta(seconds=5)
CLAIM = timedelta(seconds=2 * LONGEST)
"""Longer than sending takes: after it another process may try."""
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120, 240, 480, 720, 1440))
"""After each attempt that failed; after the last of them it is given up, about two days later."""
UNMADE = "Het bericht kon niet worden gemaakt."
BROKEN_OFF = "Het verzenden is telkens afgebroken."


@asynccontextmanager
async def outgoing_mail(_: Litestar) -> AsyncIterator[None]:
    """As long as the portal runs. Without SMTP_URL nothing leaves."""
    url = get_settings().smtp_url
    if url is None:
        yield
        return
    server = server_of(url)
    async with beside(repeat("mail", lambda: send_waiting(server), asyncio.Event(), LOOK)):
        yield


async def send_waiting(server: Server) -> None:
    """Until there is none, or the server takes none."""
    with acting_as(Duty.MAIL):
        await _send_waiting(server)


async def _send_waiting(server: Server) -> None:
    async with Line(server) as line:
        while waiting := await claim_next():
            try:
                await waiting.send(line)
            except Unreachable as reason:
                logger.warning("mail_server_unreachable", reason=str(reason))
                return


@dataclass(frozen=True)
class Waiting:
    """A letter that this process sends."""

    mail: dict[str, Any]
    claim: Claim

    async def send(self, line: Line) -> None:
        """Ends in a letter that is sent, or in a sentence that says why not. Raises Unreachable after that."""
        try:
            if self.mail["attempts"] > len(PAUSES) + 1:
                raise Unsendable(BROKEN_OFF)
            async with transaction():
                written = await write(self.mail, secret=True)
            await line.send(as_message(written))
        except (Unsendable, Rejected) as reason:
            await self.fail(str(reason))
        except NotSent as reason:
            await self.postpone(str(reason))
            if isinstance(reason, Unreachable):
                raise
        except Exception as error:
            logger.error("mail_not_made", mail=self.mail["id"], exc_info=error)
            await self.postpone(UNMADE)
        else:
            await self._note({Mail.state: MailState.SENT, Mail.sent_at: now(), Mail.last_error: ""})

    async def postpone(self, reason: str) -> None:
        attempts = self.mail["attempts"]
        if attempts > len(PAUSES):
            await self.fail(reason)
        else:
            await self._note({Mail.next_attempt_at: now() + PAUSES[attempts - 1], Mail.last_error: reason})

    async def fail(self, reason: str) -> None:
        await self._note({Mail.state: MailState.FAILED, Mail.last_error: reason})

    async def _note(self, values: dict[Any, Any]) -> None:
        try:
            await self.claim.change(values, ends=True)
        except ClaimLost:
            logger.warning("mail_claim_lost", mail=self.mail["id"])


async def claim_next() -> Waiting | None:
    """The letter whose turn it is, that nobody sends or that somebody stopped sending."""
    free = Mail.claimed_until.is_null() | (Mail.claimed_until < now())
    waits = (Mail.state == MailState.QUEUED) & (Mail.next_attempt_at <= now()) & free
    for found in await Mail.select(Mail.id).where(waits).order_by(Mail.next_attempt_at, Mail.id).limit(5):
        until = now() + CLAIM
        claimed = (
            await Mail.update({Mail.claimed_until: until, Mail.attempts: Mail.attempts + 1})
            .where((Mail.id == found["id"]) & waits)
            .returning(*Mail.all_columns())
        )
        if claimed:
            return Waiting(claimed[0], Claim(Mail, found["id"], until, CLAIM))
    return None
