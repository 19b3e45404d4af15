"""Work that lies in the database, for whichever process of the portal comes first. Whoever holds the claim may write:
`claimed_until` is its own proof, renewed while the work goes on, so that of two processes that think they have it one
is told that it has not. The table has `state`, `claimed_until` and `created_at`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from piccolo.table import Table

from app.access import Condition
from app.clock import now
from app.database import transaction
from app.tables import JobState


class ClaimLost(Exception):
    """Another process does this: it found the claim lapsed."""


@dataclass
class Claim:
    """A row of work that this process does."""

    table: Any
    id: int
    until: datetime
    period: timedelta
    renewing: datetime | None = None
    """What `until` becomes with the write that is under way: who is told to stop meanwhile cannot know whether it was
    done."""

    async def change(self, values: dict[Any, Any], *, ends: bool = False) -> None:
        """Writes to the row and renews the claim or ends it, if it is still this process's. Raises ClaimLost."""
        table, until = self.table, None if ends else now() + self.period
        self.renewing = until
        changed = (
            await table.update(values | {table.claimed_until: until})
            .where((table.id == self.id) & (table.claimed_until == self.until))
            .returning(table.id)
        )
        if not changed:
            raise ClaimLost
        self.until = until or self.until

    @asynccontextmanager
    async def handed_over(self) -> AsyncIterator[None]:
        """Told to stop meanwhile, this process lets go, so that another need not wait until the claim lapses."""
        try:
            yield
        except asyncio.CancelledError:
            with suppress(Exception):  # without the database it lapses by itself
                await self._let_go()
            raise

    async def _let_go(self) -> None:
        table = self.table
        own = [each for each in (self.until, self.renewing) if each]
        await table.update({table.claimed_until: now()}).where((table.id == self.id) & table.claimed_until.is_in(own))


def waiting(table: Any) -> Condition:
    """What nobody does, or somebody stopped doing."""
    lapsed = (table.state == JobState.RUNNING) & (table.claimed_until < now())
    either: Condition = (table.state == JobState.QUEUED) | lapsed
    return either


async def claim_next(
    table: type[Table], period: timedelta, begin: Callable[[int], Awaitable[Any]]
) -> tuple[Claim, Any] | None:
    """The claim on the oldest row that waits, and what `begin` gives for it in the same transaction."""
    rows: Any = table
    for found in await rows.select(rows.id).where(waiting(rows)).order_by(rows.created_at, rows.id).limit(5):
        until = now() + period
        async with transaction():
            claimed = (
                await rows.update({rows.state: JobState.RUNNING, rows.claimed_until: until})
                .where((rows.id == found["id"]) & waiting(rows))
                .returning(rows.id)
            )
            begun = await begin(found["id"]) if claimed else None
        if claimed:
            return Claim(table, found["id"], until, period), begun
    return None
