"""Processes that are killed: a workbook is whole, made again by another, or refused with a sentence."""

import asyncio
import io
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from app.access import Access
from app.downloads.process import Made
from app.tables import Role
from tests.clients import sign_in
from tests.downloads.crowd import crowd
from tests.downloads.files import rows_of
from tests.worlds import BASE_URL

MAKE = """
import asyncio
from datetime import timedelta
from app.acting import Duty, acting_as
from app.downloads.jobs import make_waiting
from app.piccolo_conf import DB

async def make():
    await DB.start_connection_pool()
    with acting_as(Duty.DOWNLOADS):
        await make_waiting(timedelta(seconds=3))

asyncio.run(make())
"""


MANY = 20_000
"""Rows that take longer than it takes to see that the first are done, and to end the process."""


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - another process decides
            await asyncio.sleep(0.02)


async def user_id(username: str) -> int:
    from app.tables import User

    user = await User.select(User.id).where(User.username == username).first()
    assert user is not None
    return int(user["id"])


async def queue(rows: int) -> int:
    """A download of all of BRG, asked for by who manages it."""
    from app.downloads.queries import Asked, create_download

    await crowd(rows)
    access = Access(await user_id("eva.bakker"), frozenset(), ())
    return await create_download(access, Asked("kandidaten", "", "kandidaten.xlsx", rows))


async def load(download: int) -> dict[str, Any]:
    from app.tables import Download

    row = await Download.select().where(Download.id == download).first()
    assert row is not None
    return row


async def file_of(download: int) -> bytes:
    from app.downloads.queries import read_chunks

    access = Access(await user_id("eva.bakker"), frozenset({Role.ADMINISTRATOR}), ())
    return b"".join([chunk async for chunk in read_chunks(access, download)])


async def test_another_instance_takes_over_from_one_that_was_killed(demo: None, tmp_path: Path) -> None:
    from app.downloads.jobs import make_waiting

    download = await queue(MANY)
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    instance = await asyncio.create_subprocess_exec(sys.executable, "-c", MAKE, env=environment)

    async def has_begun() -> bool:
        return bool((await load(download))["rows_done"])

    async def has_tidied() -> bool:
        return not any(tmp_path.iterdir())  # noqa: ASYNC240

    await until(has_begun)
    instance.kill()
    await instance.wait()
    assert (await load(download))["state"] == "running"
    await make_waiting(timedelta(seconds=3))
    assert (await load(download))["state"] == "running", "its claim still holds"
    await asyncio.sleep(3)
    await make_waiting(timedelta(seconds=3))
    assert (await load(download))["state"] == "ready"
    assert len(rows_of(await file_of(download))) == MANY
    await until(has_tidied)


async def test_who_is_told_to_stop_hands_over_at_once(demo: None) -> None:
    from app.downloads.claims import claim_next
    from app.downloads.jobs import make_waiting

    download = await queue(MANY)
    making = asyncio.create_task(make_waiting(timedelta(hours=1)))

    async def has_begun() -> bool:
        return bool((await load(download))["rows_done"])

    await until(has_begun)
    making.cancel()
    await asyncio.wait({making}, timeout=10)
    assert making.cancelled()
    taken = await claim_next(timedelta(hours=1))
    assert taken is not None
    assert taken.id == download


async def test_what_the_dead_left_behind_is_not_in_the_file(demo: None) -> None:
    from app.downloads.claims import claim_next
    from app.downloads.jobs import make_waiting

    download = await queue(100)
    dead = await claim_next(timedelta(seconds=0))
    assert dead is not None
    await dead.add_chunk(0, b"half", 50)
    await dead.add_chunk(7, b"half", 50)
    await make_waiting()
    assert len(rows_of(await file_of(download))) == 100


