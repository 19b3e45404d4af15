"""The portal is killed at any moment while codes are issued and a candidate is unlinked: each is done whole, with its
event, or not at all, and what was answered is there."""

import asyncio
import os
import random
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from httpx import AsyncClient, Cookies, HTTPError, Response

from app.tables import AuditEvent, Batch, Enrolment, FormToken, Paycode, Unlinking
from tests.browser import start_serving, worker
from tests.candidates.clicks import unlink
from tests.candidates.screen import read
from tests.clients import sign_in, submit
from tests.worlds import Worlds

pytestmark = pytest.mark.long

KILLS = 25
CODES = 3_000
ISSUED = Batch.reference == "Onder het werk"


@dataclass
class Told:
    """What was answered before the end: so much of each is there."""

    issued: int = 0
    unlinked: int = 0
    seconds: float = 0.0
    cookies: dict[str, Cookies] = field(default_factory=dict)


async def test_killed_at_any_moment_it_is_done_whole_or_not_at_all(demo: None, worlds: Worlds, tmp_path: Path) -> None:
    chance, told = random.Random(), Told()
    links = await Unlinking.count()
    for kill in range(KILLS + 1):
        process, url = await asyncio.to_thread(start_serving, worlds, worker(), tmp_path / f"{kill}.log")
        try:
            after = chance.uniform(0, 2 * told.seconds) if kill else None  # the first shows how long it takes
            await work_until(url, process.pid, after, told)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert await whole_batches() >= told.issued
        assert await Unlinking.count() - links == await whole_unlinkings() >= told.unlinked
    assert 2 < told.issued + told.unlinked < 2 * KILLS, "always killed too early, or never in time"


async def work_until(url: str, group: int, after: float | None, told: Told) -> None:
    """Both at once, until they are done or the portal is dead."""
    async with AsyncClient(base_url=url, timeout=60) as beheer, AsyncClient(base_url=url, timeout=60) as anna:
        for client, username in ((beheer, "beheerder"), (anna, "anna.smit")):
            if username not in told.cookies:
                await sign_in(client, username)
                told.cookies[username] = client.cookies
            client.cookies = told.cookies[username]
        enrolment = read(await anna.get("/overzicht")).ids[0]
        start = time.monotonic()
        doing = [asyncio.create_task(each) for each in (issue(beheer), unlink(anna, enrolment))]
        if after is not None:
            await asyncio.sleep(after)
            os.killpg(group, signal.SIGKILL)
        answers = await asyncio.gather(*doing, return_exceptions=True)
        told.seconds = told.seconds or time.monotonic() - start
    assert all(isinstance(each, Response | HTTPError) for each in answers), answers
    batch, link = (isinstance(each, Response) and each.status_code == 303 for each in answers)
    told.issued, told.unlinked = told.issued + batch, told.unlinked + link


async def issue(client: AsyncClient) -> Response:
    return await submit(client, "/beheer/batches/nieuw", aantal=str(CODES), profiel="co", referentie="Onder het werk")


async def whole_batches() -> int:
    """How many there are: each with all its codes, its event and the form that it came from."""
    batches = await Batch.select(Batch.id).where(ISSUED).order_by(Batch.id).output(as_list=True)
    assert [await Paycode.count().where(Paycode.batch == each) for each in batches] == [CODES] * len(batches)
    about = (AuditEvent.action == "issue_batch") & (AuditEvent.object_type == "batch")
    events = await AuditEvent.select(AuditEvent.object_id).where(about).order_by(AuditEvent.object_id)
    assert [each["object_id"] for each in events if each["object_id"] in batches] == batches
    forms = await FormToken.select(FormToken.answer).where(FormToken.answer != "").output(as_list=True)
    assert sorted(map(int, forms)) == batches
    return len(batches)


async def whole_unlinkings() -> int:
    """How many there are by their events: each ended a link and kept what was linked."""
    events = AuditEvent.select(AuditEvent.object_id).where(AuditEvent.action == "unlink")
    ended = await events.output(as_list=True)
    linked = Enrolment.id.is_in(ended or [0]) & Enrolment.organisation.is_not_null()
    assert not await Enrolment.exists().where(linked)
    for each in ended:
        assert await Unlinking.exists().where((Unlinking.enrolment == each) & Unlinking.restored_at.is_null())
    return len(ended)
