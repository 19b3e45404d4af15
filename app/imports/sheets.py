"""The rows of a file as text, whatever program made it; pure."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any
from zipfile import ZipFile

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from app.imports.archive import BROKEN, SUSPECT, FileRefused, check_archive, open_archive

MOST_ROWS = 5_000
MOST_COLUMNS = 40
LONGEST_CELL = 1_000
MOST_TEXT = 4_000_000
LAST_ROW = 1_048_576
"""Of a sheet in Excel."""

ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
SEPARATORS = ";,\t"
ERRORS = frozenset(ERROR_CODES)

TOO_MANY_ROWS = "Dit bestand heeft meer dan 5.000 rijen. Verdeel ze over meer bestanden."
TOO_MANY_COLUMNS = "Dit bestand heeft meer dan 40 kolommen. Haal weg wat niet in het sjabloon staat."
TOO_MUCH_TEXT = "In dit bestand staat te veel tekst. Verdeel de rijen over meer bestanden."
TOO_LONG = "In cel {cell} staan meer dan 1.000 tekens. Maak de tekst korter."
FORMULA = "In cel {cell} staat een formule. Kopieer de kolom en plak alleen de waarden."
ERROR = "In cel {cell} staat een fout van Excel ({value}). Vul de waarde zelf in."
EMPTY = "Dit bestand is leeg."
NO_SHEET = "In dit bestand staat geen werkblad."
OLD = (
    "Dit is een oud Excel-bestand (.xls), of het is met een wachtwoord beveiligd. Bewaar het als .xlsx zonder"
    " wachtwoord."
)
NOT_TEXT = "Dit is geen Excel-bestand (.xlsx) en geen CSV-bestand."
QUOTES = "In dit CSV-bestand sluit een aanhalingsteken niet, of is een veld te lang. Bewaar het opnieuw vanuit Excel."

Row = tuple[int, list[str]]
"""Its number as the file counts, and its cells."""


def read_rows(content: bytes) -> list[Row]:
    """The rows that are not empty; the first is the head. Raises FileRefused."""
    if content.startswith(ZIP):
        return _bounded(_workbook_rows(content))
    if content.startswith(OLD_EXCEL):
        raise FileRefused(OLD)
    return _bounded(_text_rows(_decoded(content)))


def _bounded(rows: Iterable[Row]) -> list[Row]:
    kept: list[Row] = []
    length = 0
    for number, cells in rows:
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(kept) > MOST_ROWS:
            raise FileRefused(TOO_MANY_ROWS)
        if len(cells) > MOST_COLUMNS:
            raise FileRefused(TOO_MANY_COLUMNS)
        for place, cell in enumerate(cells, 1):
            if len(cell) > LONGEST_CELL:
                raise FileRefused(TOO_LONG.format(cell=_name(number, place)))
            length += len(cell)
        if length > MOST_TEXT:
            raise FileRefused(TOO_MUCH_TEXT)
        kept.append((number, cells))
    if not kept:
        raise FileRefused(EMPTY)
    return kept


# Workbooks


def _workbook_rows(content: bytes) -> Iterator[Row]:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            check_archive(archive)
            open_archive(archive)
        yield from _sheet_rows(content)
    except FileRefused:
        raise
    except Exception as error:
        # openpyxl fails on what it does not expect in as many ways as there are, and wraps some of them.
        cause = error.__cause__ or error
        if isinstance(cause, MemoryError):
            raise cause from None
        raise FileRefused(SUSPECT if isinstance(cause, DefusedXmlException) else BROKEN) from error


def _sheet_rows(content: bytes) -> Iterator[Row]:
    book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    try:
        sheet = _first_sheet(book.worksheets)
        # What a sheet says of its own size may be more than memory holds, or less than there is.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > LAST_ROW:
                raise FileRefused(SUSPECT)
            yield number, [_cell_text(value, number, place) for place, value in enumerate(row, 1)]
    finally:
        book.close()


def _first_sheet(sheets: list[Any]) -> ReadOnlyWorksheet:
    """The first that somebody sees."""
    for sheet in sheets:
        if isinstance(sheet, ReadOnlyWorksheet) and sheet.sheet_state == "visible":
            return sheet
    raise FileRefused(NO_SHEET)


def _cell_text(value: Any, row: int, column: int) -> str:
    text = _as_text(value)
    if text.startswith("="):
        raise FileRefused(FORMULA.format(cell=_name(row, column)))
    if text in ERRORS:
        raise FileRefused(ERROR.format(cell=_name(row, column), value=text))
    return text


def name_of_column(place: int) -> str:
    """As Excel calls it: 1 is A."""
    return str(get_column_letter(place))


def _name(row: int, column: int) -> str:
    return f"{name_of_column(column)}{row}"


def _as_text(value: Any) -> str:
    """A day as `jjjj-mm-dd`, a whole number without a point, text without the white space around it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, ArrayFormula | DataTableFormula):
        return "="
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return str(value)
    return str(value)


# Text


def _decoded(content: bytes) -> str:
    """UTF-8, the UTF-16 of Excel's "Unicode-tekst", or else the Windows-1252 of older programs."""
    try:
        text = content.decode("utf-16") if content.startswith(UTF_16) else _decoded_bytes(content)
    except UnicodeDecodeError as error:
        raise FileRefused(NOT_TEXT) from error
    if any(sign < " " and sign not in "\t\r\n" for sign in text):
        raise FileRefused(NOT_TEXT)
    return text


def _decoded_bytes(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252")


def _text_rows(text: str) -> Iterator[Row]:
    separator, first, text = _separator(text)
    csv.field_size_limit(100 * LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for number, cells in enumerate(reader, first):
            yield number, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise FileRefused(QUOTES) from error


def _separator(text: str) -> tuple[str, int, str]:
    """What stands most between the words of the head, the number of the first row, and the rows. Excel's own
    `sep=;` tells the separator on a line that is no row."""
    if said := re.match(r"sep=([;,\t])\r?\n", text, re.IGNORECASE):
        return said[1], 2, text[said.end() :]
    head = re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0][:10_000])
    return max(SEPARATORS, key=head.count), 1, text
