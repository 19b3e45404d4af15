"""A workbook is opened by two readers that share no code with each other, and part by part by an XML parser."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from app.workbooks.book import Book, Column
from app.workbooks.text import cell_text

HOSTILE = [
    "=1+1",
    "=cmd|'/c calc'!A1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    "\r=1",
    "'",
    '"',
    "<f>1</f>",
    "]]>",
    "&amp;",
    "a\r\nb",
    "\x00=1",
    "_x0041_",
]
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
COLUMNS = (Column("Naam", 20), Column("Op", 12), Column("Stap", 20, coloured=True))

DAY = date(2026, 3, 12)
Values = Sequence[str | date | None]


def write(folder: str | Path, rows: Sequence[Values], tones: dict[str, str] | None = None) -> Path:
    path = Path(folder) / "book.xlsx"
    with Book(path) as book:
        sheet = book.sheet("Kandidaten", COLUMNS)
        for row in rows:
            sheet.append(row)
        sheet.finish(tones or {})
    return path


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=[])), min_size=1, max_size=20))
@example(HOSTILE)
def test_any_text_is_text_in_a_file_that_opens(texts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = write(folder, [(text, DAY, text) for text in texts])
        for root in parts(path):
            assert not list(root.iter(f"{MAIN}f"))
        sheet = load_workbook(path)["Kandidaten"]
        for number, text in enumerate(texts, 2):
            cell = sheet.cell(number, 1)
            assert unescape(cell.value or "") == unescape(cell_text(text))
            assert cell.data_type == "s" or not cell.value
        rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Kandidaten").to_python(skip_empty_area=False)
        assert [row[0] for row in rows[1:]] == [unescape(cell_text(text)) for text in texts]


def parts(path: Path) -> list[etree._Element]:
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        return [etree.fromstring(archive.read(name)) for name in archive.namelist()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    rows: list[Values] = [("=1+1", date(2026, 3, 12), "Geslaagd"), ("0012", None, "Ingepland")]
    return write(tmp_path, rows, {"Geslaagd": "geslaagd", "Ingepland": "ingepland"})


def test_text_keeps_its_mark_when_somebody_edits_it(path: Path) -> None:
    cell = load_workbook(path)["Kandidaten"]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert load_workbook(path)["Kandidaten"]["A3"].value == "0012"


def test_a_day_is_a_date_in_one_style(path: Path) -> None:
    cell = load_workbook(path)["Kandidaten"]["B2"]
    assert (cell.value, cell.number_format) == (datetime(2026, 3, 12), "dd-mm-yyyy")  # noqa: DTZ001
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1][1] == date(2026, 3, 12)


def test_the_head_stays_in_view_and_filters(path: Path) -> None:
    sheet = load_workbook(path)["Kandidaten"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref == "A1:C3"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.column_dimensions["A"].width == 20


def test_words_have_the_colours_of_the_screen(path: Path) -> None:
    rules = load_workbook(path)["Kandidaten"].conditional_formatting
    found = {rule.formula[0]: rule.dxf.fill.bgColor.rgb[-6:] for area in rules for rule in area.rules}
    assert [str(area.sqref) for area in rules] == ["C2:C3"]
    assert found == {'"Geslaagd"': "E3F3E7", '"Ingepland"': "FDF0D9"}


def test_a_row_that_does_not_fit_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zip"):
        write(tmp_path, [("te weinig",)])
    assert not (tmp_path / "book.xlsx").exists()


def test_a_list_without_rows_is_a_workbook_too(tmp_path: Path) -> None:
    assert list(load_workbook(write(tmp_path, []))["Kandidaten"].values) == [("Naam", "Op", "Stap")]
