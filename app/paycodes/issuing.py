"""Issuing paycodes: a batch of them in one statement, however many."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.audit import record
from app.clock import now
from app.paycodes.codes import batch_search_text, new_batch_number, new_codes
from app.query import midnight
from app.security import PortalRequest
from app.tables import Batch, Paycode

MOST_CODES = 10_000

ISSUE = """
INSERT INTO paycode (code, batch, organisation, route, profile, contact_name, reference, search_text,
    created_at, changed_at, expires_at)
SELECT issued.code, batch.id, batch.organisation, batch.route, batch.profile, batch.contact_name, batch.reference,
    batch.search_text, batch.created_at, batch.created_at, CAST({{}} AS {moment})
FROM batch CROSS JOIN ({codes}) AS issued
WHERE batch.id = {{}}
ON CONFLICT (code) DO NOTHING
RETURNING id
"""
ISSUES = {
    "sqlite": ISSUE.format(codes="SELECT value AS code FROM json_each({})", moment="TEXT"),
    "postgres": ISSUE.format(codes="SELECT unnest(CAST({} AS TEXT[])) AS code", moment="TIMESTAMPTZ"),
}


@dataclass(frozen=True)
class NewBatch:
    """What is asked for. Without an organisation the codes are nobody's yet; `valid_until` is the last day."""

    count: int
    route: int
    valid_until: date
    organisation: int | None = None
    profile: int | None = None
    contact_name: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Issued:
    id: int
    number: str


def end_of(day: date) -> datetime:
    """The last moment of a day in Amsterdam: until then a code may be used, and that day is its date."""
    return midnight(day + timedelta(days=1)) - timedelta.resolution


async def issue_batch(request: PortalRequest | None, new: NewBatch, *, by: int | None) -> Issued:
    """Issues a batch of at most `MOST_CODES` codes, in the caller's transaction."""
    issued = await _make_batch(new, by)
    missing = new.count
    while missing:  # a code that exists already, which is next to impossible, is drawn again
        missing -= await _insert_codes(issued.id, new_codes(missing), end_of(new.valid_until))
    await record(request, "issue_batch", "batch", issued.id, organisation=new.organisation, actor=by, codes=new.count)
    return issued


async def _make_batch(new: NewBatch, by: int | None) -> Issued:
    """There are a million numbers, so now and then one is taken: then another is drawn."""
    while True:
        number = new_batch_number()
        batch = Batch(
            number=number,
            organisation=new.organisation,
            route=new.route,
            profile=new.profile,
            contact_name=new.contact_name,
            reference=new.reference,
            search_text=batch_search_text(number, new.contact_name, new.reference),
            created_at=now(),
            created_by=by,
        )
        made = await Batch.insert(batch).on_conflict(Batch.number, "DO NOTHING").returning(Batch.id)
        if made:
            return Issued(made[0]["id"], number)


async def _insert_codes(batch: int, codes: Sequence[str], expires_at: datetime) -> int:
    """How many of these were new."""
    engine = Paycode._meta.db.engine_type
    values = list(codes) if engine == "postgres" else json.dumps(codes)
    return len(await Paycode.raw(ISSUES[engine], expires_at, values, batch))
