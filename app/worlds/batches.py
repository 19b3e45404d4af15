"""Which payments were made with a paycode, and of which batch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

SIZES = (5, 10, 25, 50)
MOST_USED = 25
# A code is valid for a year; the batch is made some weeks before the first of its codes is used.
VALID_DAYS = 365
SPAN_DAYS = 300
EARLIER_DAYS = (1, 20)

# What happens to the codes of all batches together.
USED, DEACTIVATED = 0.45, 0.10


class Payment(NamedTuple):
    organisation: int
    route: int
    day: date
    enrolment: int
    number: int
    """Counts the payments of the enrolment from 0."""


@dataclass(frozen=True)
class PlannedBatch:
    """The first codes are used, each by one of the payments; all are of this organisation and route."""

    organisation: int
    route: int
    made_on: date
    size: int
    payments: tuple[Payment, ...] = ()


def plan_batches(payments: Iterable[Payment], codes: int, today: date, random: Random) -> Iterator[PlannedBatch]:
    """Batches of `codes` codes in all, so that about as many are used as should be. Not every payment gets one."""
    left, used = codes, round(codes * USED)
    groups = defaultdict(list)
    for payment in payments:
        groups[payment.organisation, payment.route].append(payment)
    for (organisation, route), its_payments in groups.items():
        for window in _windows(sorted(its_payments, key=lambda payment: payment.day), random):
            window = window[:used]
            made_on = window[0].day - timedelta(days=random.randint(*EARLIER_DAYS)) if window else today
            size = _size(len(window), expired=made_on + timedelta(days=VALID_DAYS) < today)
            if window and size <= left:
                yield PlannedBatch(organisation, route, made_on, size, tuple(window))
                left, used = left - size, used - len(window)
    yield from _unused(list(groups), left, today, random)


def _windows(payments: list[Payment], random: Random) -> Iterator[list[Payment]]:
    """Payments that lie near enough to each other to be of one batch."""
    window: list[Payment] = []
    most = random.choice(SIZES[:3])
    for payment in payments:
        if window and (len(window) == most or payment.day > window[0].day + timedelta(days=SPAN_DAYS)):
            yield window
            window, most = [], random.choice(SIZES[:3])
        window.append(payment)
    if window:
        yield window


def _size(used: int, *, expired: bool) -> int:
    """Of a batch that is still valid, at least as many codes wait as are used."""
    wanted = used if expired else 2 * used
    return next(size for size in SIZES if size >= wanted)


def _unused(groups: list[tuple[int, int]], codes: int, today: date, random: Random) -> Iterator[PlannedBatch]:
    """Batches of which no code is used yet; the last one takes what is left."""
    while codes and groups:
        size = min(random.choice(SIZES), codes)
        organisation, route = random.choice(groups)
        yield PlannedBatch(organisation, route, today - timedelta(days=random.randint(1, VALID_DAYS - 5)), size)
        codes -= size


def deactivated(unused: int, random: Random) -> int:
    """How many of the codes of a batch that nobody used."""
    return int(unused * DEACTIVATED / (1 - USED) + random.random())
