"""How what the portal keeps is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from piccolo.table import Table

from app.rights.terms import Term


class Whose(StrEnum):
    """Of whom it tells."""

    CANDIDATE = "kandidaat"
    USER = "gebruiker"
    CONTACT = "contactpersoon"
    NOBODY = "niemand"


@dataclass(frozen=True)
class Entry:
    """Of one column. What it does not say, its table says."""

    what: str
    why: str = ""
    whose: Whose | None = None
    term: Term | None = None


@dataclass(frozen=True)
class Line:
    """Of one column, whole."""

    column: str
    what: str
    why: str
    whose: Whose
    term: Term
    secret: bool


@dataclass(frozen=True)
class Held:
    """Of one table."""

    table: type[Table]
    title: str
    why: str
    whose: Whose
    term: Term
    columns: Mapping[str, str | Entry] = field(repr=False)

    @property
    def name(self) -> str:
        return self.table._meta.tablename

    @property
    def lines(self) -> Iterator[Line]:
        """In the order of the table; of those that have an entry."""
        for column in self.table._meta.columns:
            name = column._meta.db_column_name
            if name in self.columns:
                told = self.columns[name]
                entry = told if isinstance(told, Entry) else Entry(told)
                yield Line(
                    column=name,
                    what=entry.what,
                    why=entry.why or self.why,
                    whose=entry.whose or self.whose,
                    term=entry.term or self.term,
                    secret=bool(column._meta.secret),
                )

    @property
    def tells_of(self) -> set[Whose]:
        return {line.whose for line in self.lines}


ID = Entry("nummer van de rij", "verwijst tussen tabellen", Whose.NOBODY)
CANDIDATE, USER, CONTACT, NOBODY = Whose.CANDIDATE, Whose.USER, Whose.CONTACT, Whose.NOBODY


def by(what: str) -> Entry:
    """Which user did it."""
    return Entry(what, "verantwoording: wie dit deed", USER)


def of_table(table: type[Any], title: str, why: str, whose: Whose, term: Term, **columns: str | Entry) -> Held:
    """`import_` stands for the column `import`, which Python keeps to itself."""
    return Held(table, title, why, whose, term, {"id": ID} | {name.rstrip("_"): each for name, each in columns.items()})
