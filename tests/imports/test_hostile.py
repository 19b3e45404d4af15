"""What somebody makes to do harm is refused in time, with a sentence, by a process that is not the portal's."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.imports.archive import FileRefused
from app.imports.uploads import Uploads
from tests.imports.hostile import FILES, HEAD, lying_dimension, many_empty_rows, sheet, workbook

IN_TIME = 15.0


@pytest.fixture(autouse=True)
def once(pytestconfig: pytest.Config) -> None:
    """No database is asked."""
    if pytestconfig.getoption("--database") != "sqlite":
        pytest.skip("reads files only: run on SQLite")


async def refusal(name: str, content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        await Uploads().read(name, content)
    return str(refused.value)


@pytest.mark.parametrize("name", FILES)
async def test_it_is_refused_in_time_with_a_sentence(name: str) -> None:
    make, words = FILES[name]
    content = make()
    start = time.monotonic()
    assert words in await refusal(name, content)
    assert time.monotonic() - start < IN_TIME


async def test_what_bursts_or_never_ends_is_ended_and_takes_nothing_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows without end, for a process that gets a second: the loop of the portal goes on meanwhile."""
    monkeypatch.setattr("app.imports.uploads.PATIENCE", 1.0)
    content = many_empty_rows()
    longest, last = 0.0, time.monotonic()
    reading = asyncio.create_task(refusal("rows.xlsx", content))
    while not reading.done():
        await asyncio.sleep(0.005)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    assert "te groot of te ingewikkeld" in await reading
    assert longest < 0.5


async def test_a_dimension_that_lies_is_not_believed() -> None:
    found = await Uploads().read("x.xlsx", lying_dimension())
    assert (found.head, list(found.rows)) == (["1"], [])
    short = sheet(HEAD + "<row><c><v>1</v></c></row>" * 3, "<dimension ref='A1'/>")
    assert len((await Uploads().read("x.xlsx", workbook(whole=short))).rows) == 3


@pytest.mark.parametrize(
    ("reads", "code", "answered"),
    [
        ("bytearray(600_000_000)", 0, b"te groot of te ingewikkeld"),
        ("open('kept', 'wb', 0).write(b'x')", 1, b""),
        ("[each for each in iter(int, 1)]", -signal.SIGKILL, b""),
    ],
    ids=["memory", "files", "time"],
)
def test_its_process_may_use_no_more_than_this(tmp_path: Path, reads: str, code: int, answered: bytes) -> None:
    program = (
        "import resource, app.imports.reading as reading; reading.LIMITS[resource.RLIMIT_CPU] = 1;"
        f"reading.read_rows = lambda content: {reads}; reading.main()"
    )
    environment = {"PYTHONPATH": str(Path.cwd())}
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, input=b"", capture_output=True, check=False
    )
    assert ended.returncode == code
    assert answered in ended.stdout


async def test_when_many_come_at_once_the_last_are_told_to_wait() -> None:
    uploads = Uploads()
    files = (uploads.read("x.csv", b"a\n1\n") for _ in range(12))
    answers = await asyncio.gather(*files, return_exceptions=True)
    refused = [str(answer) for answer in answers if isinstance(answer, FileRefused)]
    assert len(refused) == 4
    assert all("over een minuut" in sentence for sentence in refused)


async def test_the_process_that_reads_knows_no_secret() -> None:
    from app.imports.uploads import ENVIRONMENT

    assert os.environ["SECRET_KEY"] not in ENVIRONMENT.values()
    assert not {"SECRET_KEY", "DATABASE_URL"} & set(ENVIRONMENT)
