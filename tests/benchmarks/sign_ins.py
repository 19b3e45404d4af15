"""Passwords: how many are checked, and what is left for the pages meanwhile. With the right password throttling is
aside: such a try is taken back."""

import gc
import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from statistics import median
from urllib.parse import urlencode, urlsplit

from httpx import Client
from lxml import html

from app.account.passwords import HASHER, hash_now
from tests.benchmarks.load import measure, one_run, per_second, refuse_failures, wait_until_quiet
from tests.benchmarks.pages import PASSWORD
from tests.benchmarks.shipped import Bench, Figure, Portal, at_least, at_most, cookies, p99

CORES = 2
LOOKS_ON = "schaal.groot"
SIGNS_IN = "schaal.midden"
CONNECTIONS = (2, 16)
STORM = 8
"""Who sign in at once, again and again: fewer than are throttled before they are known to be right."""
RUNS = 3
EVERY = 0.005
"""Seconds between two looks at the loop."""
LUA = """
wrk.method = "POST"
wrk.body = "{body}"
wrk.headers["Cookie"] = "{cookies}"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
"""


def figures(bench: Bench) -> list[Figure]:
    found = [hashes(bench.seconds)]
    with bench.portal() as portal:
        found += [storm_beside_pages(bench, portal, count) for count in CONNECTIONS]
        return [*found, loop_lag(bench, portal)]


def hashes(seconds: float) -> Figure:
    rates = [_hashes(seconds) for _ in range(RUNS)]
    return at_least(f"Passwords checked, on {CORES} cores of {os.cpu_count()}", 80, median(rates), " a second")


def _hashes(seconds: float) -> float:
    """A second, with both cores at work, and nothing but that."""
    wait_until_quiet()
    known = hash_now(PASSWORD)
    until = time.perf_counter() + seconds

    def verify(_: int) -> int:
        done = 0
        while time.perf_counter() < until:
            HASHER.verify(known, PASSWORD)
            done += 1
        return done

    with ThreadPoolExecutor(CORES) as threads:
        return sum(threads.map(verify, range(CORES))) / seconds


def storm_beside_pages(bench: Bench, portal: Portal, connections: int) -> Figure:
    address, headers = f"{portal.url}/overzicht", portal.headers(LOOKS_ON)
    quiet = measure(address, headers, connections, bench.seconds, portal.pid, None, RUNS)
    rates, stormed = [], []
    for _ in range(RUNS):
        with storm(bench, portal, bench.seconds + 1) as signed_in:
            time.sleep(0.5)
            rates.append(one_run(address, headers, connections, bench.seconds, portal.pid).per_second)
        stormed += signed_in
    return at_least(
        f"Pages' throughput under a storm of sign-ins, {connections} connections, of quiet",
        75,
        100 * median(rates) / quiet.per_second,
        " %",
        f"{median(rates):.0f} a second, {quiet.per_second:.0f}; {median(stormed):.0f} sign-ins a second",
    )


def loop_lag(bench: Bench, portal: Portal) -> Figure:
    """From outside, in the process that serves: how long `/gezond`, which does next to nothing, is waited for at fixed
    moments, from the moment on. It holds the answer itself and whatever keeps the one who asks: the lag is less."""
    wait_until_quiet()
    quiet = looks(portal, bench.seconds)
    with storm(bench, portal, bench.seconds + 1) as signed_in:
        time.sleep(0.5)
        busy = looks(portal, bench.seconds)
    return at_most(
        "Loop lag p99 under a storm of sign-ins, as the wait for /gezond",
        5,
        p99(busy),
        " ms",
        f"median {median(busy):.1f}; quiet {p99(quiet):.1f}, median {median(quiet):.1f};"
        f" {median(signed_in):.0f} sign-ins a second",
    )


def looks(portal: Portal, seconds: float) -> list[float]:
    """Milliseconds of each. This process looks for no garbage meanwhile: that would be counted."""
    site = HTTPConnection(str(urlsplit(portal.url).netloc))
    gc.disable()
    try:
        waits, begun = [], time.perf_counter()
        for number in range(int(seconds / EVERY)):
            moment = begun + number * EVERY
            time.sleep(max(0, moment - time.perf_counter()))
            site.request("GET", "/gezond")
            answer = site.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            waits.append(1000 * (time.perf_counter() - moment))
        return waits
    finally:
        gc.enable()
        site.close()


@contextmanager
def storm(bench: Bench, portal: Portal, seconds: float) -> Iterator[list[float]]:
    """So many who sign in again and again around the block; afterwards the list has how many a second. Of who was cut
    off at the end of a storm it stays counted that they tried: that is forgotten before the next."""
    portal.databases.execute("DELETE FROM attempt", portal.name)
    script = bench.folder / "storm.lua"
    script.write_text(_form(portal))
    command = ["wrk", "-t1", f"-c{STORM}", f"-d{seconds:g}s", "--timeout", "30s", "-s", str(script)]
    process = subprocess.Popen([*command, f"{portal.url}/inloggen"], stdout=subprocess.PIPE, text=True)
    rate: list[float] = []
    try:
        yield rate
        told, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    refuse_failures(told, "not everybody was signed in")
    rate.append(per_second(told))


def _form(portal: Portal) -> str:
    """Of one who signs in, which can be sent again."""
    with Client(base_url=portal.url, timeout=60) as client:
        form = html.fromstring(client.get("/inloggen").content).forms[0]
        fields = dict(form.form_values()) | {"gebruikersnaam": SIGNS_IN, "wachtwoord": PASSWORD}
        return LUA.format(body=urlencode(fields), cookies=cookies(client))
