"""What the portal counts of itself while it serves, for whoever watches (`app/metrics.py`). Counted per route as the
program knows it, never per address: no number, name or secret comes into it. Where several processes serve, the library
adds up what each keeps in the folder that they share."""

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary

from app.environment import SHARED

KINDS = ("counter", "gauge_livesum", "histogram", "summary")
ROOM = 1024 * 1024
"""Bytes of the file of each kind."""


def make_room(folder: Path) -> None:
    """Before the library maps its files into memory: where a page of one finds no room on a full disk, the process that
    writes to it is killed."""
    for kind in KINDS:
        file = folder / f"{kind}_{os.getpid()}.db"
        if not file.exists():
            file.write_bytes(bytes(ROOM))


if SHARED in os.environ:
    make_room(Path(os.environ[SHARED]))

COUNTED = CollectorRegistry()

REQUESTS = Counter(
    "portaal_requests",
    "Requests that were answered; an address that is no page has no route.",
    ("method", "route", "status"),
    registry=COUNTED,
)
REQUEST_SECONDS = Histogram(
    "portaal_request_seconds",
    "From the head of a request to the end of its answer.",
    ("route",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=COUNTED,
)
STATEMENT_SECONDS = Summary(
    "portaal_statement_seconds",
    "Statements that the database was asked, waiting for a connection included.",
    registry=COUNTED,
)
CONNECTIONS = Gauge(
    "portaal_database_connections",
    "Connections to the database, of all processes, as each saw them some seconds ago.",
    ("state",),
    multiprocess_mode="livesum",
    registry=COUNTED,
)
REFUSED = Counter(
    "portaal_refused",
    "What the log of the portal calls refused; sign_in is one.",
    ("action",),
    registry=COUNTED,
)
THROTTLED = Counter(
    "portaal_throttled",
    "Tries that were one too many, by the throttle that said so.",
    ("kind",),
    registry=COUNTED,
)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Status 0: nobody waited for the answer any more."""
    REQUESTS.labels(method if method in METHODS else "other", route, str(status)).inc()
    REQUEST_SECONDS.labels(route).observe(seconds)