async def test_who_lost_the_claim_can_write_no_more(demo: None) -> None:
    from app.downloads.claims import ClaimLost, claim_next

    download = await queue(100)
    slow = await claim_next(timedelta(seconds=0))
    quick = await claim_next(timedelta(seconds=60))
    assert slow is not None
    assert quick is not None
    assert await claim_next(timedelta(seconds=60)) is None
    made = Made(io.BytesIO(), 100, "", ())
    for attempt in (slow.keep(1), slow.add_chunk(0, b"x", 1), slow.fail("Te laat."), slow.finish(made, 1)):
        with pytest.raises(ClaimLost):
            await attempt
    assert (await load(download))["state"] == "running"
    assert await file_of(download) == b""


async def test_a_download_outlives_the_death_of_its_process(demo: None) -> None:
    from app.downloads.claims import claim_next
    from app.downloads.jobs import make
    from app.downloads.process import WorkbookProcess

    download = await queue(5_000)
    async with WorkbookProcess() as process:
        await process.warm()
        job = await claim_next(timedelta(seconds=60))
        assert job is not None
        making = asyncio.create_task(make(job, process))
        await kill_while_writing(process)
        await making
    assert (await load(download))["state"] == "ready"
    assert len(rows_of(await file_of(download))) == 5_000


async def kill_while_writing(process: Any) -> None:
    await asyncio.sleep(0.3)
    os.kill(process.pid, signal.SIGKILL)


async def test_rights_taken_away_meanwhile_count(demo: None) -> None:
    from app.downloads.jobs import make_waiting
    from app.tables import Mandate

    download = await queue(100)
    await Mandate.delete().where(Mandate.user == await user_id("eva.bakker"))
    await make_waiting()
    failed = await load(download)
    assert (failed["state"], failed["error"]) == ("failed", "U heeft geen toegang meer tot deze gegevens.")
    assert await file_of(download) == b""


@pytest.fixture
async def calm(application: Any) -> AsyncIterator[AsyncClient]:
    """A browser that takes an answer in the 500s for an answer."""
    async with AsyncClient(transport=ASGITransport(application), base_url=BASE_URL) as client:
        yield client


async def test_a_file_whose_process_is_killed_is_refused_and_the_next_is_whole(
    demo: None, application: Any, calm: AsyncClient
) -> None:
    await crowd(5_000)
    await sign_in(calm, "eva.bakker")
    process = application.state.workbooks
    await process.warm()
    asked = asyncio.create_task(calm.get("/overzicht.xlsx"))
    await until(lambda: _is(process.waiting == 1))
    await kill_while_writing(process)
    answer = await asked
    assert answer.status_code == 503
    assert "Het bestand is niet gemaakt" in answer.text
    assert "content-disposition" not in answer.headers
    assert len(rows_of((await calm.get("/overzicht.xlsx")).content)) == 5_000


async def _is(truth: bool) -> bool:
    return truth


async def test_pages_are_served_while_a_file_is_made(demo: None, client: AsyncClient) -> None:
    await crowd(5_000)
    await sign_in(client, "eva.bakker")
    making = asyncio.create_task(client.get("/overzicht.xlsx"))
    pages = 0
    while not making.done():
        assert (await client.get("/profiel")).status_code == 200
        pages += 1
    assert (await making).status_code == 200
    assert pages >= 10


async def test_too_many_at_once_are_told_to_wait(demo_readonly: None, calm: AsyncClient) -> None:
    await sign_in(calm, "anna.smit")
    answers = await asyncio.gather(*(calm.get("/overzicht.xlsx") for _ in range(12)))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 503}
    assert statuses.count(200) >= 8
    assert all(answer.headers["retry-after"] == "60" for answer in answers if answer.status_code == 503)


async def test_an_error_in_the_process_is_no_workbook_and_the_next_is_whole(demo_readonly: None) -> None:
    from app.downloads.process import Lost, Order, WorkbookProcess

    user = await user_id("anna.smit")
    async with WorkbookProcess() as process:
        with pytest.raises(Lost):
            await process.write(Order("wat-niet-bestaat", user, ""))
        made = await process.write(Order("kandidaten", user, ""))
        with made.file as file:
            assert len(rows_of(file.read())) == made.rows > 100
