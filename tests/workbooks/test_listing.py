"""A list as a workbook: whole, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from app.lists import Selection
from app.sessions import viewer_from
from app.tables import Role
from app.workbooks.book import Column
from app.workbooks.listing import CHUNK, Incomplete, Meaning, Row, Whom, order_in_words, write_listing


@dataclass(frozen=True, kw_only=True)
class Everything(Selection):
    PARAMETERS = {"sort": "sorteer", "number": "pagina"}
    sort: str = "naam"

    def words(self) -> dict[str, str]:
        return {}


@dataclass
class Numbers:
    """A list of so many numbers, that says it has `total`."""

    rows: int
    total: int
    asked: list[int] = field(default_factory=list)

    title = "Getallen"
    path = "/getallen"
    filters = Everything(organisations=(), sort="naam")
    order = "Naam"
    columns = (Column("Getal", 10), Column("Even", 10, coloured=True))
    legend = (Meaning("ja", "geslaagd", "Deelbaar door twee."), Meaning("nee", "", "Niet deelbaar door twee."))

    async def rows_after(self, last: Row | None, most: int) -> Sequence[Row]:
        first = last["number"] + 1 if last else 1
        self.asked.append(first)
        return [{"number": number} for number in range(first, min(self.rows, first + most - 1) + 1)]

    def shows(self, row: Row) -> Whom | None:
        return None

    def cells(self, row: Row) -> Sequence[str | date | None]:
        return str(row["number"]), "nee" if row["number"] % 2 else "ja"


async def write(listing: Numbers, target: Path, *codes: str) -> list[int]:
    """For who manages these organisations; none: an administrator."""
    heard: list[int] = []
    person: dict[str, object] = {
        "id": 0,
        "user_id": 1,
        "username": "jan",
        "given_name": "Jan",
        "name_particle": "",
        "family_name": "Jansen",
    }
    nothing: dict[str, object] = {"role": Role.ADMINISTRATOR, "organisation_id": None, "code": None, "name": None}
    mandates: list[dict[str, object]] = [
        {"role": Role.ORGANISATION_MANAGER, "organisation_id": number, "code": code, "name": f"Bedrijf {code}"}
        for number, code in enumerate(codes)
    ]
    viewer = viewer_from([person | mandate for mandate in mandates or [nothing]])
    await write_listing(listing, viewer, target, heard.append)
    return heard


async def test_all_rows_are_read_in_chunks_and_counted(tmp_path: Path) -> None:
    listing = Numbers(rows=2 * CHUNK + 1, total=2 * CHUNK + 1)
    assert await write(listing, tmp_path / "x.xlsx") == [CHUNK, 2 * CHUNK, 2 * CHUNK + 1]
    assert listing.asked[:3] == [1, CHUNK + 1, 2 * CHUNK + 1]
    rows = [row[0] for row in load_workbook(tmp_path / "x.xlsx")["Getallen"].values]
    assert rows == ["Getal", *map(str, range(1, 2 * CHUNK + 2))]


@pytest.mark.parametrize("total", [9, 11])
async def test_a_list_that_is_not_whole_becomes_no_file(tmp_path: Path, total: int) -> None:
    with pytest.raises(Incomplete):
        await write(Numbers(rows=10, total=total), tmp_path / "x.xlsx")
    assert not (tmp_path / "x.xlsx").exists()


async def test_the_account_names_who_could_see_what(tmp_path: Path) -> None:
    await write(Numbers(rows=1, total=1), tmp_path / "x.xlsx", "ZPI", "NWT")
    lines = [row[:2] for row in load_workbook(tmp_path / "x.xlsx")["Verantwoording"].values]
    assert lines[1:6] == [
        ("Lijst", "Getallen, Evenementenportaal"),
        ("Selectie", "Geen filter: alles wat zichtbaar was"),
        ("Organisaties", "Bedrijf ZPI (ZPI)"),
        (None, "Bedrijf NWT (NWT)"),
        ("Volgorde", "Naam"),
    ]


def test_the_order_in_words() -> None:
    assert order_in_words("naam", {"naam": "Naam"}) == "Naam"
    assert order_in_words("-naam", {"naam": "Naam"}) == "Naam (omgekeerd)"
