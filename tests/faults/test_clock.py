"""The clock of the machine that serves jumps by days, the database's not: sessions end, nobody is locked out, no code
counts twice, and nothing fails."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from httpx import AsyncClient

from tests.account.factors.people import SECRET, STEP, first_step, give, give_app, give_codes
from tests.account.test_on_a_real_server import SESSION
from tests.browser import worker
from tests.clients import sign_in, submit
from tests.instances import Start
from tests.worlds import Worlds

LIBRARIES = [*Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")]
DAYS = timedelta(days=2)
GUESSES = 12

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not LIBRARIES, reason="libfaketime is missing: apt-get install faketime"),
]


class Clock:
    """Of a server that was started with these settings, and of nobody else."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.jump(timedelta())

    @property
    def settings(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }

    def jump(self, off: timedelta) -> None:
        self._file.write_text(f"{off.total_seconds():+.0f}\n")
        self._off = off

    @property
    def code(self) -> str:
        """What an authenticator app shows whose clock is as wrong."""
        return pyotp.TOTP(SECRET).at(datetime.now(UTC) + self._off)


async def test_a_clock_that_jumps_by_days(demo: None, worlds: Worlds, tmp_path: Path, start: Start) -> None:
    clock = Clock(tmp_path / "clock")
    await give_app("anna.smit")
    _, url = await asyncio.to_thread(start, worlds, worker(), **clock.settings)
    async with AsyncClient(base_url=url, timeout=30) as dirk:
        for off in (timedelta(), DAYS, -DAYS, timedelta()):
            clock.jump(off)
            if SESSION in dirk.cookies:
                ended = await dirk.get("/aanmeldingen")
                assert (ended.status_code, ended.headers["location"][:9]) == (303, "/inloggen")
            await sign_in(dirk, "dirk.visser")
            assert (await dirk.get("/aanmeldingen")).status_code == 200


async def test_no_code_counts_twice_whatever_the_clock_says(
    demo: None, worlds: Worlds, tmp_path: Path, start: Start
) -> None:
    clock = Clock(tmp_path / "clock")
    await give_app("anna.smit")
    spare = await give_codes("anna.smit")
    _, url = await asyncio.to_thread(start, worlds, worker(), **clock.settings)

    async def second_step(code: str) -> int:
        async with AsyncClient(base_url=url, timeout=30) as anna:
            await first_step(anna, "anna.smit")
            return (await give(anna, code)).status_code

    first = clock.code
    assert await second_step(first) == 303
    clock.jump(DAYS)
    later = clock.code
    assert await second_step(later) == 303
    clock.jump(timedelta())
    for used in (first, later, clock.code):
        assert await second_step(used) == 422
    async with AsyncClient(base_url=url, timeout=30) as anna:
        await first_step(anna, "anna.smit")
        answer = await give(anna, spare[0], f"{STEP}/herstelcode")
        assert answer.status_code == 303, "who wrote codes down gets in all the same"


async def test_guessing_is_slowed_down_whatever_the_clock_says(
    demo: None, worlds: Worlds, tmp_path: Path, start: Start
) -> None:
    clock = Clock(tmp_path / "clock")
    _, url = await asyncio.to_thread(start, worlds, worker(), **clock.settings)

    async def guesses() -> list[int]:
        async with AsyncClient(base_url=url, timeout=30) as thief:
            return [
                (await submit(thief, "/inloggen", gebruikersnaam="carla.jansen", wachtwoord="x")).status_code
                for _ in range(GUESSES)
            ]

    for off in (timedelta(), -DAYS):
        clock.jump(off)
        assert (await guesses())[-1] == 429
    clock.jump(DAYS)
    async with AsyncClient(base_url=url, timeout=30) as carla:
        await sign_in(carla, "carla.jansen")
