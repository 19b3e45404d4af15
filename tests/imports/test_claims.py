"""However long taking over takes: what one process works on, no other takes over a second time."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.claims import ClaimLost
from app.imports.kinds import Verdict, Work
from tests.imports.test_killed import all_or_nothing, queued, stand, user_id

LAPSED = timedelta(0)
"""A claim that ends as it is made, as that of a process that goes on for longer than it promised."""


async def confirmed(user: int) -> int:
    from app.downloads.owner import load_owner
    from app.imports.jobs import work_on_imports
    from app.imports.queries import confirm
    from app.tables import ImportKind

    key = await queued(user, 1)
    await work_on_imports()
    owner = await load_owner(user)
    assert owner
    await confirm(owner.access, None, ImportKind.ENROLMENTS, key, 0)
    return key


async def test_who_comes_while_it_is_taken_over_waits_and_finds_it_done(demo: None) -> None:
    from app.imports.enrolments import Enrolments
    from app.imports.jobs import advance, next_job

    begun, may_go_on = asyncio.Event(), asyncio.Event()

    class Held(Enrolments):
        async def take_over(self, work: Work, read: Sequence[Any]) -> list[Verdict]:
            begun.set()
            await may_go_on.wait()
            return await super().take_over(work, read)

    key = await confirmed(await user_id("dirk.visser"))
    job = await next_job(LAPSED)
    assert job
    first = asyncio.create_task(advance(replace(job, kind=Held())))
    await begun.wait()
    second = asyncio.create_task(next_job())
    await asyncio.sleep(0.3)
    assert not second.done()
    may_go_on.set()
    await first
    assert await second is None
    assert (await stand(key))["taken_over_at"] is not None
    assert await all_or_nothing() == 1


async def test_who_is_late_to_begin_is_told_that_another_does_it(demo: None) -> None:
    from app.imports.jobs import advance, next_job

    await confirmed(await user_id("dirk.visser"))
    late, other = await next_job(LAPSED), await next_job()
    assert late
    assert other
    with pytest.raises(ClaimLost):
        await advance(late)
    assert await all_or_nothing() == 0
    await advance(other)
    with pytest.raises(ClaimLost):
        await advance(late)
    assert await all_or_nothing() == 1
