"""Told to stop, the portal says so first, finishes what is under way, and is gone in time: the real server, on either
database."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from app import serving
from app.environment import SHARED
from app.serving import NOTICE, shared_folder
from app.settings import get_settings
from tests.account.test_on_a_real_server import answer_on, browser, form_of, half_sent, sign_in
from tests.browser import worker
from tests.instances import Start
from tests.postgres import Server
from tests.worlds import Worlds

IN_TIME = 30.0
DATABASE_TELLS = 3.0


def gone(process: subprocess.Popen[bytes], since: float) -> float:
    assert process.wait(timeout=IN_TIME + 5) == 0
    return time.monotonic() - since


def until_not_ready(url: str) -> None:
    deadline = time.monotonic() + NOTICE
    while httpx.get(f"{url}/gereed").status_code != 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_what_is_under_way_is_finished(worlds: Worlds, start: Start) -> None:
    worlds.copy("demo", name := f"stopping-{worker()}")
    process, url = start(worlds, name, workers=2)
    with browser(url) as client:
        session = sign_in(client)
        fields = form_of(client, "/profiel/bewerken") | {"voornaam": "Hanneke"}
        lines = [half_sent(url, "/profiel/bewerken", session, fields) for _ in range(4)]
        process.send_signal(signal.SIGTERM)
        since = time.monotonic()
        until_not_ready(url)
        assert client.get("/profiel").status_code == 200, "others are served meanwhile"
        time.sleep(max(0, since + NOTICE + 1 - time.monotonic()))
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", httpx.URL(url).port or 0), timeout=5)
        for line, rest in lines:
            line.sendall(rest)
        assert {answer_on(line).split("\r\n")[0] for line, _ in lines} == {"HTTP/1.1 303 See Other"}
    assert gone(process, since) < NOTICE + 10


def test_it_stops_although_the_database_hangs(own_server: Server, own_worlds: Worlds, start: Start) -> None:
    process, url = start(own_worlds, "portaal", workers=2)
    assert httpx.get(f"{url}/gereed").status_code == 200
    with own_server.frozen(), ThreadPoolExecutor(8) as beside:
        asking = [beside.submit(httpx.get, f"{url}/aanmelden", timeout=IN_TIME) for _ in range(6)]
        began = time.monotonic()
        assert httpx.get(f"{url}/gereed").status_code == 503
        assert time.monotonic() - began < DATABASE_TELLS
        assert httpx.get(f"{url}/gezond").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert gone(process, time.monotonic()) < IN_TIME
        assert {each.result().status_code for each in asking} == {503}


def test_where_only_the_data_can_be_written_what_passes_lies_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TMPDIR", SHARED):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/proc"])
    data = tmp_path / "data"
    settings = replace(get_settings(), database_url=f"sqlite:///{data}/portaal.sqlite")
    monkeypatch.setattr(serving, "get_settings", lambda: settings)
    with shared_folder():
        assert Path(os.environ[SHARED]).parent == Path(tempfile.mkdtemp()).parent == data
        assert os.environ["TMPDIR"] == str(data)
    assert not Path(os.environ[SHARED]).exists()
