"""A list as a workbook: its rows on one sheet, on the other what they are and where they come from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from app.clock import now
from app.disclosures import Disclosed
from app.lists import Selection
from app.pages import moment
from app.query import with_query
from app.settings import get_settings
from app.viewer import Viewer
from app.workbooks.book import Book, Column, Sheet

CHUNK = 2_000
ACCOUNT = (Column("Verantwoording", 22), Column("", 40, coloured=True), Column("", 80))

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Meaning:
    """A word that a cell can hold, explained."""

    word: str
    tone: str
    text: str


class Whom(NamedTuple):
    """An enrolment, and the organisation that it is linked to."""

    enrolment: int
    organisation: int | None


class Listing(Protocol):
    """What a list declares to become a workbook. Everything in it comes from one moment of the database."""

    @property
    def title(self) -> str:
        """Of the sheet."""

    @property
    def path(self) -> str:
        """Of the list on screen."""

    @property
    def filters(self) -> Selection: ...

    @property
    def order(self) -> str:
        """How the rows are sorted, in words."""

    @property
    def columns(self) -> Sequence[Column]: ...

    @property
    def legend(self) -> Sequence[Meaning]: ...

    @property
    def total(self) -> int: ...

    async def rows_after(self, last: Row | None, most: int) -> Sequence[Row]:
        """The next rows in the order of the screen; none at the end."""

    def shows(self, row: Row) -> Whom | None:
        """Whose data stand in it, if anybody's."""

    def cells(self, row: Row) -> Sequence[str | date | None]:
        """In the order of the columns."""


def order_in_words(sort: str, columns: Mapping[str, str]) -> str:
    """Of the value of `sorteer`, whose columns are given with their heads."""
    descending = sort.startswith("-")
    return columns[sort.removeprefix("-")] + (" (omgekeerd)" if descending else "")


class Incomplete(RuntimeError):
    """Not every row of the selection was written: no file at all, rather than half of one."""


async def write_listing(listing: Listing, viewer: Viewer, target: Path, progress: Callable[[int], None]) -> Disclosed:
    """Writes the workbook to `target` and gives who stands in it; `progress` hears how many rows are done. Raises
    Incomplete."""
    disclosed = Disclosed(viewer.access)
    tones = {meaning.word: meaning.tone for meaning in listing.legend if meaning.tone}
    with Book(target) as book:
        sheet = book.sheet(listing.title, listing.columns)
        await _write_rows(listing, sheet, disclosed, progress)
        sheet.finish(tones)
        account = book.sheet("Verantwoording", ACCOUNT)
        for line in account_for(listing, viewer):
            account.append(line)
        account.finish(tones, filterable=False)
    return disclosed


async def _write_rows(listing: Listing, sheet: Sheet, disclosed: Disclosed, progress: Callable[[int], None]) -> None:
    last = None
    while rows := await listing.rows_after(last, CHUNK):
        for row in rows:
            sheet.append(listing.cells(row))
            if whom := listing.shows(row):
                disclosed.add(*whom)
        last = rows[-1]
        progress(sheet.count)
    if sheet.count != listing.total:
        raise Incomplete(f"{sheet.count} of {listing.total} rows")


def account_for(listing: Listing, viewer: Viewer) -> list[tuple[str, str, str]]:
    """What somebody needs to judge the file a year from now, line by line."""
    settings, filters = get_settings(), listing.filters
    said = list(filters.words().values()) or ["Geen filter: alles wat zichtbaar was"]
    managed = [] if viewer.access.everywhere else [f"{each.name} ({each.code})" for each in viewer.organisations]
    return [
        ("Lijst", f"{listing.title}, Evenementenportaal", ""),
        *_labelled("Selectie", said),
        *_labelled("Organisaties", managed or ["Alle"]),
        ("Volgorde", listing.order, ""),
        ("Aantal rijen", str(listing.total), ""),
        ("Gemaakt op", moment(now()), ""),
        ("Gemaakt door", f"{viewer.name} ({viewer.username})", ""),
        ("Adres", settings.base_url + with_query(listing.path, filters.query(number=1)), ""),
        *([("Let op", "Dit zijn verzonnen gegevens (demo).", "")] if settings.demo else []),
        ("", "", ""),
        *(("" if place else "Betekenis", each.word, each.text) for place, each in enumerate(listing.legend)),
    ]


def _labelled(label: str, texts: Sequence[str]) -> list[tuple[str, str, str]]:
    """The label stands before the first text only."""
    return [("" if place else label, text, "") for place, text in enumerate(texts)]
