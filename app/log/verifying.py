"""Is the log as it was written? The chain of seals is walked from its beginning, and every event counted into it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import structlog

from app.chores import Keep, day_that_began
from app.clock import local, local_day
from app.database import snapshot
from app.log.seals import NONE_BEFORE, digest
from app.tables import AuditEvent, AuditSeal

logger = structlog.get_logger()

PATIENCE = 3600.0
LATE = timedelta(days=2)
"""As long as a day may be over without a seal: the portal may have been down."""
ADDED = "an event was added to it afterwards"
SHORTEST = timedelta(days=180)
"""No event is cleared away earlier, whatever the settings."""


class Broken(Exception):
    """The log is not what it was; the message says which day and why."""

    def __init__(self, day: date, why: str) -> None:
        super().__init__(f"The log is broken at {day.isoformat()}: {why}.")
        self.day = day


@dataclass(frozen=True)
class Whole:
    days: int
    events: int
    last: dict[str, Any] | None
    cleared: date | None

    @property
    def line(self) -> str:
        if self.last is None:
            return "The log is whole: no day of it is over yet."
        cleared = f" Events up to {self.cleared.isoformat()} were cleared away in time." if self.cleared else ""
        return (
            f"The log is whole: {self.days} days and {self.events} events, up to {self.last['day'].isoformat()},"
            f" seal {self.last['hash']}.{cleared}"
        )


async def verify(known: str = "") -> Whole:
    """All of one moment of the database. `known`: a seal that was noted down before, which must be in the chain.
    Raises Broken."""
    async with snapshot(PATIENCE):
        seals = await AuditSeal.select().order_by(AuditSeal.id)
        cleared = await cleared_until()
        events = await _walk(seals, cleared)
        await _nothing_added_behind(seals)
        await _is_up_to_date(seals)
    if known and known not in {seal["hash"] for seal in seals}:
        raise Broken(seals[-1]["day"] if seals else day_that_began(), "the seal that you give is not in the chain")
    return Whole(len(seals), events, seals[-1] if seals else None, cleared)


async def verify_last(keep: Keep) -> dict[str, int]:
    """Whether the last seal is what the events of its day make it: said every day, where `verify` reads the whole log.
    Gives how many events those were, and how many seals are not what they were."""
    seals = await AuditSeal.select().order_by(AuditSeal.id, ascending=False).limit(2)
    if not seals:
        return {"events": 0, "broken": 0}
    seal = seals[0]
    follows = seal["previous_hash"] == (seals[1]["hash"] if len(seals) > 1 else NONE_BEFORE)
    cleared = await cleared_until()
    if cleared is not None and cleared >= seal["day"]:
        return {"events": 0, "broken": int(not follows)}
    after = await _sealed_before(seal["id"])
    found = await digest(seal["previous_hash"], seal["day"], after, seal["last_event"] or after, keep)
    whole = follows and found.hash == seal["hash"] and found.events == seal["events"]
    if not whole:
        logger.error("log_broken", day=seal["day"].isoformat())
    return {"events": found.events, "broken": int(not whole)}


async def _sealed_before(seal: int) -> int:
    """The last event that an earlier seal is over."""
    earlier = (AuditSeal.id < seal) & AuditSeal.last_event.is_not_null()
    row = await AuditSeal.select(AuditSeal.last_event).where(earlier).order_by(AuditSeal.id, ascending=False).first()
    return row["last_event"] if row else 0


async def cleared_until() -> date | None:
    """The last day whose events were cleared away after their time, by the log itself."""
    rows = await AuditEvent.select(AuditEvent.at, AuditEvent.details).where(AuditEvent.action == "clear_log")
    days = [(date.fromisoformat(json.loads(row["details"])["through"]), local_day(row["at"])) for row in rows]
    return max((through for through, on in days if on and on - through >= SHORTEST), default=None)


async def _walk(seals: Sequence[dict[str, Any]], cleared: date | None) -> int:
    """How many events stand in them. Raises Broken."""
    previous, after, counted = NONE_BEFORE, 0, 0
    expected = None
    for seal in seals:
        day = seal["day"]
        if expected and day != expected:
            raise Broken(expected, "its seal is missing")
        if seal["previous_hash"] != previous:
            raise Broken(day, "its seal does not follow on the one before")
        if cleared is None or day > cleared:
            counted += await _check(seal, after)
        previous, after = seal["hash"], seal["last_event"] or after
        expected = day + timedelta(days=1)
    return counted


async def _check(seal: dict[str, Any], after: int) -> int:
    found = await digest(seal["previous_hash"], seal["day"], after, seal["last_event"] or after)
    if found.events != seal["events"]:
        raise Broken(seal["day"], f"{seal['events']} events were sealed and {found.events} are there")
    if (found.first, found.last) != (seal["first_event"], seal["last_event"]) or found.hash != seal["hash"]:
        raise Broken(seal["day"], "an event or its seal was changed")
    return found.events


async def _nothing_added_behind(seals: Sequence[dict[str, Any]]) -> None:
    """What has no seal yet is younger than what has. Raises Broken."""
    if seals and await AuditEvent.exists().where(AuditEvent.id < 1):
        raise Broken(seals[0]["day"], ADDED)
    last = max((seal["last_event"] or 0 for seal in seals), default=0)
    latest = await AuditEvent.select(AuditEvent.at).where(AuditEvent.id == last).first()
    if latest and await AuditEvent.exists().where((AuditEvent.id > last) & (AuditEvent.at < latest["at"])):
        raise Broken(local(latest["at"]).date(), ADDED)


async def _is_up_to_date(seals: Sequence[dict[str, Any]]) -> None:
    """Raises Broken where the chain ends too early: its end was taken away, or nobody sealed."""
    if seals:
        waits = seals[-1]["day"] + timedelta(days=1)
    else:
        first = await AuditEvent.select(AuditEvent.at).order_by(AuditEvent.id).first()
        waits = local_day(first["at"]) if first else day_that_began()
    if waits < day_that_began() - LATE:
        raise Broken(waits, "it has no seal, nor have the days after it")
