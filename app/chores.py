"""What is done once a day, by whichever process of the portal comes first: one process at a time, and who stops
half-way is followed up by another."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

from app.claims import Claim, ClaimLost, claim_next
from app.clock import local, now
from app.tables import Chore, JobState

LOOK = timedelta(minutes=5)
CLAIM = timedelta(minutes=5)
"""As long as who does a chore may be silent before another takes over, and before one that failed is tried again."""
SETTLES = timedelta(hours=1)
"""After midnight: then every event of the day before is on record, whose clock was slow too."""

Keep = Callable[[], Awaitable[None]]
"""Said between two steps of the work: it still goes on. Raises ClaimLost when another took over."""
Work = Callable[[Keep], Awaitable[Mapping[str, int]]]
"""Gives how many of what."""


def day_that_began() -> date:
    """The day that is going on. The one before it is over for certain."""
    return local(now() - SETTLES).date()


async def work_on_chores(chores: Mapping[str, Work]) -> None:
    """Those of this day that nobody did, and what others left, in their order."""
    for name in chores:
        await Chore.insert(Chore(name=name, day=day_that_began(), created_at=now())).on_conflict(action="DO NOTHING")
    while found := await claim_next(Chore, CLAIM, _name_of):
        claim, name = found
        with suppress(ClaimLost):
            await _do(claim, chores.get(name, _nothing))


async def do_at_once(name: str, work: Work) -> Mapping[str, int] | None:
    """Also when it was done today; nothing when somebody is doing it now."""
    today = (Chore.name == name) & (Chore.day == day_that_began())
    await Chore.insert(Chore(name=name, day=day_that_began(), created_at=now())).on_conflict(action="DO NOTHING")
    until = now() + CLAIM
    idle = (Chore.state != JobState.RUNNING.value) | (Chore.claimed_until < now())
    claimed = (
        await Chore.update({Chore.state: JobState.RUNNING, Chore.claimed_until: until})
        .where(today & idle)
        .returning(Chore.id)
    )
    return await _do(Claim(Chore, claimed[0]["id"], until, CLAIM), work) if claimed else None


async def _do(claim: Claim, work: Work) -> Mapping[str, int]:
    async def keep() -> None:
        await claim.change({Chore.state: JobState.RUNNING})

    async with claim.handed_over():
        told = dict(await work(keep))
    await claim.change({Chore.state: JobState.READY, Chore.finished_at: now(), Chore.told: told}, ends=True)
    return told


async def _name_of(chore: int) -> str:
    row: dict[str, Any] | None = await Chore.select(Chore.name).where(Chore.id == chore).first()
    assert row is not None
    return str(row["name"])


async def _nothing(_: Keep) -> Mapping[str, int]:
    """Of a chore that only a newer portal knows."""
    return {}
