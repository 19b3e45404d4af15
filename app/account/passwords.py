"""Passwords: the one rule for new ones, and the hash that is kept of them."""

import asyncio
import os
import secrets
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw
from litestar.exceptions import ServiceUnavailableException

T = TypeVar("T")

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # KiB: OWASP's floor for argon2id
THREADS = max(1, (os.cpu_count() or 1) - 1)
LONGEST_QUEUE = 20

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
_places = BoundedSemaphore(THREADS + LONGEST_QUEUE)
_doors = BoundedSemaphore(THREADS + LONGEST_QUEUE)


class TooBusy(ServiceUnavailableException):
    """Too many wait already: 503."""

    def __init__(self) -> None:
        super().__init__(detail="", headers={"Retry-After": "10"})


def hash_now(password: str) -> str:
    """In the caller's own thread: for commands, where nobody else waits."""
    return HASHER.hash(_as_bytes(password))


@contextmanager
def door() -> Iterator[None]:
    """For who comes in to have a password checked: no more of them at once than can wait for that, so that a storm of
    them leaves the database to the pages. Raises TooBusy."""
    if not _doors.acquire(blocking=False):
        raise TooBusy
    try:
        yield
    finally:
        _doors.release()


async def hash_password(password: str) -> str:
    return await _in_pool(hash_now, password)


async def verify(known: str | None, password: str) -> bool:
    """Whether the hash is of this password. Without a hash: never, after the same time."""
    matches = await _in_pool(_matches, known or NOBODYS, password)
    return matches and known is not None


def is_outdated(known: str) -> bool:
    """Whether the hash was made with other parameters than those of today."""
    return HASHER.check_needs_rehash(known)


async def stretch(codes: Sequence[str], salt: bytes) -> list[str]:
    """Of each code 24 bytes in hexadecimals, which take as long to make as the hash of a password."""
    return await _in_pool(_stretch_now, codes, salt)


async def _in_pool(call: Callable[..., T], *arguments: Any) -> T:
    """Raises TooBusy when too many wait already: each waits for all before it."""
    if not _places.acquire(blocking=False):
        raise TooBusy
    job = _threads.submit(call, *arguments)
    job.add_done_callback(lambda _: _places.release())
    return await asyncio.wrap_future(job)


def _matches(known: str, password: str) -> bool:
    try:
        return HASHER.verify(known, _as_bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _stretch_now(codes: Sequence[str], salt: bytes) -> list[str]:
    made = (
        hash_secret_raw(code.encode(), salt, time_cost=2, memory_cost=19_456, parallelism=1, hash_len=24, type=Type.ID)
        for code in codes
    )
    return [each.hex() for each in made]


def _as_bytes(password: str) -> bytes:
    """As received, but for NFC: keyboards differ in how they write the same sign."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


# What an unknown user's password is compared with, so that the answer takes as long.
NOBODYS = hash_now(secrets.token_urlsafe())
