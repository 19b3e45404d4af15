"""A disk without room: what is there can be read, what would be written is refused until there is room, and no file is
left half."""

import io
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from tests.benchmarks.pages import sign_in
from tests.faults.outcome import WELL_WITHIN, assert_nothing_lost, assert_well, tell
from tests.faults.work import working
from tests.instances import Start
from tests.postgres import Server
from tests.worlds import PostgresDatabases, SQLiteFiles, Worlds, portaal

ROOM = 96 * 1024 * 1024
MEANWHILE = 4.0

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a disk")


@pytest.fixture
def disk() -> Iterator[Path]:
    """A disk of its own, in memory."""
    folder = Path(tempfile.mkdtemp(prefix="portaal-disk-"))
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=0777", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if made.returncode != 0:
        folder.rmdir()
        pytest.skip(f"no disk can be made here: {made.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """To the last byte, also that which comes free meanwhile."""
    waste, until = disk / "waste", time.monotonic() + MEANWHILE
    with waste.open("wb", buffering=0) as file:
        while time.monotonic() < until:
            for size in (1 << 20, 4096):
                try:
                    while file.write(b"\0" * size) == size:
                        pass
                except OSError:
                    continue
            time.sleep(0.02)
    yield
    waste.unlink()


@pytest.fixture
def worlds_on(request: pytest.FixtureRequest, disk: Path, worlds: Worlds, tmp_path: Path) -> Worlds:
    """The demo world on that disk, behind the name `portaal`; of PostgreSQL its tables, not its log."""
    if request.config.getoption("--database") == "sqlite":
        files = SQLiteFiles(disk)
        on_disk = Worlds(tmp_path, files)
    else:
        server: Server = request.getfixturevalue("own_server")
        folder = disk / "tables"
        folder.mkdir()
        folder.chmod(0o777)
        subprocess.run(["chown", "postgres", str(folder)], check=True)
        server.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
        server.execute("ALTER DATABASE template1 SET TABLESPACE small")
        databases = PostgresDatabases(server)
        databases.create("portaal")
        on_disk = Worlds(tmp_path, databases)
    for command in ("migrate", "demo"):
        portaal(command, database_url=on_disk.databases.url("portaal"))
    return on_disk


def test_a_full_disk_refuses_what_would_be_written_and_loses_nothing(
    worlds_on: Worlds, disk: Path, start: Start, record_property: Any
) -> None:
    _, url = start(worlds_on, "portaal", workers=2)
    with working(url) as work:
        work.wait(2)
        since = time.monotonic()
        with filled(disk):
            until = time.monotonic()
            ready = httpx.get(f"{url}/gereed")
        work.wait(WELL_WITHIN + 1)
    enrolled = assert_nothing_lost(work, worlds_on, "portaal")
    tell(record_property, "the disk of the database full", work, since, until, enrolled)
    assert 503 in work.statuses("enrol")
    assert set(work.statuses("read")) <= {200, 503}
    assert set(work.statuses("alive")) == {200}
    assert_well(work, until)
    if worlds_on.databases.url("portaal").startswith("sqlite:"):
        assert ready.status_code == 503


def test_without_room_for_files_a_workbook_is_refused_and_none_is_half(
    worlds: Worlds, disk: Path, start: Start
) -> None:
    worlds.copy("demo", "no-room")
    _, url = start(worlds, "no-room", TMPDIR=str(disk))
    with httpx.Client(base_url=url, timeout=30) as client:
        sign_in(client, "anna.smit")
        with filled(disk):
            refused = client.get("/overzicht.xlsx")
            assert (refused.status_code, refused.headers["content-type"]) == (503, "text/html; charset=utf-8")
            assert client.get("/overzicht").status_code == 200
        book = client.get("/overzicht.xlsx")
        assert book.status_code == 200
        assert load_workbook(io.BytesIO(book.content)).active is not None
    assert not list(disk.rglob("*.xlsx"))
