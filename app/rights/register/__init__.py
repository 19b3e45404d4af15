"""What the portal keeps: of every column what it is, why it is there, of whom it tells, and how long it stays.

A test compares it with the tables: a column without an entry fails, and so does an entry without a column."""

from app.rights.register.accounts import ACCOUNTS
from app.rights.register.candidates import CANDIDATES
from app.rights.register.desk import DESK
from app.rights.register.entries import Entry, Held, Line, Whose

__all__ = ["REGISTER", "Entry", "Held", "Line", "Whose", "held", "lines_of"]

REGISTER = (*CANDIDATES, *ACCOUNTS, *DESK)


def held(name: str) -> Held:
    """Of the table with this name."""
    return next(each for each in REGISTER if each.name == name)


def lines_of(whose: Whose) -> dict[str, list[Line]]:
    """Table → its columns that tell of such a person."""
    found = {each.name: [line for line in each.lines if line.whose is whose] for each in REGISTER}
    return {name: lines for name, lines in found.items() if lines}
