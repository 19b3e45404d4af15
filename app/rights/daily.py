"""What the portal does by itself every day."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from app.acting import Duty, acting_as
from app.background import beside, repeat
from app.backup import copy_of_the_day
from app.chores import LOOK, work_on_chores
from app.log.seals import seal_days
from app.log.verifying import verify_last
from app.rights.retention import clean

CHORES = {"backup": copy_of_the_day, "seal": seal_days, "verify": verify_last, "retention": clean}
"""In this order: what is cleared away is in the last copy, and what is not sealed is not cleared away."""


@asynccontextmanager
async def daily(_: Litestar) -> AsyncIterator[None]:
    """As long as the portal runs."""
    async with beside(repeat("chores", work, asyncio.Event(), LOOK)):
        yield


async def work() -> None:
    with acting_as(Duty.CHORES):
        await work_on_chores(CHORES)
