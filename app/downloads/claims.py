"""Who makes which download, and what it writes on the way."""

from dataclasses import dataclass
from datetime import timedelta

from app.claims import Claim, ClaimLost
from app.claims import claim_next as claim
from app.clock import now
from app.database import transaction
from app.disclosures import keep
from app.downloads.process import Made
from app.downloads.queries import KEPT, Record
from app.tables import DisclosureKind, Download, DownloadChunk, JobState

__all__ = ["ClaimLost", "Job", "claim_next", "remove_expired"]


@dataclass
class Job:
    """A download that this process makes. All that it writes raises ClaimLost when another took over."""

    id: int
    kind: str
    user: int
    query: str
    claim: Claim

    async def keep(self, rows_done: int) -> None:
        """Renews the claim."""
        await self.claim.change({Download.rows_done: rows_done})

    async def add_chunk(self, position: int, content: bytes, rows: int) -> None:
        async with transaction():
            await self.keep(rows)
            await DownloadChunk.insert(DownloadChunk(download=self.id, position=position, content=content))

    async def finish(self, made: Made, size: int) -> None:
        """From now on its owner can take it along, and it is on record who stands in it."""
        values = {
            Download.state: JobState.READY,
            Download.rows: made.rows,
            Download.rows_done: made.rows,
            Download.size: size,
            Download.scope: made.scope,
            Download.finished_at: now(),
            Download.expires_at: now() + KEPT,
        }
        async with transaction():
            await self.claim.change(values, ends=True)
            if made.disclosed:
                await keep(DisclosureKind(self.kind), made.disclosed, self.id)

    async def fail(self, sentence: str) -> None:
        values = {Download.state: JobState.FAILED, Download.error: sentence, Download.finished_at: now()}
        await self.claim.change(values, ends=True)


async def claim_next(period: timedelta) -> Job | None:
    """The oldest download that nobody makes, or that somebody stopped making."""
    found = await claim(Download, period, _begin)
    if found is None:
        return None
    held, row = found
    return Job(**row, claim=held)


async def _begin(download: int) -> Record:
    """Without what is left of whoever did not finish it."""
    await DownloadChunk.delete().where(DownloadChunk.download == download)
    begun: list[Record] = (
        await Download.update({Download.rows_done: 0})
        .where(Download.id == download)
        .returning(Download.id, Download.kind, Download.user, Download.query)
    )
    return begun[0]


async def remove_expired() -> None:
    for row in await Download.select(Download.id).where(Download.expires_at < now()).limit(20):
        await Download.delete().where((Download.id == row["id"]) & (Download.expires_at < now()))
