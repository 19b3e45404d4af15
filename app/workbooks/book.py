"""A workbook, written row by row: it never holds more than one row in memory.

Every cell is text or a day. Text is typed as text and marked so (quotePrefix), so no value ever becomes a formula,
not even when somebody edits the cell or saves the sheet as CSV.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from app.workbooks.text import cell_text

DAY_FORMAT = "dd-mm-yyyy"
A4 = 9

# The colours of the screen: of the letters and of the ground behind them.
TONES = {
    "geslaagd": ("17692F", "E3F3E7"),
    "gezakt": ("B3141B", "FDEAEA"),
    "ingepland": ("8A5300", "FDF0D9"),
    "let-op": ("8A5300", "FDF0D9"),
    "open": ("5B6B74", "E9EEF1"),
    "verlopen": ("7A3B8F", "F5EAF8"),
}
HEAD = ("FFFFFF", "0B3A4A")


@dataclass(frozen=True)
class Column:
    title: str
    width: int
    """In characters."""
    coloured: bool = False
    """Its words have a tone."""


class Cell:
    """What openpyxl asks of a cell while it writes one. Each column has one, filled anew for every row: to make
    a styled cell per value costs as much again as to write it."""

    __slots__ = ("_value", "column", "data_type", "parent", "row", "style_id")
    row: int
    data_type: str
    style_id: int
    _value: str | date
    has_style = True
    hyperlink = None
    _comment = None

    def __init__(self, parent: "Sheet", column: str) -> None:
        self.parent = parent
        self.column = column

    @property
    def coordinate(self) -> str:
        return f"{self.column}{self.row}"


class Sheet(WriteOnlyWorksheet):  # type: ignore[misc]
    """Its head, then `append()` per row, then `finish()`."""

    def __init__(self, book: Workbook, title: str, columns: Sequence[Column]) -> None:
        super().__init__(book, title)
        self.columns = {get_column_letter(number): column for number, column in enumerate(columns, 1)}
        self.count = 0
        """Rows below the head."""
        self._cells = [Cell(self, letter) for letter in self.columns]
        self._styles = {
            str: ("s", self._style(quotePrefix=True)),
            date: ("d", self._style(number_format=DAY_FORMAT, alignment=Alignment(horizontal="left"))),
        }
        self._lay_out()
        self._head()

    def append(self, values: Sequence[str | date | None]) -> None:
        """One row, in the order of the columns."""
        self._write(values)
        self.count += 1

    def finish(self, tones: Mapping[str, str], *, filterable: bool = True) -> None:
        """The head filters, and words in coloured columns get their tone, also after somebody sorts or corrects."""
        last = self.count + 1
        if filterable:
            self.auto_filter.ref = f"A1:{self._cells[-1].column}{last}"
        area = " ".join(f"{letter}2:{letter}{last}" for letter, column in self.columns.items() if column.coloured)
        for word, tone in tones.items() if area and self.count else ():
            ink, ground = TONES[tone]
            rule = CellIsRule("equal", [f'"{word}"'], font=Font(color=ink), fill=_fill(ground))
            self.conditional_formatting.add(area, rule)

    def _lay_out(self) -> None:
        """The head and the first column stay in view, and the head stands on every printed page."""
        for letter, column in self.columns.items():
            # The head needs room for its arrow.
            self.column_dimensions[letter].width = max(column.width, len(column.title) + 4)
        self.freeze_panes = "B2"
        self.print_title_rows = "1:1"
        self.page_setup.orientation = "landscape"
        self.page_setup.paperSize = A4
        self.page_setup.fitToHeight = 0
        self.sheet_properties.pageSetUpPr.fitToPage = True

    def _head(self) -> None:
        ink, ground = HEAD
        look = self._style(
            font=Font(name="Calibri", size=11, bold=True, color=ink),
            fill=_fill(ground),
            alignment=Alignment(vertical="center"),
            quotePrefix=True,
        )
        texts, self._styles[str] = self._styles[str], ("s", look)
        self._write([column.title for column in self.columns.values()])
        self._styles[str] = texts

    def _style(self, **look: object) -> int:
        cell = WriteOnlyCell(self, value="x")
        for name, value in look.items():
            setattr(cell, name, value)
        number: int = cell.style_id
        return number

    def _write(self, values: Sequence[str | date | None]) -> None:
        row = []
        for cell, value in zip(self._cells, values, strict=True):
            if value is None or value == "":
                continue
            cell.data_type, cell.style_id = self._styles[type(value)]
            cell._value = cell_text(value) if isinstance(value, str) else value
            row.append(cell)
        super().append(row)

    def _values_to_row(self, values: Sequence[Cell], row_idx: int) -> Iterator[Cell]:
        """Where openpyxl would make its own cells, and take `=1+1` for a formula."""
        for cell in values:
            cell.row = row_idx
            yield cell


class Book:
    """One workbook of several sheets: `with Book(target) as book:` saves it at the end, unless the block raises."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._book = Workbook(write_only=True)
        self._book.properties.creator = "Evenementenportaal"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._book.save(self._target)
            return
        for sheet in self._book.worksheets:
            sheet.close()

    def sheet(self, title: str, columns: Sequence[Column]) -> Sheet:
        sheet = Sheet(self._book, title, columns)
        self._book._add_sheet(sheet)
        return sheet


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)
