"""What is handed out of a batch: each code that may still be used, with the way to its form, on cards that print and as
a workbook."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from app.access import Access
from app.clock import local_day, now
from app.lists import Selection
from app.pages import qr_code
from app.paging import Page, Slice
from app.paycodes.batches.queries import count_unused, find_batch, list_unused
from app.paycodes.codes import grouped
from app.paycodes.status import Clock
from app.query import row_id
from app.routes.catalogue import RouteEntry, load_catalogue
from app.settings import get_settings
from app.viewer import Viewer
from app.workbooks.book import Column
from app.workbooks.listing import Meaning, Row, Whom

CARDS_ON_A_SHEET = 60
"""Five pages of A4; drawing more would take too long."""


def form_address(route: str, code: str = "") -> str:
    """Of the form to enrol on a route. A code stands in the fragment, which no server sees."""
    address = f"{get_settings().base_url}/aanmelden/{route}"
    return f"{address}#betaalcode={grouped(code)}" if code else address


@dataclass(frozen=True)
class Card:
    id: int
    code: str
    expires_at: datetime
    qr: Markup


async def make_cards(access: Access, batch: int, route: str, number: int) -> Page[Card]:
    """One page of cards; a page past the end is the last page."""
    clock = Clock(now())
    part = Slice.of(number, CARDS_ON_A_SHEET, await count_unused(access, batch, clock))
    codes = await list_unused(access, batch, clock, part.size, skip=part.offset)
    return Page(await asyncio.to_thread(_draw, codes, route), part)


def _draw(codes: Sequence[dict[str, Any]], route: str) -> list[Card]:
    """Takes half a second or more, so it has a thread of its own."""
    return [
        Card(row["id"], grouped(row["code"]), row["expires_at"], qr_code(form_address(route, row["code"])))
        for row in codes
    ]


# As a workbook


@dataclass(frozen=True, kw_only=True)
class Handout(Selection):
    """The codes of one batch that may still be used: no more can be chosen."""

    PARAMETERS = {"number": "pagina"}
    sort: str = ""
    batch: str

    def _said(self) -> dict[str, str]:
        return {"batch": f"Batch {self.batch}, alleen codes die nog te gebruiken zijn"}


async def read_handout(viewer: Viewer, query: str) -> "HandoutListing":
    """Of the batch with the key in `query`. Raises NotFoundException."""
    access, clock = viewer.access, Clock(now())
    batch = await find_batch(access, row_id(query), clock.now)
    catalogue, filters = await load_catalogue(access), Handout(batch=f"#{batch['number']}")
    total, route = await count_unused(access, batch["id"], clock), catalogue.route_by_id(batch["route"])
    return HandoutListing(access, filters, total, batch["id"], clock, route, catalogue.profile_name(batch["profile"]))


@dataclass(frozen=True)
class HandoutListing:
    access: Access
    filters: Handout
    total: int
    batch: int
    clock: Clock
    route: RouteEntry
    profile: str

    title = "Uitdeelvel"
    order = "Volgorde van uitgifte"
    columns = (
        Column("Betaalcode", 22),
        Column("Route", 30),
        Column("Profiel", 34),
        Column("Geldig tot en met", 18),
        Column("Adres met de code erin", 90),
    )
    legend: tuple[Meaning, ...] = ()

    @property
    def path(self) -> str:
        return f"/beheer/batches/{self.batch}/uitdeelvel"

    async def rows_after(self, last: Row | None, most: int) -> Sequence[Row]:
        return await list_unused(self.access, self.batch, self.clock, most, after=last["id"] if last else 0)

    def shows(self, row: Row) -> Whom | None:
        """Nobody used these."""
        return None

    def cells(self, row: Row) -> Sequence[str | date | None]:
        return (
            grouped(row["code"]),
            self.route.name,
            self.profile,
            local_day(row["expires_at"]),
            form_address(self.route.slug, row["code"]),
        )
