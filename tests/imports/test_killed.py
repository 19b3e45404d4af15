"""A process that is killed at any moment takes over all of a file or nothing of it, and another goes on."""

import asyncio
import random
import time
from datetime import timedelta
from typing import Any

from tests.imports.lives import CONFIRMED, DONE, begin
from tests.imports.people import people

KILLS = 25
ROWS = 120
PATIENCE = 300.0


async def test_killed_at_any_moment_it_is_all_or_nothing(demo: None) -> None:
    user, chance = await user_id("dirk.visser"), random.Random()
    key, made, killed_while = await queued(user, 1), 1, set()
    to_confirmed, to_done = await unharmed(user, key)
    for kill in range(KILLS):
        if await taken_over(key):
            key, made = await queued(user, made + 1), made + 1
        process, told = begin(user, key)
        if kill % 2:  # between confirming and the end; else at any moment of its life
            await asyncio.to_thread(told.poll, PATIENCE)
            assert told.recv() == CONFIRMED
            await asyncio.sleep(chance.uniform(0, to_done - to_confirmed))
        else:
            await asyncio.sleep(chance.uniform(0, to_done))
        process.kill()
        process.join()
        killed_while.add((await stand(key))["state"])
        await all_or_nothing()
        await lapse()
    assert "running" in killed_while
    await unharmed(user, key)
    assert await all_or_nothing() == made


async def test_what_was_taken_over_is_no_more_when_it_comes_again(demo: None) -> None:
    user = await user_id("dirk.visser")
    await unharmed(user, await queued(user, 1))
    await unharmed(user, again := await queued(user, 1))
    assert await all_or_nothing() == 1
    assert (await stand(again))["rows_refused"] == ROWS


async def user_id(username: str) -> int:
    from app.tables import User

    user = await User.select(User.id).where(User.username == username).first()
    assert user
    return int(user["id"])


async def queued(user: int, number: int) -> int:
    """The import of another file, as uploading leaves it."""
    from app.downloads.owner import load_owner
    from app.imports.queries import Uploaded, create_import
    from app.tables import ImportKind

    owner = await load_owner(user)
    assert owner
    rows = list(enumerate(people(ROWS, number * ROWS), 2))
    file = Uploaded(ImportKind.ENROLMENTS, "nieuw.csv", f"{number}", rows, owner.access.enrols_for[0])
    return await create_import(owner.access, None, file)


async def unharmed(user: int, key: int) -> tuple[float, float]:
    """After how many seconds it was confirmed, and done."""
    start = time.monotonic()
    process, told = begin(user, key)
    moments = []
    for word in (CONFIRMED, DONE):
        assert await asyncio.to_thread(told.poll, PATIENCE)
        assert told.recv() == word
        moments.append(time.monotonic() - start)
    process.join()
    return moments[0], moments[1]


async def stand(key: int) -> dict[str, Any]:
    from app.tables import Import

    row = await Import.select().where(Import.id == key).first()
    assert row
    return row


async def taken_over(key: int) -> bool:
    return (await stand(key))["taken_over_at"] is not None


async def all_or_nothing() -> int:
    """How many imports were taken over: each with all that belongs to it, the others with nothing."""
    from app.database import snapshot
    from app.mail.outbox import Letter
    from app.tables import AuditEvent, Candidate, Enrolment, Import, ImportRow, Mail

    async with snapshot(PATIENCE):
        taken = await Import.count().where(Import.taken_over_at.is_not_null())
        counts = (
            await Candidate.count().where(Candidate.email_key.like("ximena.%")),
            await Enrolment.count().where(Enrolment.search_text.like("%ximena.%")),
            await ImportRow.count().where(ImportRow.enrolment.is_not_null()),
            await Mail.count().where(Mail.template == Letter.ENROLLED),
            await AuditEvent.count().where(AuditEvent.action == "enrol"),
            ROWS * await AuditEvent.count().where(AuditEvent.action == "import_take_over"),
        )
    assert set(counts) == {taken * ROWS}
    return int(taken)


async def lapse() -> None:
    """As when the dead were silent for longer than a claim lasts."""
    from app.clock import now
    from app.tables import Import, JobState

    ended: dict[Any, Any] = {Import.claimed_until: now() - timedelta(seconds=1)}
    await Import.update(ended).where(Import.state == JobState.RUNNING)
