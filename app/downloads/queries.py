"""Large downloads as rows: who asked for what, how far it is, and the file in chunks."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import Access
from app.clock import now
from app.database import transaction
from app.downloads.owner import covers
from app.tables import Download, DownloadChunk, JobState

KEPT = timedelta(hours=24)
UNFINISHED = [JobState.QUEUED, JobState.RUNNING]

Record = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What a new download is made of."""

    kind: str
    query: str
    file_name: str
    rows: int


async def find_unfinished(access: Access, asked: Asked) -> int | None:
    """The same selection, being made already."""
    found = await Download.select(Download.id).where(
        (Download.user == access.user)
        & (Download.kind == asked.kind)
        & (Download.query == asked.query)
        & Download.state.is_in(UNFINISHED)
    )
    return found[0]["id"] if found else None


async def create_download(access: Access, asked: Asked) -> int:
    download = Download(
        user=access.user,
        kind=asked.kind,
        query=asked.query,
        file_name=asked.file_name,
        rows=asked.rows,
        created_at=now(),
        expires_at=now() + KEPT,
    )
    return int((await Download.insert(download))[0]["id"])


async def list_downloads(access: Access) -> list[Record]:
    """Newest first."""
    rows = await Download.select().where(_own(access)).order_by(Download.created_at, Download.id, ascending=False)
    return [row for row in rows if covers(access, row["scope"])]


async def load_download(access: Access, download: int) -> Record:
    """NotFoundException: not theirs, or no longer."""
    row = await Download.select().where(_own(access) & (Download.id == download)).first()
    if row is None or not covers(access, row["scope"]):
        raise NotFoundException
    return row


async def queue_again(access: Access, download: int) -> None:
    """A download that failed waits for its turn once more; any other stays as it is."""
    await load_download(access, download)
    await Download.update(
        {
            Download.state: JobState.QUEUED,
            Download.error: "",
            Download.rows_done: 0,
            Download.created_at: now(),
            Download.expires_at: now() + KEPT,
            Download.claimed_until: None,
        }
    ).where((Download.id == download) & (Download.state == JobState.FAILED))


async def read_chunks(download: int) -> AsyncIterator[bytes]:
    """The file of a download that is ready, in order."""
    chunks = (
        await DownloadChunk.select(DownloadChunk.id)
        .where(DownloadChunk.download == download)
        .order_by(DownloadChunk.position)
    )
    for chunk in chunks:
        found = await DownloadChunk.select(DownloadChunk.content).where(DownloadChunk.id == chunk["id"]).first()
        if found is None:
            raise RuntimeError("The download was removed while it was read")
        yield bytes(found["content"])


def _own(access: Access) -> Any:
    return (Download.user == access.user) & (Download.expires_at > now())


# Making them. Whoever holds the claim may write; `claimed_until` is its own proof, renewed with every word.


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
