"""The release before this one serves people while its database comes to this one's schema: nobody who reads is sent
away, and afterwards this one serves what was there."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx import Client

from tests.benchmarks.pages import sign_in
from tests.browser import wait_until_ready, worker
from tests.instances import Start
from tests.postgres import free_port
from tests.worlds import Worlds, environment, portaal

BEFORE = "191963d"
"""The commit of that release."""
ROOT = Path(__file__).parents[2]
ENROLMENTS = 20_000
PAGES = ("/overzicht", "/overzicht?trefwoorden=jan", "/betaalcodes")
QUICK = 2.0
"""Seconds that a page may take meanwhile."""
COUNTS = ("organisation", "portal_user", "mandate", "candidate", "enrolment", "step_result", "paycode", "session")

pytestmark = pytest.mark.long


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Its files."""
    folder = tmp_path / "before"
    folder.mkdir()
    packed = subprocess.run(["git", "archive", BEFORE], cwd=ROOT, check=False, capture_output=True)
    if packed.returncode != 0:
        pytest.skip(f"the history that has {BEFORE} is not here")
    subprocess.run(["tar", "-x", "-C", str(folder)], input=packed.stdout, check=True)
    return folder


def run_before(release: Path, url: str, *arguments: str, **options: Any) -> "subprocess.Popen[bytes]":
    """A command of that release. It knew one role only, which owned its tables."""
    return subprocess.Popen(
        [sys.executable, "-c", "from app.cli import main; main()", *arguments],
        cwd=release,
        env=os.environ | environment(url, options.pop("site", "http://127.0.0.1")) | {"PYTHONPATH": str(release)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


@contextmanager
def served_before(release: Path, url: str) -> Iterator[str]:
    site = f"http://127.0.0.1:{(port := free_port())}"
    process = run_before(release, url, "serve", "--port", str(port), "--workers", "2", site=site)
    try:
        wait_until_ready(process, site)
        yield site
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_nobody_who_reads_is_sent_away_by_an_upgrade(
    worlds: Worlds, release: Path, start: Start, record_property: Any
) -> None:
    worlds.databases.create(name := f"upgrade-{worker()}")
    owner_url = worlds.databases.owner_url(name)
    for command in (["migrate"], ["demo"], ["scale", "--enrolments", str(ENROLMENTS)]):
        assert run_before(release, owner_url, *command).wait(timeout=300) == 0
    read: list[tuple[int, int, float]] = []
    with served_before(release, owner_url) as site:
        over = threading.Event()
        readers = [threading.Thread(target=read_on, args=(site, over, read)) for _ in range(3)]
        for reader in readers:
            reader.start()
        time.sleep(2)
        before, began = counts(worlds, name), time.monotonic()
        portaal("migrate", database_url=worlds.databases.url(name))
        lasted = time.monotonic() - began
        assert counts(worlds, name) == before
        time.sleep(2)
        over.set()
        for reader in readers:
            reader.join(30)
    record_property("fault", f"upgraded under load, {ENROLMENTS} enrolments and as many paycodes")
    record_property("lasted", f"{lasted:.1f}")
    record_property("sent away", f"{sum(status != 200 for status, _, _ in read)}/{len(read)}")
    record_property("more", f"slowest page {max(seconds for _, _, seconds in read):.2f} s")
    assert Counter((status, many > 0) for status, many, _ in read) == {(200, True): len(read)}
    assert max(seconds for _, _, seconds in read) < QUICK
    _, site = start(worlds, name)
    with Client(base_url=site) as client:
        sign_in(client, "anna.smit")
        assert "data-id" in client.get("/overzicht").text


def read_on(site: str, over: threading.Event, read: list[tuple[int, int, float]]) -> None:
    """Status, rows and seconds of each page."""
    with Client(base_url=site, timeout=30) as client:
        sign_in(client, "anna.smit")
        while not over.wait(0.02):
            for page in PAGES:
                began = time.monotonic()
                answer = client.get(page)
                read.append((answer.status_code, answer.text.count("data-id"), time.monotonic() - began))


def counts(worlds: Worlds, name: str) -> dict[str, str]:
    return {table: worlds.databases.rows(f"SELECT COUNT(*) FROM {table}", name)[0][0] for table in COUNTS}
