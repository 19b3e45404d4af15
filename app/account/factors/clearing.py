"""What is left of sign-ins that nobody finished goes within the hour."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from litestar import Litestar

from app.account.factors.pending import LASTS
from app.background import beside, repeat
from app.clock import now
from app.tables import PasskeyChallenge, PendingSignIn


async def clear() -> None:
    await PendingSignIn.delete().where(PendingSignIn.created_at < now() - LASTS)
    await PasskeyChallenge.delete().where(PasskeyChallenge.expires_at < now())


@asynccontextmanager
async def clearing(_: Litestar) -> AsyncIterator[None]:
    """Goes on as long as the portal runs."""
    async with beside(repeat("sign_ins", clear, asyncio.Event(), timedelta(hours=1))):
        yield
