"""Downloads in each state they can be in, and letters, in the database of DATABASE_URL."""

import asyncio
from datetime import timedelta

from app.acting import Duty, acting_as
from app.clock import now
from app.piccolo_conf import DB
from app.tables import Download, DownloadChunk, JobState, User
from tests.quality.letters import make_letters

CONTENT = b"Not a workbook: nobody opens it here."


async def make_downloads(username: str) -> None:
    user = await User.select(User.id).where(User.username == username).first()
    assert user
    for state, done, error in (
        (JobState.RUNNING, 2400, ""),
        (JobState.READY, 6000, ""),
        (JobState.FAILED, 0, "Het bestand is niet gemaakt. Maak het opnieuw."),
    ):
        row = Download(
            user=user["id"],
            kind="kandidaten",
            file_name="kandidaten_2026-01-02.xlsx",
            state=state,
            rows=6000,
            rows_done=done,
            size=len(CONTENT),
            created_at=now(),
            expires_at=now() + timedelta(hours=20),
            claimed_until=now() + timedelta(hours=20) if state == JobState.RUNNING else None,
            error=error,
        )
        made = await Download.insert(row)
        if state == JobState.READY:
            await DownloadChunk.insert(DownloadChunk(download=made[0]["id"], position=0, content=CONTENT))


async def main() -> None:
    await DB.start_connection_pool()
    with acting_as(Duty.MAINTENANCE):
        await make_downloads("anna.smit")
        await make_letters()
    await DB.close_connection_pool()


if __name__ == "__main__":
    asyncio.run(main())
