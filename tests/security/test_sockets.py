"""What no browser sends, to the real server: answered or cut off, and never a failure or a word too many."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from app.bodies import PATIENCE

HOST = b"Host: 127.0.0.1\r\n"
GET = b"GET /ondersteuning HTTP/1.1\r\n" + HOST
POST = b"POST /inloggen HTTP/1.1\r\n" + HOST
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
SMUGGLED = b"GET /ondersteuning HTTP/1.1\r\nHost: smuggled.example\r\n\r\n"

# What is sent, and which statuses an answer may have; whoever is not answered is cut off.
TABLE: dict[str, tuple[bytes, set[int]]] = {
    "a length beside chunks": (
        POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX",
        {400, 403},
    ),
    "two lengths": (
        POST + b"Content-Length: 6\r\nContent-Length: 5\r\n\r\nabcdef",
        {400},
    ),
    "a length that is none": (POST + b"Content-Length: +6\r\n\r\nabcdef", {400}),
    "a length below nothing": (POST + b"Content-Length: -1\r\n\r\n", {400}),
    "a length of forty digits": (
        POST + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n",
        {400, 413},
    ),
    "chunks in disguise": (
        POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        {400, 403},
    ),
    "a chunk that is none": (
        POST + FORM + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nab\r\n0\r\n\r\n",
        {400, 403},
    ),
    "two hosts": (GET + b"Host: evil.example\r\n\r\n", {400}),
    "no host": (b"GET /ondersteuning HTTP/1.1\r\n\r\n", {400}),
    "bare line ends": (b"GET /ondersteuning HTTP/1.1\nHost: 127.0.0.1\n\n", {200, 400}),
    "a header on two lines": (GET + b"X-A: b\r\n c\r\n\r\n", {400}),
    "a space before the colon": (b"GET /ondersteuning HTTP/1.1\r\nHost : 127.0.0.1\r\n\r\n", {400}),
    "NUL in a header": (GET + b"X-A: b\x00c\r\n\r\n", {400}),
    "a header of a megabyte": (
        GET + b"X-A: " + b"b" * 2**20 + b"\r\n\r\n",
        {400, 431},
    ),
    "a thousand headers": (GET + b"X-A: b\r\n" * 1000 + b"\r\n", {400, 431}),
    "an address of a megabyte": (b"GET /" + b"a" * 2**20 + b" HTTP/1.1\r\n" + HOST + b"\r\n", {400, 414, 431}),
    "a whole address": (b"GET http://evil.example/ondersteuning HTTP/1.1\r\n" + HOST + b"\r\n", {200, 400, 404}),
    "another protocol": (b"GET /ondersteuning HTTP/9.9\r\n" + HOST + b"\r\n", {400, 505}),
    "no protocol": (b"GET /ondersteuning\r\n\r\n", {400}),
    "a verb of its own": (b"GRAB /ondersteuning HTTP/1.1\r\n" + HOST + b"\r\n", {400, 405}),
    "TRACE": (b"TRACE /ondersteuning HTTP/1.1\r\n" + HOST + b"Cookie: sessie=geheim4711\r\n\r\n", {400, 405}),
    "CONNECT": (b"CONNECT evil.example:443 HTTP/1.1\r\n" + HOST + b"\r\n", {400, 404, 405}),
    "another socket": (
        b"GET /overzicht HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        {303, 400, 403, 404, 426},
    ),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200, {400}),
    "nothing that can be read": (bytes(range(256)) * 4 + b"\r\n\r\n", {400}),
}
TELLING = (
    b"Traceback",
    b"litestar",
    b"geheim4711",
    b"/site-packages",
    b"evil.example",
    b"smuggled.example",
)


def connect(site: str) -> socket.socket:
    address = urlsplit(site)
    assert address.hostname
    assert address.port
    return socket.create_connection((address.hostname, address.port), timeout=8)


def talk(site: str, sent: bytes) -> bytes:
    """All that comes back until the other end closes the connection, or has answered and says no more."""
    with connect(site) as line:
        with suppress(OSError):  # closed before all was sent: what it said of that is read all the same
            line.sendall(sent)
        return b"".join(_heard(line))


def _heard(line: socket.socket) -> Iterator[bytes]:
    line.settimeout(PATIENCE + 5)
    try:
        while heard := line.recv(65536):
            yield heard
            line.settimeout(0.5)
    except OSError:
        return


def statuses(answer: bytes) -> list[int]:
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]] + [
        int(part[:3]) for part in answer.split(b"HTTP/1.0 ")[1:]
    ]


@pytest.mark.parametrize("what", TABLE)
def test_what_no_browser_sends_is_refused_and_tells_nothing(server: str, what: str) -> None:
    sent, allowed = TABLE[what]
    answer = talk(server, sent)
    assert statuses(answer)
    assert set(statuses(answer)) <= allowed
    assert not [word for word in TELLING if word in answer]


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: identity, chunked\r\n",
        b"Content-Length: 5\r\nContent-Length: 0\r\n",
    ],
)
def test_no_second_request_hides_in_the_first(server: str, headers: bytes) -> None:
    answer = talk(server, POST + FORM + headers + b"\r\n0\r\n\r\n" + SMUGGLED)
    assert len(statuses(answer)) <= 1
    assert b"<h1>Ondersteuning" not in answer


def test_a_body_that_comes_drop_by_drop_is_answered_and_cut_off(server: str) -> None:
    started = time.monotonic()
    with connect(server) as line:
        line.sendall(POST + FORM + b"Content-Length: 5000\r\n\r\na")
        line.settimeout(1)
        answer = b""
        while not answer and time.monotonic() - started < 25:
            try:
                answer = line.recv(65536)
            except TimeoutError:
                line.sendall(b"a")
        answer += b"".join(_heard(line))
    assert statuses(answer) == [408]
    assert b"Dit duurde te lang" in answer
    assert 9 < time.monotonic() - started < 25
