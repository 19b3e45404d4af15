"""Load by wrk, and what it costs: requests a second, how long they take, processor time of server and database."""

import os
import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.processes import family, fields

TICKS = os.sysconf("SC_CLK_TCK")
QUIET = 0.15
"""Of the machine's time may be somebody else's."""
PATIENCE = 120.0
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclass(frozen=True)
class Measured:
    """Milliseconds; processor time per request."""

    per_second: float
    p50: float
    p99: float
    server: float
    database: float
    bytes: float


def measure(
    url: str, headers: dict[str, str], connections: int, seconds: float, server: int, database: int | None, times: int
) -> Measured:
    """The medians of so many runs, each begun when the machine is quiet. `server` and `database` lead the groups of
    processes that are counted. Raises RuntimeError when anything but a page came back."""
    found = []
    for _ in range(times):
        wait_until_quiet()
        found.append(one_run(url, headers, connections, seconds, server, database))
    return Measured(*(median(getattr(each, field) for each in found) for field in Measured.__dataclass_fields__))


def wait_until_quiet() -> None:
    """Gives up waiting in time: the load of the moment stands in the table."""
    deadline = time.monotonic() + PATIENCE
    while _busy(0.5) > QUIET and time.monotonic() < deadline:
        pass


def one_run(
    url: str, headers: dict[str, str], connections: int, seconds: float, server: int, database: int | None = None
) -> Measured:
    """Whatever else goes on."""
    before = _spent(server), _spent(database)
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds:g}s",
        "--timeout",
        "10s",
        "--latency",
        *given(headers),
        url,
    ]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    after = _spent(server), _spent(database)
    refuse_failures(told, url)
    [(requests, size)] = re.findall(r"(\d+) requests in \S+, ([\d.]+\w+) read", told)
    done = int(requests)
    return Measured(
        per_second=per_second(told),
        p50=_milliseconds(told, "50%"),
        p99=_milliseconds(told, "99%"),
        server=1000 * (after[0] - before[0]) / done,
        database=1000 * (after[1] - before[1]) / done,
        bytes=_bytes(size) / done,
    )


def given(headers: Mapping[str, str]) -> list[str]:
    """To wrk."""
    return [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]


def refuse_failures(told: str, what: str) -> None:
    """Raises RuntimeError when wrk got anything but a page."""
    if failed := re.search(r"Non-2xx or 3xx responses: \d+|Socket errors: .+", told):
        raise RuntimeError(f"{what}: {failed[0]}")


def per_second(told: str) -> float:
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", told)[0])


def _milliseconds(told: str, line: str) -> float:
    [(number, unit)] = re.findall(rf"^\s+{line}\s+([\d.]+)(us|ms|s|m)$", told, re.M)
    return float(number) * UNITS[unit]


def _bytes(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)([KMG]?)B", text).groups()  # type: ignore[union-attr]
    return float(number) * (1, 1024, 1024**2, 1024**3)["KMG".find(unit) + 1 if unit else 0]


def _spent(group: int | None) -> float:
    """Seconds of the processor that the processes of a group and their children took until now."""
    if group is None:
        return 0.0
    return sum(int(ticks) for each in family(group) for ticks in fields(each)[11:13]) / TICKS


def _busy(seconds: float) -> float:
    def now() -> tuple[int, int]:
        ticks = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
        return sum(ticks), ticks[3] + ticks[4]

    total, idle = now()
    time.sleep(seconds)
    later, idle_later = now()
    return 1 - (idle_later - idle) / max(1, later - total)
