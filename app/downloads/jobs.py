"""Makes large downloads, one at a time in each process of the portal, whichever of them they were asked of."""

import asyncio
from contextlib import suppress
from datetime import timedelta

import structlog

from app.acting import Duty, acting_as
from app.downloads.claims import ClaimLost, Job, claim_next, remove_expired
from app.downloads.process import Lost, Made, Order, Refused, WorkbookProcess

logger = structlog.get_logger()

LOOK = timedelta(seconds=10)
CLAIM = timedelta(seconds=15)
"""As long as a process that makes a download may be silent before another takes over."""
CHUNK = 256 * 1024
TRIES = 2
FAILED = "Het bestand is niet gemaakt. Maak het opnieuw, of neem contact op met de helpdesk."


async def work_on_downloads() -> None:
    with acting_as(Duty.DOWNLOADS):
        await make_waiting()
        await remove_expired()


async def make_waiting(claim: timedelta = CLAIM) -> None:
    """Until there is none. The process beside it lives as long as there is work."""
    async with WorkbookProcess() as process:
        while job := await claim_next(claim):
            with suppress(ClaimLost):
                async with job.claim.handed_over():
                    await make(job, process)


async def make(job: Job, process: WorkbookProcess) -> None:
    """Ends in a whole file or in a sentence that says why not. Raises ClaimLost."""
    order = Order(job.kind, job.user, job.query)
    for _ in range(TRIES):
        try:
            made = await process.write(order, job.keep)
        except Lost as loss:
            logger.warning("workbook_lost", download=job.id, reason=str(loss))
        except Refused as refusal:
            return await job.fail(str(refusal))
        else:
            return await store(job, made)
    return await job.fail(FAILED)


async def store(job: Job, made: Made) -> None:
    """The file in chunks; it is there once the last one is."""
    with made.file as file:
        position = size = 0
        while content := await asyncio.to_thread(file.read, CHUNK):
            await job.add_chunk(position, content, made.rows)
            position, size = position + 1, size + len(content)
    await job.finish(made, size)
