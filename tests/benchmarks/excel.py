"""Workbooks: the portal's writer beside openpyxl's own, and pages while a large one is made."""

import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from httpx import Client
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment

from app.downloads.delivery import AT_ONCE, WARM_AFTER
from app.downloads.listings import MOST
from app.workbooks.book import DAY_FORMAT, Book, Column
from tests.benchmarks.load import measure, one_run, wait_until_quiet
from tests.benchmarks.shipped import Bench, Figure, Portal, at_least, at_most

ROWS = 10_000
FEW = 1_000
TIMES = 5
GROWTH_MB = 10.0
TEXTS = ("Naam", "Voornaam", "Tussenvoegsel", "Achternaam", "E-mailadres", "Deelnamenummer", "Organisatie", "Code")
MORE_TEXTS = ("Route", "Profiel", "Soort", "Status")
DAYS = ("Aangemeld", "Betaling op", "Theorietoets op", "Geldig tot")
COLUMNS = [Column(title, 20) for title in (*TEXTS, *MORE_TEXTS, *DAYS)]

LOOKS_ON = "schaal.groot"
CONNECTIONS = (2, 16)
SECONDS = 3.0
"""Of a run under load: shorter than it takes to make the workbook."""
RUNS = 3

Row = Sequence[str | date]
Write = Callable[[Iterator[Row], Path], None]


def figures(bench: Bench) -> list[Figure]:
    return [*writers(), *meanwhile(bench)]


# The writers, each in a process of its own


def writers() -> list[Figure]:
    wait_until_quiet()
    own, styled, plain = _apart(_seconds)
    _, grown = _apart(_growth)
    what = f"Excel, {ROWS:,} x {len(COLUMNS)}"
    return [
        at_most(
            f"{what}, times openpyxl with the same styles", 1.15, own / styled, note=f"{own:.2f} s, {styled:.2f} s"
        ),
        at_most(f"{what}, times openpyxl without any", 1.5, own / plain, note=f"{own:.2f} s, {plain:.2f} s"),
        at_most(f"{what}: memory beyond that of {FEW:,} rows", GROWTH_MB, grown, " MB"),
    ]


def _apart(work: Callable[[], Sequence[float]]) -> Sequence[float]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work).result()


def _seconds() -> list[float]:
    """Of the processor, in turn: the portal's writer, openpyxl styled, openpyxl plain; the medians."""
    rows = list(rows_of(ROWS))
    with tempfile.TemporaryDirectory() as folder:
        times = [[_timed(write, rows, Path(folder)) for write in (own, styled, plain)] for _ in range(TIMES)]
    return [median(each) for each in zip(*times, strict=True)]


def _timed(write: Write, rows: Sequence[Row], folder: Path) -> float:
    start = time.process_time()
    write(iter(rows), folder / "book.xlsx")
    return time.process_time() - start


def _growth() -> list[float]:
    """Megabytes: the most that this process ever had after few rows, and how much more after all."""
    peaks = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (FEW, ROWS):
            own(rows_of(count), Path(folder, "book.xlsx"))
            peaks.append(_peak())
    return [peaks[0], peaks[1] - peaks[0]]


def _peak() -> float:
    """As the system knows it of this program: what `getrusage` tells may be of the one that started it."""
    [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) / 1024


def rows_of(count: int) -> Iterator[Row]:
    first = date(2026, 1, 1)
    for number in range(count):
        texts = [f"{title} {number}" for title in (*TEXTS, *MORE_TEXTS)]
        yield [*texts, *(first + timedelta(days=number % 365 + place) for place in range(len(DAYS)))]


def own(rows: Iterator[Row], target: Path) -> None:
    with Book(target) as book:
        sheet = book.sheet("Kandidaten", COLUMNS)
        for row in rows:
            sheet.append(row)
        sheet.finish({})


def styled(rows: Iterator[Row], target: Path) -> None:
    """A cell per value, which is how openpyxl gives a value a style."""
    book = Workbook(write_only=True)
    sheet, left = book.create_sheet("Kandidaten"), Alignment(horizontal="left")
    sheet.append([column.title for column in COLUMNS])
    for row in rows:
        cells = [WriteOnlyCell(sheet, value) for value in row]
        for cell, value in zip(cells, row, strict=True):
            if isinstance(value, str):
                cell.quotePrefix = True
            else:
                cell.number_format, cell.alignment = DAY_FORMAT, left
        sheet.append(cells)
    book.save(target)


def plain(rows: Iterator[Row], target: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Kandidaten")
    sheet.append([column.title for column in COLUMNS])
    for row in rows:
        sheet.append(row)
    book.save(target)


# Pages meanwhile


def meanwhile(bench: Bench) -> list[Figure]:
    """Somebody looks at the Overzicht while somebody has a large workbook made. Nothing in a world without one."""
    whose, rows = _large_list(bench.size)
    if not whose:
        return []
    with bench.portal() as portal, portal.client(whose) as client:
        time.sleep(2 * WARM_AFTER)  # until the process that writes them is there
        return [each for count in CONNECTIONS for each in _beside(portal, client, rows, count)]


def _large_list(size: int) -> tuple[str, int]:
    """Who has it, and about how many rows: more than are made at once, no more than are made at all."""
    if size // 20 > AT_ONCE:
        return "schaal.groot", size // 20
    return ("beheerder", size) if AT_ONCE < size < MOST else ("", 0)


def _beside(portal: Portal, client: Client, rows: int, connections: int) -> list[Figure]:
    address, headers = f"{portal.url}/overzicht", portal.headers(LOOKS_ON)
    quiet = measure(address, headers, connections, SECONDS, portal.pid, None, RUNS)
    runs = []
    for _ in range(RUNS):
        with _under_way(client):
            runs.append(one_run(address, headers, connections, SECONDS, portal.pid))
    slow, rate = median(run.p99 for run in runs), median(run.per_second for run in runs)
    what = f"while {rows:,} rows go to Excel, {connections} connections"
    return [
        at_most(f"Pages' p99 {what}, times quiet", 2, slow / quiet.p99, note=f"{slow:.1f} ms, {quiet.p99:.1f} ms"),
        at_least(
            f"Pages' throughput {what}, of quiet",
            90,
            100 * rate / quiet.per_second,
            " %",
            f"{rate:.0f} a second, {quiet.per_second:.0f}",
        ),
    ]


@contextmanager
def _under_way(client: Client) -> Iterator[None]:
    """Raises RuntimeError when the workbook was done before the block was."""
    asked = client.get("/overzicht.xlsx")
    assert asked.status_code == 303, asked.status_code
    address = asked.headers["location"]
    yield
    if "<progress" not in client.get(address).text:
        raise RuntimeError("the workbook was done too soon to say what it cost")
    while "<progress" in client.get(address).text:
        time.sleep(0.5)
