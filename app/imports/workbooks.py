"""Workbooks that belong to an import: the template to fill in, and the rows that were refused."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from app.downloads.process import Refused
from app.imports.columns import FAULTS, Values
from app.imports.columns import Column as FileColumn
from app.imports.kinds import Kind
from app.imports.queries import list_rows
from app.imports.registry import KINDS
from app.tables import ImportKind
from app.viewer import Viewer
from app.workbooks.book import Book, Column, Sheet

EXPLAINED = "Uitleg"
CHOICES = "Keuzes"
EXPLANATION = (Column("Kolom", 22), Column("Verplicht", 12), Column("Wat u invult", 80), Column("Voorbeeld", 30))
LAST_ROW = 5_001

NO_ACCESS = "U heeft geen toegang meer tot deze gegevens."


async def write_template(owner: Viewer | None, query: str, target: Path) -> int:
    """To fill in: the head, with lists to choose from; then what belongs in each column. `query` is the kind."""
    kind = KINDS[ImportKind(query)]
    if owner is None:
        raise Refused(NO_ACCESS)
    lists, example = await kind.lists(owner), await kind.example(owner)
    with Book(target) as book:
        sheet = book.sheet(kind.title, [Column(column.title, column.width) for column in kind.columns])
        sheet.finish({}, filterable=False)
        _choose_from(sheet, kind, lists)
        _explain(book, kind, example)
        _list(book, lists)
    return 0


def _explain(book: Book, kind: Kind, example: Values) -> None:
    sheet = book.sheet(EXPLAINED, EXPLANATION)
    for column in kind.columns:
        needed = "ja" if column.required else "nee"
        sheet.append((column.title, needed, column.meaning, example.get(column.title, "")))
    sheet.finish({}, filterable=False)


def _list(book: Book, lists: Mapping[str, Sequence[str]]) -> None:
    sheet = book.sheet(CHOICES, [Column(title, 40) for title in lists])
    for place in range(max(map(len, lists.values()), default=0)):
        sheet.append([choices[place] if place < len(choices) else "" for choices in lists.values()])
    sheet.finish({}, filterable=False)


def _choose_from(sheet: Sheet, kind: Kind, lists: Mapping[str, Sequence[str]]) -> None:
    titles = [column.title for column in kind.columns]
    for place, (title, choices) in enumerate(lists.items(), 1):
        letter, own = get_column_letter(place), get_column_letter(titles.index(title) + 1)
        area = f"{quote_sheetname(CHOICES)}!${letter}$2:${letter}${len(choices) + 1}"
        rule = DataValidation(type="list", formula1=area, allow_blank=True, showErrorMessage=False)
        rule.add(f"{own}2:{own}{LAST_ROW}")
        sheet.data_validations.append(rule)


async def write_faulty(owner: Viewer | None, query: str, target: Path) -> int:
    """The rows with errors as they were sent, with a column that says what is wrong: to correct and send again.
    `query` is the kind and the import's key."""
    word, _, key = query.partition(" ")
    kind = KINDS[ImportKind(word)]
    if owner is None:
        raise Refused(NO_ACCESS)
    columns = [Column(FAULTS, 60), *(Column(column.title, column.width) for column in kind.columns)]
    with Book(target) as book:
        sheet = book.sheet(kind.title, columns)
        number, pages = 1, 1
        while number <= pages:
            page = await list_rows(owner.access, kind.kind, int(key), True, number)
            for row in page.rows:
                sheet.append((" ".join(row["errors"]), *_cells(kind.columns, row["values"])))
            number, pages = number + 1, page.slice.pages
        sheet.finish({}, filterable=False)
    return sheet.count


def _cells(columns: Iterable[FileColumn], values: Values) -> list[str]:
    return [values.get(column.title, "") for column in columns]
