"""Who makes which download. Whoever holds the claim may write: `claimed_until` is its own proof, renewed every second,
so that of two processes that think they have it one is told that it has not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.clock import now
from app.database import transaction
from app.downloads.queries import KEPT
from app.tables import Download, DownloadChunk, JobState


class ClaimLost(Exception):
    """Another instance makes this download: it found the claim lapsed."""


@dataclass
class Job:
    """A download that this process makes."""

    id: int
    kind: str
    user: int
    query: str
    claimed_until: datetime
    claim: timedelta

    async def keep(self, rows_done: int) -> None:
        """Renews the claim. Raises ClaimLost."""
        await self.change({Download.rows_done: rows_done})

    async def change(self, values: dict[Any, Any], *, claimed: bool = True) -> None:
        """Writes to the download, if it is still this process's to write. Raises ClaimLost."""
        until = now() + self.claim if claimed else None
        changed = (
            await Download.update(values | {Download.claimed_until: until})
            .where((Download.id == self.id) & (Download.claimed_until == self.claimed_until))
            .returning(Download.id)
        )
        if not changed:
            raise ClaimLost
        self.claimed_until = until or self.claimed_until

    async def add_chunk(self, position: int, content: bytes, rows: int) -> None:
        async with transaction():
            await self.keep(rows)
            await DownloadChunk.insert(DownloadChunk(download=self.id, position=position, content=content))

    async def finish(self, rows: int, size: int, scope: str) -> None:
        await self.change(
            {
                Download.state: JobState.READY,
                Download.rows: rows,
                Download.rows_done: rows,
                Download.size: size,
                Download.scope: scope,
                Download.finished_at: now(),
                Download.expires_at: now() + KEPT,
            },
            claimed=False,
        )

    async def fail(self, sentence: str) -> None:
        values = {Download.state: JobState.FAILED, Download.error: sentence, Download.finished_at: now()}
        await self.change(values, claimed=False)


async def claim_next(claim: timedelta) -> Job | None:
    """The oldest download that nobody makes, or that somebody stopped making."""
    waiting = (Download.state == JobState.QUEUED) | (
        (Download.state == JobState.RUNNING) & (Download.claimed_until < now())
    )
    for found in await Download.select(Download.id).where(waiting).order_by(Download.created_at, Download.id).limit(5):
        until = now() + claim
        async with transaction():
            claimed = (
                await Download.update(
                    {Download.state: JobState.RUNNING, Download.rows_done: 0, Download.claimed_until: until}
                )
                .where((Download.id == found["id"]) & waiting)
                .returning(Download.id, Download.kind, Download.user, Download.query)
            )
            if claimed:
                # Of whoever did not finish it.
                await DownloadChunk.delete().where(DownloadChunk.download == found["id"])
        if claimed:
            return Job(**claimed[0], claimed_until=until, claim=claim)
    return None


async def remove_expired() -> None:
    for row in await Download.select(Download.id).where(Download.expires_at < now()).limit(20):
        await Download.delete().where((Download.id == row["id"]) & (Download.expires_at < now()))
