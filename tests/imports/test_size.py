"""The largest file there may be: progress is shown, it is done in time, and pages are quick meanwhile."""

import asyncio
import re
import time
from collections.abc import Awaitable
from statistics import median
from typing import Any

from httpx import AsyncClient, Response

from tests.imports.files import ENROLMENTS, as_csv, confirmed, said, uploaded
from tests.imports.people import people
from tests.sessions import client_of

ROWS = 5_000
IN_TIME = 30.0
"""Seconds of work: by the clock it takes longer on a machine that runs other tests beside this one."""
QUICK, HARDLY = 5, 15
"""Times as long as on a calm day: for most pages, and for nearly all."""


async def test_five_thousand_rows(demo: None, application: Any) -> None:
    dirk, anna = await client_of(application, "dirk.visser"), await client_of(application, "anna.smit")
    content = as_csv(people(ROWS))
    calm, _ = await meanwhile(anna, asyncio.sleep(1))
    start, worked = time.monotonic(), time.process_time()
    waited, (seen, page) = await meanwhile(anna, brought(dirk, content))
    assert time.process_time() - worked < IN_TIME
    assert time.monotonic() - start < 10 * IN_TIME
    assert "5.000 kandidaten overgenomen" in said(page)
    assert seen == sorted(seen)
    assert len(set(seen)) >= 3
    usual = median(calm)
    assert median(waited) < QUICK * usual
    assert sorted(waited)[len(waited) * 95 // 100] < HARDLY * usual


async def brought(client: AsyncClient, content: bytes) -> tuple[list[int], Response]:
    """The percentages that were shown, and the page after confirming."""
    address = await uploaded(client, ENROLMENTS, content)
    return await progress(client, address), await confirmed(client, address)


async def progress(client: AsyncClient, address: str) -> list[int]:
    """The percentages that the page showed until there was something else."""
    seen = []
    while shown := re.search(r'<progress max="100" value="(\d+)"', (await client.get(address)).text):
        seen.append(int(shown[1]))
        await asyncio.sleep(0.1)
    return seen


async def meanwhile(client: AsyncClient, work: Awaitable[Any]) -> tuple[list[float], Any]:
    """How long somebody else waited for each page until the work was done."""
    task = asyncio.ensure_future(work)
    waited: list[float] = []
    while not task.done():
        start = time.monotonic()
        answer = await client.get("/overzicht")
        assert answer.status_code == 200
        waited.append(time.monotonic() - start)
        await asyncio.sleep(0.05)
    return waited, await task
