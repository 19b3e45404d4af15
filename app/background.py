"""Work that goes on beside the pages as long as the portal runs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import structlog

from app.acting import acting_for

logger = structlog.get_logger()

AGAIN = 0.5
"""Seconds after which work that did not end is told again."""


async def repeat(name: str, work: Callable[[], Awaitable[object]], asked: asyncio.Event, every: timedelta) -> None:
    """For ever: at once when it is asked for here, and every so often for what others left. It is on nobody's behalf:
    the work says what its duty is. What fails is logged under this name and tried again the next time."""
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(every.total_seconds()):
                await asked.wait()
        asked.clear()
        try:
            with acting_for(None):
                await work()
        except Exception as error:
            logger.error(f"{name}_interrupted", exc_info=error)


@asynccontextmanager
async def beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """These go on until the block ends."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        # More than once: in Python 3.11 wait_for, which libraries use, loses a cancellation that comes with its answer.
        while going := [task for task in tasks if not task.done()]:
            for task in going:
                task.cancel()
            await asyncio.wait(going, timeout=AGAIN)
        await asyncio.gather(*tasks, return_exceptions=True)
