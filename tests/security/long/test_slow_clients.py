"""Fifteen hundred who send slowly keep nobody else waiting, on the portal as it is shipped."""

import resource
import socket
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.browser import serving
from tests.security.test_sockets import FORM, POST, connect
from tests.worlds import Worlds

SLOW = 1500
pytestmark = pytest.mark.long


def test_who_sends_slowly_keeps_nobody_waiting(worlds: Worlds, tmp_path: Path) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(8000, most), most))
    with serving(worlds, "slow-clients", tmp_path) as url:
        lines = [_slow(url, place) for place in range(SLOW)]
        waited = [_seconds_for(f"{url}/inloggen") for _ in range(20)]
        assert sorted(waited)[10] < 2, waited
        time.sleep(40)  # a body has ten seconds, a head thirty
        still_open = [line for line in lines if _is_open(line)]
        assert len(still_open) < SLOW / 100
        assert _seconds_for(f"{url}/inloggen") < 2
        for line in lines:
            line.close()


def _slow(url: str, place: int) -> socket.socket:
    """By turns nothing but a part of a head, and a whole head with the first sign of a body."""
    line = connect(url)
    line.sendall(POST + (b"X-A: " if place % 2 else FORM + b"Content-Length: 5000\r\n\r\na"))
    return line


def _seconds_for(url: str) -> float:
    began = time.monotonic()
    with urlopen(url, timeout=20) as answer:  # noqa: S310
        assert answer.status == 200
    return time.monotonic() - began


def _is_open(line: socket.socket) -> bool:
    line.settimeout(0.01)
    try:
        while line.recv(65536):
            pass
    except TimeoutError:
        return True
    except OSError:
        return False
    return False
