"""Work beside the pages ends with them."""

import asyncio
import time

from app.background import AGAIN, beside


async def test_work_that_loses_its_cancellation_ends_all_the_same() -> None:
    lost = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            lost.set()  # as asyncio.wait_for does when the answer comes at that moment
        await asyncio.sleep(60)

    started = time.monotonic()
    async with beside(work()):
        await asyncio.sleep(0)
    assert lost.is_set()
    assert time.monotonic() - started < 10 * AGAIN
