"""One page of a list: which rows, how many there are, which links. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")

SIZES = (25, 50, 100)


@dataclass(frozen=True)
class Slice:
    """Which part of the list was asked for; a page past the end becomes the last page."""

    number: int
    size: int
    total: int

    @classmethod
    def of(cls, number: int, size: int, total: int) -> "Slice":
        return cls(max(1, min(number, -(-total // size))), size, total)

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    slice: Slice

    @property
    def total(self) -> int:
        return self.slice.total

    @property
    def number(self) -> int:
        return self.slice.number

    @property
    def count_line(self) -> str:
        """`5 resultaten - Toon 1 - 5`, as the manual writes it."""
        results = f"{self.total} {'resultaat' if self.total == 1 else 'resultaten'}"
        if not self.total:
            return results
        first = self.slice.offset + 1
        return f"{results} - Toon {first} - {self.slice.offset + len(self.rows)}"

    @property
    def links(self) -> list[int | None]:
        """Numbers of the pages to link to: first, last, the current one and its neighbours; `None` is
        a gap. A gap of one page is that page."""
        number, last = self.number, self.slice.pages
        if last == 1:
            return []
        near = {1, last, *range(max(1, number - 1), min(last, number + 1) + 1)}
        near |= {page + 1 for page in near if page + 2 in near}
        shown = sorted(near)
        links: list[int | None] = []
        for before, page in zip([0, *shown], shown, strict=False):
            links += [None, page] if page - before > 1 else [page]
        return links
