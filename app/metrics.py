"""`/metrics`, for Prometheus: what all processes of this server counted, and what waits in the database. Only for who
brings `METRICS_KEY`; to everybody else it is not there, and without that key to nobody."""

import asyncio
import hmac
import json
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.exceptions import NotFoundException
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from app.acting import Duty, acting_as
from app.background import beside, repeat
from app.clock import now
from app.environment import SHARED
from app.log.seals import latest
from app.meters import CONNECTIONS, COUNTED
from app.piccolo_conf import DB
from app.security import Audience
from app.settings import get_settings
from app.tables import Chore, Download, Import, JobState, Mail, MailState

PATIENCE = 1.0
"""Seconds for the database: what was counted is told without it."""
LOOK = timedelta(seconds=5)
WAITING = {
    "letters": "portaal_letters_waiting",
    "failed": "portaal_letters_failed",
    "age": "portaal_letters_oldest_seconds",
    "downloads": "portaal_downloads_waiting",
    "imports": "portaal_imports_waiting",
    "sealed": "portaal_log_last_seal_timestamp_seconds",
    "verified": "portaal_log_last_seal_verified",
}
WHAT = {
    "letters": "Letters in the outbox that were not sent yet.",
    "failed": "Letters that were given up.",
    "age": "How long the oldest letter waits.",
    "downloads": "Large downloads that are asked for and not made yet.",
    "imports": "Files that are not checked or taken over yet.",
    "sealed": "When the log was last sealed.",
    "verified": "1 when the last seal was found as the events of its day make it, 0 when not.",
}


@get("/metrics", opt={"access": Audience.METRICS_KEY})
async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
    key = get_settings().metrics_key
    brought = request.headers.get("authorization", "").encode("utf-8", "surrogateescape")
    if key is None or not hmac.compare_digest(brought, f"Bearer {key}".encode()):
        raise NotFoundException
    kept = CollectorRegistry()
    kept.register(Kept(await _kept()))
    content = await asyncio.to_thread(lambda: generate_latest(_counted()) + generate_latest(kept))
    return Response(content, headers={"Content-Type": CONTENT_TYPE_LATEST})


@asynccontextmanager
async def metering(_: Litestar) -> AsyncIterator[None]:
    """As long as the portal runs, what comes and goes is looked at; what a process saw that is gone counts no more."""
    folder = os.environ.get(SHARED)
    if folder:
        _forget_the_dead(Path(folder))
    async with beside(repeat("meters", _look, asyncio.Event(), LOOK)):
        yield
    if folder:
        mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]


class Kept(Collector):
    """What was read from the database; nothing when it said nothing."""

    def __init__(self, read: Mapping[str, float] | None) -> None:
        self._read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        up = self._read is not None
        yield GaugeMetricFamily("portaal_database_up", "Whether the database answered within a second.", value=up)
        for name, value in (self._read or {}).items():
            yield GaugeMetricFamily(WAITING[name], WHAT[name], value=value)


async def _look() -> None:
    in_use, free = DB.connections()
    CONNECTIONS.labels("in use").set(in_use)
    CONNECTIONS.labels("free").set(free)


async def _kept() -> Mapping[str, float] | None:
    reading = asyncio.create_task(_read())
    done, _ = await asyncio.wait({reading}, timeout=PATIENCE)
    if not done:
        reading.add_done_callback(lambda task: task.cancelled() or task.exception())
        return None
    return None if reading.exception() else reading.result()


async def _read() -> dict[str, float]:
    """Each as the duty whose work it is."""
    queued = Mail.state == MailState.QUEUED
    with acting_as(Duty.MAIL):
        letters = await Mail.count().where(queued)
        failed = await Mail.count().where(Mail.state == MailState.FAILED)
        oldest = await Mail.select(Mail.created_at).where(queued).order_by(Mail.created_at).first()
    read = {
        "letters": letters,
        "failed": failed,
        "age": (now() - oldest["created_at"]).total_seconds() if oldest else 0.0,
        "downloads": await _unfinished(Download, Duty.DOWNLOADS),
        "imports": await _unfinished(Import, Duty.IMPORTS),
    }
    if seal := await latest():
        read["sealed"] = seal["sealed_at"].timestamp()
    verified = (Chore.name == "verify") & (Chore.state == JobState.READY)
    if done := await Chore.select(Chore.told).where(verified).order_by(Chore.id, ascending=False).first():
        read["verified"] = float(json.loads(done["told"])["broken"] == 0)
    return read


async def _unfinished(table: Any, duty: Duty) -> int:
    with acting_as(duty):
        unfinished = table.state.is_in([JobState.QUEUED.value, JobState.RUNNING.value])
        return int(await table.count().where(unfinished))


def _counted() -> CollectorRegistry:
    if SHARED not in os.environ:
        return COUNTED
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _forget_the_dead(folder: Path) -> None:
    for file in folder.glob("gauge_live*_*.db"):
        pid = int(file.stem.rsplit("_", 1)[1])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
        except PermissionError:
            pass
