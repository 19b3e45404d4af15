"""What an administrator does to codes that nobody used: each change is kept in the history of its code.

Redeeming and changing a code race for its row: a used code is never touched, whoever asked first."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.access import Access, Condition
from app.audit import record
from app.clock import now
from app.database import transaction
from app.paycodes.issuing import end_of
from app.security import PortalRequest
from app.tables import Batch, Paycode, PaycodeChange, PaycodeEvent

KEEP = """
INSERT INTO paycode_event (paycode, change, at, "by", reason, expires_at)
SELECT paycode.id, CAST({{}} AS VARCHAR), CAST({{}} AS {moment}), CAST({{}} AS BIGINT), CAST({{}} AS VARCHAR),
    paycode.expires_at
FROM paycode WHERE paycode.id IN ({ids})
"""
KEEPS = {
    "sqlite": KEEP.format(ids="SELECT value FROM json_each({})", moment="TEXT"),
    "postgres": KEEP.format(ids="SELECT unnest(CAST({} AS BIGINT[]))", moment="TIMESTAMPTZ"),
}


def chosen(batch: int, codes: Sequence[int] = ()) -> Condition:
    """These codes of a batch; without any, the whole batch."""
    whole = Paycode.batch == batch
    return whole & Paycode.id.is_in(list(codes)) if codes else whole


async def deactivate(
    access: Access, request: PortalRequest | None, batch: int, codes: Sequence[int], reason: str
) -> int:
    """No longer to be used, but for those that are used already. How many it changed."""
    which = chosen(batch, codes) & Paycode.used_at.is_null() & Paycode.deactivated_at.is_null()
    values = {
        Paycode.deactivated_at: now(),
        Paycode.deactivated_by: access.user,
        Paycode.deactivation_reason: reason,
    }
    async with transaction():
        if changed := await _change(access, PaycodeChange.DEACTIVATED, which, values, reason):
            await record(request, "deactivate_paycodes", "batch", batch, codes=changed)
    return changed


async def reactivate(access: Access, request: PortalRequest | None, batch: int, codes: Sequence[int]) -> int:
    """To be used again. How many it changed."""
    which = chosen(batch, codes) & Paycode.deactivated_at.is_not_null()
    values = {Paycode.deactivated_at: None, Paycode.deactivated_by: None, Paycode.deactivation_reason: ""}
    async with transaction():
        if changed := await _change(access, PaycodeChange.REACTIVATED, which, values):
            await record(request, "reactivate_paycodes", "batch", batch, codes=changed)
    return changed


async def extend(access: Access, request: PortalRequest | None, batch: int, codes: Sequence[int], until: date) -> int:
    """Valid through this day; a code that is valid longer stays so. How many it changed."""
    which = chosen(batch, codes) & Paycode.used_at.is_null() & (Paycode.expires_at < end_of(until))
    async with transaction():
        if changed := await _change(access, PaycodeChange.EXTENDED, which, {Paycode.expires_at: end_of(until)}):
            await record(request, "extend_paycodes", "batch", batch, codes=changed)
    return changed


async def link_batch(access: Access, request: PortalRequest | None, batch: int, organisation: int) -> bool:
    """The batch and all its codes become this organisation's. Whether it was still nobody's."""
    free = (Batch.id == batch) & Batch.organisation.is_null()
    async with transaction():
        linked = await Batch.update({Batch.organisation: organisation}).where(free).returning(Batch.id)
        if linked:
            moment = now()
            codes = await Paycode.update({Paycode.changed_at: moment}).where(chosen(batch)).returning(Paycode.id)
            await _keep(PaycodeChange.LINKED, codes, moment, access.user)
            await record(request, "link_batch", "batch", batch, organisation=organisation, codes=len(codes))
    return bool(linked)


async def _change(
    access: Access, change: PaycodeChange, which: Condition, values: dict[Any, Any], reason: str = ""
) -> int:
    moment = now()
    changed = (
        await Paycode.update({**values, Paycode.changed_at: moment})
        .where(access.paycodes & which)
        .returning(Paycode.id)
    )
    if changed:
        await _keep(change, changed, moment, access.user, reason)
    return len(changed)


async def _keep(
    change: PaycodeChange, codes: Sequence[dict[str, Any]], at: datetime, by: int, reason: str = ""
) -> None:
    engine = PaycodeEvent._meta.db.engine_type
    ids = [row["id"] for row in codes]
    await PaycodeEvent.raw(
        KEEPS[engine], change.value, at, by, reason, ids if engine == "postgres" else json.dumps(ids)
    )
