"""The portal's end of reading a file: one process for each, killed when it takes too long."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from pathlib import PurePath
from typing import Any

import structlog

from app.imports.archive import FileRefused
from app.imports.columns import Sheet
from app.imports.reading import TOO_MUCH

logger = structlog.get_logger()

LARGEST = 2 * 1024 * 1024
LARGEST_ANSWER = 32 * 1024 * 1024
PATIENCE = 12.0  # seconds; with the start of the process it stays within fifteen
AT_ONCE = 2
MOST_WAITING = 8
KNOWN = {".xlsx", ".csv"}
# All that the process hears of the portal's environment; openpyxl reads XML with defusedxml, which refuses entities.
ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG") if name in os.environ}
ENVIRONMENT |= {"OPENPYXL_LXML": "False", "PYTHONIOENCODING": "utf-8"}

UNKNOWN = "Kies een bestand dat op .xlsx of .csv eindigt."
TOO_LARGE = "Dit bestand is groter dan 2 MB. Verdeel de rijen over meer bestanden."
EMPTY = "Dit bestand is leeg."
BUSY = "Er worden nu veel bestanden gelezen. Probeer het over een minuut opnieuw."


class Overflow(Exception):
    """It says more than any file holds."""


class Uploads:
    """Reads files, two at a time in each process of the portal."""

    def __init__(self) -> None:
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def read(self, name: str, content: bytes) -> Sheet:
        """Raises FileRefused."""
        if PurePath(name.replace("\\", "/")).suffix.lower() not in KNOWN:
            raise FileRefused(UNKNOWN)
        if len(content) > LARGEST:
            raise FileRefused(TOO_LARGE)
        if not content:
            raise FileRefused(EMPTY)
        if self._waiting >= MOST_WAITING:
            raise FileRefused(BUSY)
        self._waiting += 1
        try:
            async with self._turn:
                return await _read(content)
        finally:
            self._waiting -= 1


async def _read(content: bytes) -> Sheet:
    answer = await asyncio.to_thread(_parsed, await _answer(content))
    if "refused" in answer:
        raise FileRefused(answer["refused"])
    (_, head), *rows = answer["rows"]
    return Sheet(head, rows)


def _parsed(answer: bytes) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = json.loads(answer)
    except ValueError:  # it was ended half-way
        logger.warning("upload_not_read", answered=len(answer))
        return {"refused": TOO_MUCH}
    return parsed


async def _answer(content: bytes) -> bytes:
    """What the process says in its time; it is gone afterwards, whatever happens."""
    command = (sys.executable, "-m", "app.imports.reading")
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=ENVIRONMENT, start_new_session=True
    )
    try:
        async with asyncio.timeout(PATIENCE):
            _, answer = await asyncio.gather(_send(process, content), _receive(process))
            await process.wait()
            return answer
    except (TimeoutError, Overflow):
        return b""
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.communicate()  # closes the pipes and takes note of its end


async def _send(process: Process, content: bytes) -> None:
    assert process.stdin is not None
    with suppress(ConnectionError):  # it has ended already
        process.stdin.write(content)
        await process.stdin.drain()
    process.stdin.close()


async def _receive(process: Process) -> bytes:
    assert process.stdout is not None
    parts, length = [], 0
    while part := await process.stdout.read(1 << 16):
        parts.append(part)
        length += len(part)
        if length > LARGEST_ANSWER:
            raise Overflow
    return b"".join(parts)
