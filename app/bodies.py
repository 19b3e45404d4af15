"""What is sent must be clear about where it ends and for whom it is, and must arrive in time: whoever sends it drop by
drop is answered, and the connection closed, so that a thousand of them do not keep everybody else out."""

import asyncio
from collections import Counter

from litestar.enums import ScopeType
from litestar.exceptions import HTTPException
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send
from litestar.types.asgi_types import ReceiveMessage

PATIENCE = 10.0
"""Seconds from when the portal starts to read."""
SLOWEST = 1024
"""Bytes that each second more must bring."""


CLOSE = {"Connection": "close"}


class TooSlow(HTTPException):
    status_code = 408

    def __init__(self) -> None:
        super().__init__(status_code=408, headers=CLOSE)


class Ambiguous(HTTPException):
    """It has no clear end, or a proxy may see another than the portal does."""

    status_code = 400

    def __init__(self) -> None:
        super().__init__(status_code=400, headers=CLOSE)


class BodyDeadline(ASGIMiddleware):
    """Before everything that reads a body."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        _refuse_ambiguous(scope)
        await next_app(scope, _in_time(receive), send)


def _refuse_ambiguous(scope: Scope) -> None:
    """Two hosts or none, two lengths, or a length beside chunks: raises Ambiguous. Granian fills in an empty host."""
    names = Counter(name.lower() for name, _ in scope["headers"])
    hosts = [host for name, host in scope["headers"] if name.lower() == b"host"]
    lengths = names[b"content-length"] + names[b"transfer-encoding"]
    if len(hosts) != 1 or not hosts[0] or lengths > 1:
        raise Ambiguous


def _in_time(receive: Receive) -> Receive:
    clock = asyncio.get_running_loop().time
    began = size = 0.0
    is_whole = False

    async def received() -> ReceiveMessage:
        """Raises TooSlow and Ambiguous. Behind the body comes only that the other side is gone: that may take long."""
        nonlocal began, size, is_whole
        if is_whole:
            return await receive()
        began = began or clock()
        try:
            async with asyncio.timeout_at(began + PATIENCE + size / SLOWEST):
                message = await receive()
        except TimeoutError:
            raise TooSlow from None
        if message["type"] != "http.request":  # the server found no end to a chunk, or lost the other side
            raise Ambiguous
        size += len(message["body"])
        is_whole = not message["more_body"]
        return message

    return received
