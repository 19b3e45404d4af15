"""The process beside the portal that writes workbooks: `python -m app.downloads.worker FOLDER`.

It reads orders from its standard input and answers on its standard output, a line of JSON each. It reads the
database itself. An error ends it: no workbook, and whoever asked finds the process gone.
"""

import _thread
import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, TextIO

import structlog

from app import logs
from app.acting import acting_for
from app.database import snapshot
from app.disclosures import Part, as_text
from app.downloads.listings import BOOKS, open_listing
from app.downloads.owner import load_owner, scope_of
from app.downloads.process import Order, Refused
from app.viewer import Viewer
from app.workbooks.listing import write_listing

logger = structlog.get_logger()

PATIENCE = 60.0  # seconds for one statement: nobody waits for a page
NICENESS = 10
TICK = 1.0


def main(folder: str) -> None:
    """Until the standard input ends. The folder goes with the process."""
    os.nice(NICENESS)
    tempfile.tempdir = folder
    replies = Replies(_take_standard_output())
    logs.configure()
    try:
        asyncio.run(_serve(Path(folder), replies))
    except (KeyboardInterrupt, BrokenPipeError):
        pass  # the portal is gone
    except Exception as error:
        logger.error("workbook_failed", exc_info=error)
        sys.exit(1)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Replies:
    """What the portal hears: how many rows are done, every second; then how it ended."""

    def __init__(self, channel: TextIO) -> None:
        self._channel = channel
        self._lock = Lock()
        self.rows = 0

    def say(self, **reply: Any) -> None:
        with self._lock:
            self._channel.write(json.dumps(reply) + "\n")
            self._channel.flush()

    def progress(self, rows: int) -> None:
        self.rows = rows

    @contextmanager
    def ticking(self) -> Iterator[None]:
        """Also while a workbook is saved: silence means that this process is gone."""
        self.rows, done = 0, Event()
        thread = Thread(target=self._tick, args=(done,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _tick(self, done: Event) -> None:
        while not done.wait(TICK):
            try:
                self.say(rows=self.rows)
            except OSError:  # the portal is gone, and with it whoever asked
                _thread.interrupt_main()
                return


def _take_standard_output() -> TextIO:
    """Keeps it for replies: whatever else is printed goes to the standard error."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


async def _serve(folder: Path, replies: Replies) -> None:
    replies.say(ready=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        try:
            with replies.ticking():
                reply = await make(Order(**json.loads(line)), folder / "workbook.xlsx", replies)
        except Refused as refusal:
            reply = {"refused": str(refusal)}
        replies.say(**reply)


async def make(order: Order, target: Path, replies: Replies) -> dict[str, Any]:
    """All of it from one moment of the database, the owner's rights too."""
    async with snapshot(PATIENCE):
        owner = await load_owner(order.user)
        with acting_for(owner.access if owner else None):
            rows, parts = await _write(order, owner, target, replies)
        assert owner is not None
    return {"done": str(target), "rows": rows, "scope": scope_of(owner), "disclosed": _beside(target, parts)}


def _beside(target: Path, parts: Sequence[Part]) -> str:
    """A file with who stands in the workbook: too long for a line."""
    file = target.with_suffix(".parts")
    file.write_text(as_text(parts), encoding="ascii")
    return str(file)


async def _write(order: Order, owner: Viewer | None, target: Path, replies: Replies) -> tuple[int, Sequence[Part]]:
    """How many rows it wrote, and who stands in them. Raises Refused."""
    if write := BOOKS.get(order.kind):
        return await write(owner, order.query, target), ()
    listing = await open_listing(order.kind, owner, order.query)
    assert owner is not None
    disclosed = await write_listing(listing, owner, target, replies.progress)
    return listing.total, disclosed.parts


if __name__ == "__main__":
    main(sys.argv[1])
