"""Whether the portal lives, and whether it can serve: for balancers and whoever else watches. They hear no more than
that; the reason is in the log."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from litestar import Litestar, MediaType, Request, Response, get

from app.schema import is_current
from app.security import Audience
from app.serving import is_stopping
from app.settings import get_settings

logger = structlog.get_logger()

PATIENCE = 1.0
"""Seconds for the database."""
LEAST_FREE = 64 * 1024 * 1024
"""Bytes, where the database lies (SQLite) and where files are made."""


@get("/gezond", opt={"access": Audience.STATIC}, sync_to_thread=False)
def alive() -> str:
    """Asks nothing of the database: one that is away is no reason to start the portal again."""
    return "gezond"


@get("/gereed", opt={"access": Audience.STATIC})
async def ready(request: Request[Any, Any, Any]) -> Response[str]:
    readiness: Readiness = request.app.state.readiness
    if await readiness.why_not():
        return Response("niet gereed", status_code=503, media_type=MediaType.TEXT, headers={"Retry-After": "10"})
    return Response("gereed", media_type=MediaType.TEXT)


@asynccontextmanager
async def health(app: Litestar) -> AsyncIterator[None]:
    app.state.readiness = readiness = Readiness()
    yield
    readiness.close()


class Readiness:
    """Asks the database once for all who ask at the same time, so that a silent one does not gather questions."""

    def __init__(self) -> None:
        self._question: asyncio.Task[str] | None = None
        self._told = ""

    async def why_not(self) -> str:
        """Empty when it is ready, after a second at most. A change is logged."""
        reason = "stopping" if is_stopping() else "disk" if is_full() else await self._of_database()
        if reason != self._told:
            self._told = reason
            logger.warning("not_ready", reason=reason) if reason else logger.info("ready_again")
        return reason

    def close(self) -> None:
        if self._question is not None:
            self._question.cancel()

    async def _of_database(self) -> str:
        if self._question is None or self._question.done():
            self._question = asyncio.create_task(_ask())
        # Not cancelled when it takes too long: that would wait for the database once more.
        done, _ = await asyncio.wait({self._question}, timeout=PATIENCE)
        return self._question.result() if done else "database"


async def _ask() -> str:
    try:
        return "" if await is_current() else "schema"
    except Exception:
        return "database"


def is_full() -> bool:
    settings = get_settings()
    folders = {Path(tempfile.gettempdir())}
    if settings.database_url.startswith("sqlite:"):
        folders.add(settings.data_folder)
    return any(shutil.disk_usage(folder).free < LEAST_FREE for folder in folders)
