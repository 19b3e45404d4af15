"""Around every request: a name of its own, that its answer and all its lines in the log carry, and what it took."""

import re
import secrets
from time import perf_counter

from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from app.meters import count_request
from app.origin import is_trusted

HEADER = "X-Request-ID"
GIVEN = re.compile(r"[\w.-]{8,64}", re.ASCII)


class Observed:
    """Outside everything else, so that it sees what is no page too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            return await self._app(scope, receive, send)
        name, status, began = name_of(scope), 0, perf_counter()

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableScopeHeaders.from_message(message)[HEADER] = name
            await send(message)

        try:
            with bound_contextvars(request=name):
                await self._app(scope, receive, named)
        finally:
            count_request(scope["method"], scope.get("path_template", ""), status, perf_counter() - began)


def name_of(scope: Scope) -> str:
    """What a trusted proxy calls the request; from anybody else a name would be theirs to choose."""
    client = scope["client"]
    if client and is_trusted(client[0]):
        given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
        if GIVEN.fullmatch(given):
            return given
    return secrets.token_hex(8)
