"""Takes away what has had its time: every day, in small transactions, so that nobody waits for it and what was done
stays done when it is interrupted."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.audit import record
from app.chores import Keep
from app.clock import today
from app.log.verifying import SHORTEST, cleared_until
from app.piccolo_conf import DB
from app.rights.expired import KINDS, PART, months_ago
from app.settings import get_settings
from app.tables import AuditEvent, AuditSeal

EVENTS = "events"


async def expired() -> dict[str, int]:
    """How many of each kind would go now."""
    found = {kind.name: await kind.count() for kind in KINDS}
    through, last = await _clearable()
    return found | {EVENTS: await AuditEvent.count().where(AuditEvent.id <= last) if through else 0}


async def clean(keep: Keep) -> Mapping[str, int]:
    """How many of each kind went."""
    gone = dict.fromkeys([*(kind.name for kind in KINDS), EVENTS], 0)
    for kind in KINDS:
        while removed := await kind.remove():
            gone[kind.name] += removed
            await keep()
    gone[EVENTS] = await _clear_log(keep)
    told: Any = {name: number for name, number in gone.items() if number}
    if told:
        await record(None, "clean", "portal", **told)
    return gone


async def _clearable() -> tuple[date | None, int]:
    """The last day that is sealed and past its term, and its last event; nothing when there is none left."""
    before = min(months_ago(get_settings().log_months), today() - SHORTEST)
    past = AuditSeal.last_event.is_not_null() & (AuditSeal.day < before)
    seal = (
        await AuditSeal.select(AuditSeal.day, AuditSeal.last_event)
        .where(past)
        .order_by(AuditSeal.day, ascending=False)
        .first()
    )
    if seal is None or not await AuditEvent.exists().where(AuditEvent.id <= seal["last_event"]):
        return None, 0
    return seal["day"], seal["last_event"]


async def _clear_log(keep: Keep) -> int:
    """First it is on record which days go, so that whoever verifies the log half-way knows; their seals stay."""
    through, last = await _clearable()
    if through is None:
        return 0
    known = await cleared_until()
    if known is None or known < through:
        await record(None, "clear_log", "log", through=through.isoformat())
    gone = 0
    while ids := await _first_events(last):
        if DB.engine_type == "postgres":
            await DB.run_sql("SELECT clear_log($1)", [ids])
        else:
            await AuditEvent.delete().where(AuditEvent.id.is_in(ids))
        gone += len(ids)
        await keep()
    return gone


async def _first_events(last: int) -> list[int]:
    found = AuditEvent.select(AuditEvent.id).where(AuditEvent.id <= last).order_by(AuditEvent.id).limit(PART)
    return list(await found.output(as_list=True))
