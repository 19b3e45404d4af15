"""Redeeming paycodes: each pays once, whoever else asks for it at the same moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from piccolo.query.mixins import LockStrength
from piccolo.querystring import QueryString

from app.access import Condition
from app.clock import now
from app.paycodes.codes import canonical, is_code
from app.paycodes.status import Clock, Status
from app.tables import Paycode

FOR_THE_PROFILE_FIRST = QueryString("paycode.profile IS NULL, paycode.id")

ASSIGN = """
    UPDATE paycode SET used_at = {{}}, used_by = given.column2, changed_at = {{}}
    FROM (VALUES {rows}) AS given
    WHERE paycode.id = given.column1 AND paycode.used_at IS NULL
    RETURNING paycode.id, paycode.organisation, paycode.used_by
"""
ASSIGNED = "(CAST({} AS BIGINT), CAST({} AS BIGINT))"


@dataclass(frozen=True)
class Redeemed:
    """A code that now pays for an enrolment, and the organisation whose code it is."""

    id: int
    organisation: int | None


async def redeem(typed: str, *, enrolment: int, route: int, profile: int | None) -> Redeemed | None:
    """The code pays for this enrolment, in the caller's transaction. Nothing for a code that is unknown, used,
    inactive, expired, or for another route or profile: whoever asks cannot tell which.

    Derive the progress of the enrolment afterwards."""
    code = canonical(typed)
    if not is_code(code):
        return None
    return await _use(Paycode.code == code, _usable(now(), route, profile), enrolment)


@dataclass(frozen=True)
class Usable:
    """A code that nobody used yet."""

    route: int
    profile: int | None

    def pays_for(self, route: int, profile: int | None) -> bool:
        return self.route == route and self.profile in (None, profile)


async def find_usable(typed: Iterable[str]) -> dict[str, Usable]:
    """Of these codes those that somebody may use now, by their signs. Another may be first: `redeem` settles that."""
    codes = [code for code in map(canonical, typed) if is_code(code)]
    if not codes:
        return {}
    columns = (Paycode.code, Paycode.route, Paycode.profile)
    rows = await Paycode.select(*columns).where(Paycode.code.is_in(codes) & _unused(now()))
    return {row.pop("code"): Usable(**row) for row in rows}


async def assign_free_codes(
    organisation: int, *, route: int, profile: int | None, enrolments: Sequence[int]
) -> dict[int, Redeemed]:
    """Each of these enrolments (a few hundred at most) is paid for with a free code of the organisation, in the
    caller's transaction: enrolment → code, fewer than was asked when there are not enough. Codes for the profile
    alone go first, then the oldest. Two who ask at once never get the same.

    Derive the progress of the enrolments afterwards."""
    usable = (Paycode.organisation == organisation) & _usable(now(), route, profile)
    free = Paycode.select(Paycode.id).where(usable).limit(len(enrolments))
    free = free.order_by(FOR_THE_PROFILE_FIRST)
    if free.engine_type == "postgres":  # SQLite has one writer
        free = free.lock_rows(LockStrength.no_key_update, skip_locked=True)
    pairs = list(zip(await free, enrolments, strict=False))
    if not pairs:
        return {}
    values = [value for row, enrolment in pairs for value in (row["id"], enrolment)]
    statement = ASSIGN.format(rows=", ".join([ASSIGNED] * len(pairs)))
    moment = now()
    used = await Paycode.raw(statement, moment, moment, *values)
    return {row["used_by"]: Redeemed(row["id"], row["organisation"]) for row in used}


def _usable(moment: datetime, route: int, profile: int | None) -> Condition:
    for_any = Paycode.profile.is_null()
    pays = for_any if profile is None else for_any | (Paycode.profile == profile)
    return _unused(moment) & (Paycode.route == route) & pays


def _unused(moment: datetime) -> Condition:
    return Clock(moment).has_status(Status.FREE) & (Paycode.created_at <= moment)


async def _use(which: Condition, usable: Condition, enrolment: int) -> Redeemed | None:
    """Whoever loses the race for a code finds that it is no longer usable."""
    moment = now()
    used = (
        await Paycode.update({Paycode.used_at: moment, Paycode.used_by: enrolment, Paycode.changed_at: moment})
        .where(which & usable)
        .returning(Paycode.id, Paycode.organisation)
    )
    return Redeemed(**used[0]) if used else None
