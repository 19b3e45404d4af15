"""Ten thousand connections that say nothing take no place from who asks for a page."""

import resource
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.browser import worker
from tests.instances import Start
from tests.processes import family
from tests.worlds import Worlds

MANY = 10_000
FILES = MANY + 2_000
PER_ADDRESS = 2_500
QUICK = 1.0
GROWN = 200
"""MiB that the server may need for them."""


def test_ten_thousand_connections_take_no_place(worlds: Worlds, start: Start, record_property: Any) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < FILES:
        pytest.skip(f"needs {FILES} open files, and {most} are allowed here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, most))
    worlds.copy("demo", name := f"many-{worker()}")
    process, url = start(worlds, name)
    before = mebibytes(process.pid)
    lines = [connect(url, place) for place in range(MANY)]
    waited = [seconds_for(f"{url}/inloggen") for _ in range(20)]
    grown = mebibytes(process.pid) - before
    for line in lines:
        line.close()
    record_property("fault", f"{MANY} connections that say nothing")
    record_property("more", f"slowest page {max(waited):.2f} s, {grown:.0f} MiB of memory")
    assert max(waited) < QUICK, sorted(waited)
    assert grown < GROWN
    assert seconds_for(f"{url}/inloggen") < QUICK


def connect(url: str, place: int) -> socket.socket:
    """One address of this machine has ports for some of them."""
    at = urlsplit(url)
    line = socket.socket()
    line.bind((f"127.0.1.{1 + place // PER_ADDRESS}", 0))
    line.connect((at.hostname, at.port))
    return line


def seconds_for(url: str) -> float:
    began = time.monotonic()
    assert httpx.get(url, timeout=30).status_code == 200
    return time.monotonic() - began


def mebibytes(parent: int) -> float:
    """Of a server and its processes."""
    pages = sum(int((each / "statm").read_text().split()[1]) for each in family(parent))
    return pages * resource.getpagesize() / 1024 / 1024
