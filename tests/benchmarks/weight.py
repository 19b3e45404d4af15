"""What the portal weighs: the time until it serves, the memory it keeps, the bytes it sends."""

import re
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urljoin

from httpx import Client, TransportError
from lxml import html

from tests.benchmarks.load import given, refuse_failures, wait_until_quiet
from tests.benchmarks.pages import WHOLE, sign_in
from tests.benchmarks.shipped import Bench, Figure, Portal, at_most, stop
from tests.postgres import free_port
from tests.processes import family

USER = "schaal.groot"
PAGES = {"Overzicht": "/overzicht", "Betaalcodes": "/betaalcodes"}
STARTS = 5
LOAD = (
    "/overzicht",
    "/betaalcodes",
    "/overzicht?trefwoorden=jansen",
    "/overzicht?route=co&pagina=2",
    "/overzicht?per_pagina=100",
    "/betaalcodes?trefwoorden=jansen",
    "/profiel",
    "/inloggen",
)
CONNECTIONS = 16
GROWTH_MB = 3.0
"""Between half-way and the end of the load: what is more than this is a leak."""
# What a browser fetches of a page besides the page.
PARTS = "//link[@rel='icon' or @rel='stylesheet' or @rel='preload']/@href | //script/@src | //img/@src | //use/@href"


@dataclass(frozen=True)
class Resident:
    """Megabytes of a process that are in memory."""

    own: float
    mapped: float
    """Of the database."""


def figures(bench: Bench) -> list[Figure]:
    with bench.portal() as portal:
        sizes = [*sizes_of_pages(portal), *first_loads(portal)]
    return [start(bench), *sizes, *memory(bench)]


def start(bench: Bench) -> Figure:
    name = bench.world(bench.size)
    wait_until_quiet()
    times = [seconds_to_page(bench, name) for _ in range(STARTS)]
    return at_most("Start to first page", 1.5, median(times), " s", f"of {STARTS} starts, the slowest {max(times):.2f}")


def seconds_to_page(bench: Bench, name: str) -> float:
    url = f"http://127.0.0.1:{free_port()}"
    with Client(base_url=url, timeout=30) as client:
        begun = time.perf_counter()
        process = bench.start(name, url)
        try:
            while not answers(client):
                assert process.poll() is None, "the portal does not start"
                time.sleep(0.005)
            return time.perf_counter() - begun
        finally:
            stop(process)


def answers(client: Client) -> bool:
    try:
        return client.get("/inloggen").status_code == 200
    except TransportError:
        return False


def sizes_of_pages(portal: Portal) -> list[Figure]:
    with portal.client(USER) as client:
        return [figure for page, path in PAGES.items() for figure in sizes_of(client, page, path)]


def sizes_of(client: Client, page: str, path: str) -> list[Figure]:
    answer = client.get(path, headers=WHOLE)
    rows = len(html.fromstring(answer.content).xpath("//tbody/tr"))
    return [
        at_most(f"{page}, {rows} rows: HTML", 52, len(answer.content) / 1000, " KB"),
        at_most(f"{page}, {rows} rows: compressed", 5, answer.num_bytes_downloaded / 1000, " KB"),
    ]


def first_loads(portal: Portal) -> list[Figure]:
    """Of who comes for the first time: to the sign-in page, and with nothing kept to the Overzicht."""
    with Client(base_url=portal.url, timeout=60) as client:
        found = first_load(client, "Sign-in page", "/inloggen")
        sign_in(client, USER)
        return found + first_load(client, "Overzicht", PAGES["Overzicht"])


def first_load(client: Client, page: str, path: str) -> list[Figure]:
    answer = client.get(path, headers=WHOLE)
    places = {urljoin(path, str(place)).partition("#")[0] for place in html.fromstring(answer.content).xpath(PARTS)}
    parts = [client.get(place, headers=WHOLE) for place in sorted(places - {path}) if not place.startswith("data:")]
    assert all(each.status_code == 200 for each in parts), f"{page} lacks a part"
    size = sum(each.num_bytes_downloaded for each in (answer, *parts)) / 1000
    return [
        at_most(f"{page}, first load: compressed", 45, size, " KB"),
        at_most(f"{page}, first load", 6, 1 + len(parts), " requests"),
    ]


def memory(bench: Bench) -> list[Figure]:
    """Of the process that serves, under sixteen connections that ask for all kinds of pages. What it maps of an SQLite
    file is apart: that is memory of the system, which has it back when it wants."""
    script = bench.folder / "pages.lua"
    places = ", ".join(f'"{path}"' for path in LOAD)
    script.write_text(f"local n, paths = 0, {{{places}}}\n" + NEXT)
    with bench.portal() as portal:
        load = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{bench.duration:g}s", "-s", str(script)]
        half: list[Resident] = []
        timer = threading.Timer(bench.duration / 2, lambda: half.append(worker(portal.pid)))
        timer.start()
        told = subprocess.run(
            [*load, *given(portal.headers(USER)), portal.url], check=True, capture_output=True, text=True
        ).stdout
        refuse_failures(told, "under load")
        [middle], end = half, worker(portal.pid)
    asked = told.split(" requests in ")[0].rpartition(" ")[2]
    lasted, note = f"{bench.duration:g} s", f"{int(asked):,} pages; of the database {end.mapped:.0f} MB more"
    return [
        at_most(f"Memory of a worker after {lasted} of load", 150, end.own, " MB", note),
        at_most(f"Its growth in the second half of {lasted}", GROWTH_MB, end.own - middle.own, " MB"),
    ]


NEXT = """
request = function()
    n = n + 1
    return wrk.format("GET", paths[n % #paths + 1])
end
"""


def worker(first: int) -> Resident:
    """Of the largest process that a server started: the one that serves."""
    others = [_resident(each) for each in family(first) if each.name != str(first)]
    return max(others, key=lambda each: each.own)


def _resident(process: Path) -> Resident:
    own = mapped = 0
    for part in re.split(r"^(?=[0-9a-f]+-[0-9a-f]+ )", (process / "smaps").read_text(), flags=re.M)[1:]:
        kilobytes = int(re.findall(r"^Rss:\s+(\d+)", part, re.M)[0])
        if part.partition("\n")[0].endswith(".sqlite"):
            mapped += kilobytes
        else:
            own += kilobytes
    return Resident(own / 1024, mapped / 1024)
