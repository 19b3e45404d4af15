"""Throttles on guessing: token buckets in the database, which all workers share. Throttle, not lock: what was
refused costs nothing, and with time every bucket empties."""

import asyncio
import hashlib
import hmac
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from litestar import Litestar
from litestar.exceptions import HTTPException, TooManyRequestsException

from app.background import beside, repeat
from app.clock import now
from app.meters import THROTTLED
from app.origin import origin_of
from app.security import PortalRequest
from app.settings import get_settings
from app.tables import Attempt

logger = structlog.get_logger()

FORGOTTEN_AFTER = timedelta(days=1)

# What drained since the last one, and one more; where that is too much, nothing changes and nothing comes back.
HIT = """
INSERT INTO attempt (kind, key_hash, level, updated_at) VALUES ({{}}, {{}}, 1, {{}})
ON CONFLICT (kind, key_hash) DO UPDATE
SET level = {level} + 1, updated_at = excluded.updated_at
WHERE {level} + 1 <= {{}}
RETURNING level
"""
FORGIVE = "UPDATE attempt SET level = level - 1 WHERE kind = {} AND key_hash = {} AND level >= 1"
SECONDS = {
    "sqlite": "((julianday(excluded.updated_at) - julianday(attempt.updated_at)) * 86400)",
    "postgres": "EXTRACT(EPOCH FROM excluded.updated_at - attempt.updated_at)::real",
}
# A clock that was set back drains nothing and fills nothing.
LEVEL = """
(CASE WHEN {seconds} <= 0 THEN attempt.level WHEN {seconds} >= attempt.level * {{}} THEN 0
    ELSE attempt.level - {seconds} / {{}} END)
"""


@dataclass(frozen=True)
class Limit:
    """So many at once; each makes room again after `every`."""

    kind: str
    most: int
    every: timedelta


class Throttled(TooManyRequestsException):
    """Too many tries: 429, and after how many seconds one more is heard."""

    def __init__(self, limit: Limit) -> None:
        seconds = math.ceil(limit.every.total_seconds())
        super().__init__(detail="", headers={"Retry-After": str(seconds)})
        self.seconds = seconds


def status_of(errors: Mapping[str, str], refusal: HTTPException | None) -> int:
    """Of a form that is shown, perhaps again; `refusal`: why it was not even looked at."""
    return refusal.status_code if refusal else 422 if errors else 200


async def hit(limit: Limit, key: str = "") -> None:
    """Counts one try of whoever `key` stands for, in one statement: outside a transaction, so that it stays counted
    when that fails. Without a key it is everybody together. Raises Throttled when it is one too many."""
    every = limit.every.total_seconds()
    level = (every, every)
    values = (limit.kind, _hash(limit, key), now(), *level, *level, limit.most)
    if not await Attempt.raw(_statement(), *values):
        logger.warning("throttled", kind=limit.kind)
        THROTTLED.labels(limit.kind).inc()
        raise Throttled(limit)


async def is_let_through(limit: Limit, key: str = "") -> bool:
    """The same, for what is silently left out when it is one too many."""
    try:
        await hit(limit, key)
    except Throttled:
        return False
    return True


async def hit_from(request: PortalRequest, of_one: Limit, of_all: Limit) -> None:
    """One try from the address block of this request, and of all together."""
    await hit(of_one, origin_of(request))
    await hit(of_all)


async def forgive(limit: Limit, key: str = "") -> None:
    """Takes one try back: it was right."""
    await Attempt.raw(FORGIVE, limit.kind, _hash(limit, key))


async def forget() -> None:
    """What nobody tried for a day. No limit drains slower."""
    await Attempt.delete().where(Attempt.updated_at < now() - FORGOTTEN_AFTER)


@asynccontextmanager
async def forgetting(_: Litestar) -> AsyncIterator[None]:
    """Goes on as long as the portal runs."""
    async with beside(repeat("throttle", forget, asyncio.Event(), timedelta(hours=1))):
        yield


def _statement() -> str:
    level = LEVEL.format(seconds=SECONDS[Attempt._meta.db.engine_type])
    return HIT.format(level=level)


def _hash(limit: Limit, key: str) -> str:
    """Keyed: who reads the table cannot try out which addresses stand in it."""
    secret = get_settings().secret_key.encode()
    text = f"{limit.kind}:{key}".encode("utf-8", "surrogateescape")
    return hmac.new(secret, b"throttle:" + text, hashlib.sha256).hexdigest()
