"""Large downloads of one person: what they asked for, how far it is, and the file in chunks."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import Access
from app.clock import now
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


async def list_unfinished(access: Access) -> list[Record]:
    """What is being made or waits for its turn."""
    rows: list[Record] = await Download.select(Download.id, Download.kind, Download.query).where(
        (Download.user == access.user) & Download.state.is_in(UNFINISHED)
    )
    return rows


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


async def read_chunks(access: Access, download: int) -> AsyncIterator[bytes]:
    """The file of a download that is ready, in order."""
    await load_download(access, download)
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
