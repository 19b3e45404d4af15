"""Which columns a file has, by the words in its head; pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.imports.archive import FileRefused
from app.imports.sheets import Row, name_of_column
from app.names import fold

SHOWN = 5
LONGEST_SHOWN = 40
# What stands in the file that gives back the rows that were refused: not ours to read again.
FAULTS = "Fouten"

NO_ROWS = "In dit bestand staan geen rijen onder de kop."
MISSING = "Deze kolommen ontbreken: {}. De eerste rij moet de namen van de kolommen bevatten, zoals in het sjabloon."
UNKNOWN = "Deze kolommen kent het portaal niet: {}. Haal ze weg, of gebruik de namen uit het sjabloon."
DOUBLE = "Deze kolommen staan er twee keer: {}."
NAMELESS = "Kolom {} heeft geen naam, maar er staat wel iets in."


@dataclass(frozen=True)
class Column:
    title: str
    meaning: str
    """What belongs in it, for whoever fills it in."""
    width: int = 20
    required: bool = False
    """A file without it is refused. Whether a cell may be empty is another matter."""


@dataclass(frozen=True)
class Sheet:
    """What stands in a file: its head, and each row with its number as the file counts."""

    head: list[str]
    rows: Sequence[Row]


Values = dict[str, str]
"""Column → what stands in it; what is empty is left out."""


def arrange(columns: Sequence[Column], sheet: Sheet) -> list[tuple[int, Values]]:
    """Each row by its columns. Raises FileRefused."""
    places = _places(columns, sheet)
    if not sheet.rows:
        raise FileRefused(NO_ROWS)
    return [(number, _values(places, cells)) for number, cells in sheet.rows]


def _places(columns: Sequence[Column], sheet: Sheet) -> dict[int, str]:
    """Place in the row → title. However it is written: capitals, hyphens and a star do not count."""
    titles = {_key(column.title): column.title for column in columns} | {_key(FAULTS): FAULTS}
    found = {place: _key(word) for place, word in enumerate(sheet.head)}
    said = [found[place] for place in found if found[place]]
    _refuse(UNKNOWN, [word for word in sheet.head if _key(word) not in titles and word.strip()])
    _refuse(DOUBLE, [titles[key] for key in dict.fromkeys(said) if said.count(key) > 1])
    _refuse(MISSING, [column.title for column in columns if column.required and _key(column.title) not in said])
    width = max((len(cells) for _, cells in sheet.rows), default=0)
    nameless = [place for place in range(width) if not found.get(place) and _is_used(sheet.rows, place)]
    _refuse(NAMELESS, [name_of_column(place + 1) for place in nameless[:1]])
    return {place: titles[key] for place, key in found.items() if key and titles[key] != FAULTS}


def _refuse(sentence: str, names: Sequence[str]) -> None:
    if names:
        shown = [name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…" for name in names[:SHOWN]]
        more = [f"en nog {len(names) - SHOWN}"] if len(names) > SHOWN else []
        raise FileRefused(sentence.format(", ".join(shown + more)))


def _key(word: str) -> str:
    return fold(word.replace("*", "")).replace(" ", "")


def _is_used(rows: Sequence[Row], place: int) -> bool:
    return any(place < len(cells) and cells[place] for _, cells in rows)


def _values(places: dict[int, str], cells: list[str]) -> Values:
    return {places[place]: cell for place, cell in enumerate(cells) if cell and place in places}
