"""On the real server: once a session was ended from another browser, nothing that was under way brings it back."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from tests.browser import serving, worker
from tests.clients import sign_in, submit
from tests.worlds import Worlds

pytestmark = pytest.mark.long

ROUNDS = 50
UNDER_WAY = (
    "/overzicht.xlsx",
    "/overzicht?per_pagina=100",
    "/betaalcodes?per_pagina=100",
    "/profiel",
    "/downloads",
) * 2
END_OTHERS = "//form[@action='/profiel/beveiliging/sessies/beeindigen']"


@pytest.fixture
def site(worlds: Worlds, tmp_path: Path) -> Iterator[str]:
    with serving(worlds, f"leaving-{worker()}", tmp_path) as url:
        yield url


async def test_nothing_under_way_brings_back_what_was_ended_elsewhere(site: str) -> None:
    chance, seen = random.Random(), set()
    async with AsyncClient(base_url=site, timeout=60) as here, AsyncClient(base_url=site, timeout=60) as elsewhere:
        await sign_in(elsewhere, "anna.smit")
        for _ in range(ROUNDS):
            await sign_in(here, "anna.smit")
            session = here.cookies["sessie"]
            asking = [asyncio.create_task(here.get(url)) for url in UNDER_WAY]
            await asyncio.sleep(chance.uniform(0, 0.1))
            ended = await submit(elsewhere, "/profiel/beveiliging", END_OTHERS)
            assert ended.status_code == 303
            answers = await asyncio.gather(*asking)
            seen |= {each.status_code for each in answers}
            assert not [each for each in answers if "sessie=" in each.headers.get("set-cookie", "")]
            async with AsyncClient(base_url=site, cookies={"sessie": session}) as thief:
                for url in ("/profiel", "/overzicht"):
                    answer = await thief.get(url)
                    assert (answer.status_code, answer.headers["location"][:9]) == (303, "/inloggen")
            here.cookies.delete("sessie")
    assert 200 in seen
