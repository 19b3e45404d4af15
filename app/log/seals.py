"""The chain of seals on the log: one for each day that is over, each over the events of that day and the seal before
it. A seal covers every event behind the last one that is sealed, up to the last of its day, so that none slips
between two days: what was written late stands in the next seal."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

import structlog

from app.access import Access
from app.chores import Keep, day_that_began
from app.clock import local_day, now
from app.database import transaction, violated_unique
from app.piccolo_conf import DB
from app.query import midnight
from app.tables import AuditEvent, AuditSeal

logger = structlog.get_logger()

NONE_BEFORE = "0" * 64
PART = 500
"""Events that are read and hashed in one go: pages wait no longer than for that."""
KEEP_EVERY = 10_000
COLUMNS = (
    "id",
    "at",
    "actor",
    "api_key",
    "action",
    "object_type",
    "object_id",
    "organisation",
    "outcome",
    "origin",
    "details",
)
EVENTS = f"SELECT {', '.join(COLUMNS)} FROM audit_event WHERE id > {{}} AND id <= {{}} ORDER BY id LIMIT {{}}"  # noqa: S608
LAST = "SELECT MAX(id) AS id FROM audit_event WHERE at >= {} AND at < {} AND id > {}"
# Who has written an event holds its own lock until its end, and gets its number under it: when this one is given, no
# event with a lower number is still to come.
SETTLED = "SELECT settle_log()"

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Digest:
    """Of the events between two numbers, and the seal before them."""

    first: int | None
    last: int | None
    events: int
    hash: str


async def seal_days(keep: Keep) -> dict[str, int]:
    """Every day that is over and has no seal, the first first. Gives how many days and events those were."""
    days = events = 0
    while (seal := await seal_next(keep)) is not None:
        days, events = days + 1, events + seal.events
    return {"days": days, "events": events}


async def seal_next(keep: Keep) -> AuditSeal | None:
    """Nothing when every day that is over has one, or nothing ever happened."""
    before = await latest()
    day = before["day"] + timedelta(days=1) if before else await _first_day()
    if day is None or day >= day_that_began():
        return None
    sealed = await _last_sealed()
    last = await _last_of(day, sealed)
    previous = before["hash"] if before else NONE_BEFORE
    found = await digest(previous, day, sealed, last, keep)
    seal = AuditSeal(
        day=day,
        first_event=found.first,
        last_event=found.last,
        events=found.events,
        previous_hash=previous,
        hash=found.hash,
        sealed_at=now(),
    )
    try:
        await AuditSeal.insert(seal)
    except Exception as error:
        if not violated_unique(error):
            raise
    else:
        # A witness outside the database: whoever makes the chain anew cannot change what was logged.
        logger.info("log_sealed", day=day.isoformat(), events=found.events, seal=found.hash)
    return seal


async def digest(previous: str, day: date, after: int, until: int, keep: Keep | None = None) -> Digest:
    """Over the events with numbers above `after` up to `until`, in their order."""
    sealed = hashlib.sha256(f"{previous}\n{day.isoformat()}\n".encode())
    first, last, count = None, after, 0
    while rows := await AuditEvent.raw(EVENTS, last, until, PART):
        first = first or rows[0]["id"]
        for row in rows:
            sealed.update(_line(row))
        last, count = rows[-1]["id"], count + len(rows)
        if keep and count % KEEP_EVERY < PART:
            await keep()
    return Digest(first, last if count else None, count, sealed.hexdigest())


async def latest() -> dict[str, Any] | None:
    return await AuditSeal.select().order_by(AuditSeal.id, ascending=False).first()


async def show_seal(access: Access) -> dict[str, Any] | None:
    """The last one, for who may read the log."""
    return await latest() if access.everywhere else None


async def _first_day() -> date | None:
    row = await AuditEvent.select(AuditEvent.at).order_by(AuditEvent.id).first()
    return local_day(row["at"]) if row else None


async def _last_sealed() -> int:
    has_events = AuditSeal.last_event.is_not_null()
    row = await AuditSeal.select(AuditSeal.last_event).where(has_events).order_by(AuditSeal.id, ascending=False).first()
    return row["last_event"] if row else 0


async def _last_of(day: date, sealed: int) -> int:
    """The number of the last event of this day, when none before it is still to come."""
    begins, ends = (midnight(each) for each in (day, day + timedelta(days=1)))
    async with transaction():
        if DB.engine_type == "postgres":
            await DB.run_ddl(SETTLED)
        [row] = await AuditEvent.raw(LAST, begins, ends, sealed)
    return row["id"] or sealed


def _line(row: Record) -> bytes:
    """The same on both databases."""
    told = [row["at"].astimezone(UTC).isoformat() if name == "at" else row[name] for name in COLUMNS]
    return json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
