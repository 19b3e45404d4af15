"""Reads the values of a query string, strictly: what cannot be read becomes a sentence, never a guess."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time
from urllib.parse import parse_qsl, quote_plus

from litestar.exceptions import NotFoundException
from piccolo.columns import Column
from piccolo.columns.combination import WhereRaw

from app.clock import AMSTERDAM
from app.names import words
from app.paging import SIZES
from app.text import REPLACEMENT, UNREADABLE, clean

LONGEST = 200
MOST_VALUES = 100
_DAY = re.compile(
    r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})|(?P<d2>\d{1,2})[-/](?P<m2>\d{1,2})[-/](?P<y2>\d{4})", re.A
)


class Query:
    """One pass over a query string. `errors` names every value that could not be read; `typed` is what was
    sent, fit to show again."""

    def __init__(self, raw: bytes) -> None:
        self.errors: dict[str, str] = {}
        self.typed: dict[str, str] = {}
        self._repeated: set[str] = set()
        for name, value in self._pairs(raw):
            if name in self.typed:
                self._repeated.add(name)
            self.typed[name] = _showable(value)

    def text(self, name: str) -> str:
        try:
            return clean(self._value(name), LONGEST)
        except ValueError as error:
            self.errors[name] = str(error)
            return ""

    def choice(self, name: str, allowed: Collection[str], sentence: str, default: str = "") -> str:
        value = self._value(name) or default
        if value and value not in allowed:
            self.errors[name] = sentence
            return default
        return value

    def day(self, name: str) -> date | None:
        value = self._value(name)
        if not value:
            return None
        if day := parse_day(value):
            return day
        self.errors[name] = "Vul een datum in als dd-mm-jjjj, bijvoorbeeld 22-04-2026."
        return None

    def size(self) -> int:
        """How many rows a page has."""
        return int(self.choice("per_pagina", [str(size) for size in SIZES], "Kies 25, 50 of 100.", str(SIZES[0])))

    def number(self, name: str, default: int) -> int:
        """A positive whole number of at most 18 digits."""
        value = self._value(name)
        if not value:
            return default
        if re.fullmatch(r"[1-9]\d{0,17}", value, re.A):
            return int(value)
        self.errors[name] = "Vul een heel getal in, bijvoorbeeld 2."
        return default

    def _value(self, name: str) -> str:
        if name in self._repeated:
            self.errors[name] = "Deze waarde staat twee keer in het adres."
        return self.typed.get(name, "")

    def _pairs(self, raw: bytes) -> list[tuple[str, str]]:
        try:
            text = raw.decode("utf-8", "replace")
            return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_VALUES)
        except ValueError:
            self.errors[""] = "Er staan te veel waarden in het adres."
            return []


def _showable(value: str) -> str:
    """Without what no page may hold; the sign in its place is one that `clean` refuses."""
    return "".join(REPLACEMENT if unicodedata.category(sign) in UNREADABLE else sign for sign in value.strip())


def row_id(text: str) -> int:
    """The key of a row in an address. What cannot be one is not there: NotFoundException."""
    if not re.fullmatch(r"[1-9]\d{0,18}", text, re.A) or int(text) >= 2**63:
        raise NotFoundException
    return int(text)


def parse_day(text: str) -> date | None:
    """`jjjj-mm-dd` as a date field sends it, or as people in the Netherlands write it."""
    if not (found := _DAY.fullmatch(text)):
        return None
    year, month, day = (int(found[name] or found[name + "2"]) for name in "ymd")
    try:
        return date(year, month, day) if 1900 <= year < 2200 else None
    except ValueError:
        return None


def midnight(day: date) -> datetime:
    """The first moment of a day in Amsterdam, in UTC."""
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)


def as_query(values: Mapping[str, object]) -> str:
    """Back to a query string, without what is empty. The names are our own and need no quotes."""
    return "&".join(f"{name}={quote_plus(str(value))}" for name, value in values.items() if value not in {"", None})


def with_query(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path


def contains(column: Column, typed: str) -> WhereRaw:
    """Each word somewhere in a folded column; what LIKE would read as a sign stands for itself."""
    sought = patterns(typed)
    conditions = " AND ".join("{} LIKE {} ESCAPE '\\'" for _ in sought)
    values = [value for pattern in sought for value in (column, pattern)]
    return WhereRaw(f"({conditions})", *values)


def patterns(typed: str) -> list[str]:
    """One for each word, to LIKE by."""
    return [f"%{escape_like(part)}%" for part in words(typed) or [""]]


def escape_like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)
