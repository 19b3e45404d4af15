"""The processes that serve, what they share, and how they stop: first the portal says that it is no longer ready, so
that a balancer turns elsewhere; then it takes no more, finishes what is under way, and ends."""

import gc
import os
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from granian.constants import Interfaces
from granian.server.mp import MPServer

from app.environment import SHARED
from app.settings import get_settings

NOTICE = 2.0
"""Seconds between the word that it stops and the last request that is taken."""
GRACE = 25
"""Seconds for what is under way; whoever then still goes on is ended."""
# Of one worker: far more than who are served at a time, so that those who are slow keep nobody waiting.
CONNECTIONS = 15_000
BACKLOG = 4096


@contextmanager
def shared_folder() -> Iterator[None]:
    """Around all that a process does which serves, from before it loads the portal."""
    _find_room(get_settings().data_folder)
    with tempfile.TemporaryDirectory(prefix="portaal-serving-") as folder:
        os.environ[SHARED] = folder
        yield


def _find_room(data: Path) -> None:
    """Where nothing can be written but the data, as in an image that only reads, files that pass lie beside these."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        data.mkdir(parents=True, exist_ok=True)
        os.environ["TMPDIR"] = tempfile.tempdir = str(data)


def serve(host: str, port: int, workers: int) -> None:
    """Until it is told to stop. Interrupted at a keyboard it gives no notice."""
    PortalServer(
        "app.serving:application",
        factory=True,
        address=host,
        port=port,
        workers=workers,
        interface=Interfaces.ASGI,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE,
        log_access=False,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
    ).serve()


def application() -> Any:
    """The portal, in a process that serves it. What it is made of stays until the end: looking through all that for
    garbage, again and again, would keep a request waiting for 50 ms and more."""
    from app.main import create_app

    app = create_app()
    gc.collect()
    gc.freeze()
    return app


def is_stopping() -> bool:
    """Whether notice was given, to whichever process of this server."""
    folder = os.environ.get(SHARED)
    return folder is not None and _notice(folder).exists()


class PortalServer(MPServer):
    """Granian's, that gives notice. Told to stop it ends well, also when a process had just failed to start."""

    told: int | None = None

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        self.told = args[0]
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]

    def shutdown(self, exit_code: int = 0) -> None:
        if self.told == signal.SIGTERM:
            _notice(os.environ[SHARED]).touch()
            time.sleep(NOTICE)
        if self.told is not None:
            self.interrupt_children.clear()
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]


def _notice(folder: str) -> Path:
    return Path(folder, "stopping")
