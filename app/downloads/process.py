"""The portal's end of the process that writes workbooks."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self, TypeVar

from app.disclosures import Part, from_text
from app.environment import SHARED

Answer = TypeVar("Answer")

# Seconds without a word, after which the process counts as stuck; it says something every second.
SILENCE = 60.0
START = 60.0


@dataclass(frozen=True)
class Order:
    """Which workbook, for whom."""

    kind: str
    user: int
    query: str


@dataclass(frozen=True)
class Made:
    """A whole workbook. Its file has no name any more: it goes when it is closed."""

    file: BinaryIO
    rows: int
    scope: str
    disclosed: Sequence[Part]
    """Who stands in it."""


class Refused(Exception):
    """No workbook; the message is a Dutch sentence for who asked."""


class Lost(Exception):
    """The process ended before the workbook was whole."""


async def _ignore(rows: int) -> None:
    """Nobody watches."""


class WorkbookProcess:
    """One process, one workbook at a time; who comes meanwhile waits. It starts with the first order, and again
    after it has died."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._folder = ""
        self.waiting = 0
        """How many workbooks are asked for and not made yet."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    async def warm(self) -> None:
        """Starts it before the first order. Raises Lost."""
        async with self._turn:
            await self._whole(self._start())

    async def write(self, order: Order, progress: Callable[[int], Awaitable[None]] = _ignore) -> Made:
        """`progress` hears every second how many rows are done. Raises Refused or Lost; what `progress` raises
        ends the work."""
        self.waiting += 1
        try:
            async with self._turn:
                return await self._write(order, progress)
        finally:
            self.waiting -= 1

    async def stop(self) -> None:
        """At once: what it was writing is nobody's."""
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            process.stdin.close()
            if process.returncode is None:
                process.kill()
            await process.communicate()  # closes the other pipe and takes note of its end
        if self._folder:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _write(self, order: Order, progress: Callable[[int], Awaitable[None]]) -> Made:
        reply = await self._whole(self._ask(order, progress))
        if "refused" in reply:
            raise Refused(reply["refused"])
        # Not in a thread: who is told to stop while it waits for one would leave an open file behind.
        file, parts = [_take(Path(reply[each])) for each in ("done", "disclosed")]
        with parts:
            return Made(file, reply["rows"], reply["scope"], from_text(parts.read().decode("ascii")))

    async def _whole(self, work: Awaitable[Answer]) -> Answer:
        """What fails or is cancelled half-way ends the process: the next order gets a new one."""
        try:
            return await work
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self.stop()
        self._folder = tempfile.mkdtemp(prefix="portaal-workbooks-")
        command = (sys.executable, "-m", "app.downloads.worker", self._folder)
        # It serves nobody, and is one of many in the long run: nothing of it is counted.
        environment = {name: value for name, value in os.environ.items() if name != SHARED}
        # In a session of its own: Ctrl-C is for the portal, which ends it.
        self._process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, start_new_session=True, env=environment
        )
        await _reply(self._process, START)
        return self._process

    async def _ask(self, order: Order, progress: Callable[[int], Awaitable[None]]) -> dict[str, Any]:
        process = await self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
            await process.stdin.drain()
        except ConnectionError as error:
            raise Lost("it was gone") from error
        while True:
            reply = await _reply(process, SILENCE)
            if not reply.keys() <= {"rows"}:
                return reply
            await progress(reply["rows"])


async def _reply(process: Process, patience: float) -> dict[str, Any]:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(patience):
            line = await process.stdout.readline()
    except TimeoutError:
        raise Lost("it said nothing") from None
    if not line.endswith(b"\n"):
        raise Lost("it ended")
    reply: dict[str, Any] = json.loads(line)
    return reply


def _take(path: Path) -> BinaryIO:
    file = path.open("rb")
    path.unlink()
    return file
