"""Connections to PostgreSQL: several hosts if the address names them, and a limit to every wait."""

import asyncio
import time
from collections import deque
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg

# In seconds.
CONNECT_TIMEOUT = 3.0  # per host
CONNECT_AGAIN = 1.5  # for as long as that, to hosts that refuse: one that starts again is soon there
COMMAND_TIMEOUT = 5.0
CATCH_UP = 2.0  # of a standby
PAUSE = 0.1
UNREACHABLE = (
    OSError,  # TimeoutError is one
    asyncpg.CannotConnectNowError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.exceptions.TargetServerAttributeNotMatched,
)
LOST = (
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.InterfaceError,  # the connection is closed
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    ConnectionError,
)
"""What a statement raises whose connection died before it or of it."""
SERVER_SETTINGS = {
    "application_name": "portaal",
    "jit": "off",
    "timezone": "UTC",
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "idle_in_transaction_session_timeout": "10s",
}


class Server:
    """One address of PostgreSQL, which may name several hosts."""

    def __init__(self, url: str, statement_cache: int | None) -> None:
        self._addresses = deque(_one_per_host(url))
        self._options = _connection_options(url, statement_cache)

    async def connect(self, options: dict[str, Any]) -> Any:
        """To the first host that can write; the next attempt starts there. Hosts that refuse are asked again for a
        moment: nothing was done yet."""
        until = time.monotonic() + CONNECT_AGAIN
        while True:
            for _ in range(len(self._addresses) - 1):
                with suppress(*UNREACHABLE):
                    return await self._connect_to(self._addresses[0], options)
            try:
                return await self._connect_to(self._addresses[0], options)
            except UNREACHABLE:
                if time.monotonic() > until:
                    raise
            await asyncio.sleep(PAUSE)

    async def _connect_to(self, address: str, options: dict[str, Any]) -> Any:
        try:
            return await asyncpg.connect(address, **(self._options | options))
        except BaseException:
            if self._addresses[0] == address:
                self._addresses.rotate(-1)
            raise


async def caught_up(connection: Any, place: str) -> bool:
    """Whether this standby knows what the primary had written up to that place of its log, after a moment at most."""
    until = time.monotonic() + CATCH_UP
    while await connection.fetchval("SELECT pg_last_wal_replay_lsn() < $1::text::pg_lsn", place):
        if time.monotonic() > until:
            await connection.close()
            return False
        await asyncio.sleep(PAUSE / 5)
    return True


def _one_per_host(url: str) -> list[str]:
    """asyncpg's time-out spans all hosts of a URL, so one that swallows packets would hide the rest."""
    parts = urlsplit(url)
    user, at, hosts = parts.netloc.rpartition("@")
    return [parts._replace(netloc=f"{user}{at}{host}").geturl() for host in hosts.split(",")]


def _connection_options(url: str, statement_cache: int | None) -> dict[str, Any]:
    """What the URL itself sets, stays."""
    parts = urlsplit(url)
    given = parse_qs(parts.query)
    settings = SERVER_SETTINGS if statement_cache != 0 else {}
    options: dict[str, Any] = {
        "timeout": CONNECT_TIMEOUT,
        "command_timeout": COMMAND_TIMEOUT,
        "server_settings": {name: value for name, value in settings.items() if name not in given},
    }
    if statement_cache is not None:
        options["statement_cache_size"] = statement_cache
    if "sslmode" not in given:  # then the server is on this machine: the settings see to that
        options["ssl"] = "disable"
    if "," in parts.netloc and "target_session_attrs" not in given:
        options["target_session_attrs"] = "read-write"
    return options
