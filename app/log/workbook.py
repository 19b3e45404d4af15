"""The log as a workbook: the same selection in the same order, every event of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.access import Access
from app.clock import local, local_day
from app.log.filters import LogFilter
from app.log.overview import read_events
from app.log.queries import count_events, find_person, list_after
from app.organisations.queries import filterable_organisations
from app.query import Query
from app.viewer import Viewer
from app.workbooks.book import Column
from app.workbooks.listing import Meaning, Row, Whom, order_in_words

DONE, REFUSED = "Gelukt", "Geweigerd"
LEGEND = (
    Meaning(DONE, "geslaagd", "Wat er staat, is gebeurd."),
    Meaning(REFUSED, "gezakt", "Het is geprobeerd, en het portaal weigerde."),
)
COLUMNS = (
    Column("Datum", 12),
    Column("Tijd", 10),
    Column("Wie", 30),
    Column("Soort", 28),
    Column("Gebeurtenis", 80),
    Column("Bijzonderheden", 50),
    Column("Organisatie", 34),
    Column("Afloop", 12, coloured=True),
    Column("Herkomst", 20),
)


async def read_log(viewer: Viewer, query: str) -> "LogListing":
    """What this person may see of the selection in the query string, now."""
    filters = await read_filters(viewer, query.encode())
    return LogListing(viewer.access, filters, await count_events(viewer.access, filters))


async def read_filters(viewer: Viewer, raw: bytes) -> LogFilter:
    person = await find_person(viewer.access, Query(raw).text("persoon"))
    return LogFilter.from_query(raw, await filterable_organisations(viewer), person)


@dataclass(frozen=True)
class LogListing:
    access: Access
    filters: LogFilter
    total: int

    title = "Logboek"
    path = "/beheer/logboek"
    columns = COLUMNS
    legend = LEGEND

    @property
    def order(self) -> str:
        return order_in_words(self.filters.sort, {"moment": "Moment"})

    async def rows_after(self, last: Row | None, most: int) -> Sequence[Row]:
        rows: list[dict[str, Any]] = await list_after(self.access, self.filters, dict(last) if last else None, most)
        events = await read_events(rows)
        return [row | {"event": event} for row, event in zip(rows, events, strict=True)]

    def shows(self, row: Row) -> Whom | None:
        """Only who looks after all of them reads it, and that they may is no news to anybody."""
        return None

    def cells(self, row: Row) -> Sequence[str | date | None]:
        event = row["event"]
        return (
            local_day(event.at),
            f"{local(event.at):%H:%M:%S}",
            event.who,
            event.deed,
            event.sentence,
            event.details,
            event.organisation,
            REFUSED if event.refused else DONE,
            event.origin,
        )
