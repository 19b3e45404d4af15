"""A line to the server that can be slow, or swallow everything: what a real network does at times."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import urlsplit


class Line:
    """`delay` and `dead` may change while it is in use."""

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._target = (str(self._url.hostname), int(self._url.port or 5432))
        self._ends: list[_End] = []
        self.delay = 0.0
        self.dead = False
        self.calls = 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    @property
    def url(self) -> str:
        """The database's address over this line."""
        return self._url._replace(netloc=f"{self._url.username}@{self.host}").geturl()

    async def start(self) -> None:
        self._server = await asyncio.get_running_loop().create_server(self._accept, "127.0.0.1", 0)

    def stop(self) -> None:
        self._server.close()
        for end in self._ends:
            end.transport.abort()

    def _accept(self) -> "_End":
        self.calls += 1
        end = _End(self)
        asyncio.get_running_loop().create_task(self._connect(end))
        return end

    async def _connect(self, near: "_End") -> None:
        far = _End(self)
        await asyncio.get_running_loop().create_connection(lambda: far, *self._target)
        self._ends += [near, far]
        if near.transport.is_closing():
            far.transport.abort()
        else:
            near.carry_to(far)
            far.carry_to(near)


class _End(asyncio.Protocol):
    def __init__(self, line: Line) -> None:
        self._line = line
        self._other: asyncio.Transport | None = None
        self._due = 0.0

    def connection_made(self, transport: Any) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.pause_reading()

    def carry_to(self, other: "_End") -> None:
        self._other = other.transport
        self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        if self._other is not None and not self._line.dead:
            self._later(self._other.write, data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._other is not None:
            self._later(self._other.close)

    def _later(self, act: Callable[..., None], *args: bytes) -> None:
        """In the order of asking, whatever the delay has become meanwhile."""
        loop = asyncio.get_running_loop()
        self._due = max(self._due, loop.time() + self._line.delay)
        loop.call_at(self._due, act, *args)


@asynccontextmanager
async def line_to(url: str) -> AsyncIterator[Line]:
    line = Line(url)
    await line.start()
    try:
        yield line
    finally:
        line.stop()
        await asyncio.sleep(0.01)  # the sockets close in the loop's next round
