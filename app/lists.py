"""What all lists on screen share: a selection that is its own address, and the links that change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar

from piccolo.columns import Timestamptz
from piccolo.table import Table

from app.access import NOTHING, Condition
from app.paging import SIZES, Page
from app.query import Query, as_query, midnight, with_query
from app.viewer import OrganisationName, Viewer

ARRANGEMENT = {"sort": "sorteer", "size": "per_pagina", "number": "pagina"}
"""Field → parameter: of every selection."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What somebody asked for, as read from a query string. It can only narrow what `Access` allows."""

    PARAMETERS: ClassVar[Mapping[str, str]]
    """Field → parameter of the query string, which a field that has its default leaves out."""

    organisations: tuple[OrganisationName, ...] = ()
    """Those that may be filtered on."""
    organisation: str = ""
    sort: str
    size: int = SIZES[0]
    number: int = 1
    errors: dict[str, str] = field(default_factory=dict)
    """Of what could not be read: parameter → what is wrong with it."""
    typed: dict[str, str] = field(default_factory=dict)

    def query(self, **changes: Any) -> str:
        """The query string of this selection with `changes`; any change but of the page starts at page 1."""
        values = self._asked | {"number": 1} | changes if changes else self._asked
        asked = [name for name in self.PARAMETERS if name in values and values[name] != self.default(name)]
        return as_query({self.PARAMETERS[name]: values[name] for name in asked})

    @cached_property
    def _asked(self) -> dict[str, Any]:
        """Field → value, of what is not as if nothing had been asked."""
        values = {name: getattr(self, name) for name in self.PARAMETERS}
        return {name: value for name, value in values.items() if value != self.default(name)}

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)

    def without(self, name: str) -> Self:
        """The selection with one field as if nothing had been asked."""
        change: dict[str, Any] = {name: self.default(name)}
        return replace(self, **change)

    @classmethod
    def default(cls, name: str) -> Any:
        """What a field is when nothing was asked."""
        return getattr(cls, name)

    def narrow(self, visible: Condition) -> Condition:
        """The whole selection, within what somebody may see. A value that could not be read selects nothing."""
        return narrowed(NOTHING if self.errors else visible, *self._conditions())

    def _conditions(self) -> Sequence[Condition | None]:
        """One for each field; `None` is one that does not apply."""
        raise NotImplementedError

    def words(self) -> dict[str, str]:
        """What is on, by field, each as a sentence for a chip and for the sheet in the workbook."""
        return {name: text for name, text in self._said().items() if text}

    def _said(self) -> dict[str, str]:
        """By field; nothing for one that is not on."""
        raise NotImplementedError

    @property
    def chosen_organisation(self) -> OrganisationName:
        return next(each for each in self.organisations if each.code == self.organisation)


@dataclass(frozen=True, kw_only=True)
class StandingSelection(Selection):
    """One that can be narrowed to what has one status; without that it is what the tiles count in."""

    standing: str = ""

    def narrow(self, visible: Condition) -> Condition:
        return narrowed(self.narrow_counted(visible), self._standing() if self.standing else None)

    def narrow_counted(self, visible: Condition) -> Condition:
        return super().narrow(visible)

    def _standing(self) -> Condition:
        """Having the status that was chosen."""
        raise NotImplementedError


def narrowed(first: Condition, *others: Condition | None) -> Condition:
    """All conditions at once; `None` is one that does not apply."""
    for other in others:
        first = first if other is None else first & other
    return first


def within_days(column: Timestamptz, since: date | None, until: date | None) -> Condition | None:
    """From the first moment of one day to the last of the other, in Amsterdam."""
    start = column >= midnight(since) if since else None
    # Half-open: what happened at 23:59 on the last day still counts.
    end = column < midnight(until + timedelta(days=1)) if until else None
    return narrowed(start, end) if start else end


async def count_without_each(visible: Condition, table: type[Table], filters: Selection) -> dict[str, int]:
    """Filter → how many there would be without it, in one statement; for when nothing is found."""
    names = list(filters.words())
    if filters.errors or not names:
        return {}
    frame = " UNION ALL ".join(
        f"SELECT {place} AS place, COUNT(*) AS n FROM {table._meta.tablename} WHERE {{}}"  # noqa: S608 - our own names
        for place in range(len(names))
    )
    rows = await table.raw(frame, *(filters.without(name).narrow(visible).querystring for name in names))
    return {names[row["place"]]: row["n"] for row in rows}


def code_of_one(query: Query, organisations: Sequence[OrganisationName], *others: str) -> str:
    """The organisation to narrow to, or another word that may stand in its place."""
    codes = {*others, *(each.code for each in organisations)}
    return query.choice("organisatie", codes, "Kies een organisatie uit de lijst.")


def arrangement(query: Query, sorts: Sequence[str], default: str) -> dict[str, Any]:
    """What every selection reads: sort order, page, and what could not be read. Read it after all else."""
    return {
        "sort": query.choice("sorteer", sorts, "Hierop kan niet worden gesorteerd.", default),
        "size": query.size(),
        "number": query.number("pagina", 1),
        "errors": query.errors,
        "typed": query.typed,
    }


@dataclass(frozen=True)
class Link:
    """A number or a word that leads to what it counts."""

    slug: str
    label: str
    href: str
    current: bool = False
    count: int = 0
    tone: str = ""


@dataclass(frozen=True)
class SortLink:
    href: str
    direction: str
    """`ascending`, `descending`, or nothing: sorted by something else."""


Filter = TypeVar("Filter", bound=Selection)
Row = TypeVar("Row")


class ListView(Generic[Filter, Row]):
    """A list as it is shown, with a link in every number. Each part is worked out when the template asks for it."""

    path: ClassVar[str]
    sorts: ClassVar[tuple[str, ...]]

    viewer: Viewer
    filters: Filter
    page: Page[Row]
    without: Mapping[str, int]
    """When nothing is found: filter → how many there would be without it."""

    @property
    def errors(self) -> dict[str, str]:
        return self.filters.errors

    @property
    def status(self) -> int:
        """400 when a value of the query could not be read."""
        return 400 if self.errors else 200

    def href(self, **changes: Any) -> str:
        return with_query(self.path, self.filters.query(**changes))

    def page_href(self, number: int) -> str:
        return self.href(number=number)

    def size_href(self, size: int) -> str:
        return self.href(size=size)

    @property
    def clear_href(self) -> str:
        """Without a filter."""
        return self.href(**dict.fromkeys(self.filters.words()))

    @property
    def download_href(self) -> str:
        return with_query(f"{self.path}.xlsx", self.filters.query(number=1))

    @property
    def chips(self) -> list[Link]:
        """What is on; each leads to the same selection without it."""
        return [Link(name, text, self.href(**{name: None})) for name, text in self.filters.words().items()]

    @property
    def suggestions(self) -> list[Link]:
        """Which filter to drop when nothing is found, and what that gives."""
        said = self.filters.words()
        return [
            Link(name, said[name], self.href(**{name: None}), count=total)
            for name, total in self.without.items()
            if total
        ]

    @cached_property
    def sort_links(self) -> dict[str, SortLink]:
        return {column: self._sort_link(column) for column in self.sorts}

    def _sort_link(self, column: str) -> SortLink:
        up, down = self.filters.sort == column, self.filters.sort == f"-{column}"
        return SortLink(
            href=self.href(sort=f"-{column}" if up else column),
            direction="ascending" if up else "descending" if down else "",
        )

    # What the skeleton of a list asks for (templates/administration/list.html)

    title: ClassVar[str]
    what: ClassVar[str]
    """What is listed, in the plural and without a capital."""
    placeholder: ClassVar[str]
    """What can be searched for."""
    sizes: ClassVar[tuple[int, ...]] = SIZES

    @property
    def carried(self) -> dict[str, str]:
        """What the filter form sends along without a control for it: parameter → value."""
        names = [name for name in ("sort", "size") if getattr(self.filters, name) != self.filters.default(name)]
        return {self.filters.PARAMETERS[name]: str(getattr(self.filters, name)) for name in names}

    unseen: ClassVar[tuple[str, ...]] = ("sorteer", "pagina", "per_pagina")
    """Parameters that have no control to lead to when they cannot be read."""

    @property
    def show_organisation(self) -> bool:
        return len(self.filters.organisations) > 1

    @property
    def subtitle(self) -> str:
        if self.viewer.access.everywhere:
            return "Alle organisaties"
        names = [f"{each.name}, {each.code}" for each in self.viewer.organisations]
        if len(names) > 3:
            return f"{len(names)} organisaties"
        return " en ".join(names) or "Geen organisatie"


Tiled = TypeVar("Tiled", bound=StandingSelection)


class Found(Protocol):
    """A page of what a tiled list holds, and what stands around it."""

    @property
    def page(self) -> Page[Any]: ...
    @property
    def counts(self) -> Mapping[Any, int]: ...
    @property
    def without(self) -> Mapping[str, int]: ...


class TiledView(ListView[Tiled, Row]):
    """A list with a tile for all and one for each status, which is chosen there and nowhere else."""

    labels: ClassVar[Mapping[Any, str]]
    """Status → its words, in the order of the tiles."""
    tones: ClassVar[Mapping[Any, str]]
    counts: Mapping[Any, int]
    unseen = (*ListView.unseen, "status")

    def __init__(self, viewer: Viewer, filters: Tiled, found: Found, rows: Sequence[Row]) -> None:
        """`rows`: those of the page, as they are shown."""
        self.viewer = viewer
        self.filters = filters
        self.counts = found.counts
        self.without = found.without
        self.page = Page(rows, found.page.slice)

    @property
    def carried(self) -> dict[str, str]:
        return super().carried | ({"status": self.filters.standing} if self.filters.standing else {})

    @property
    def tiles(self) -> list[Link]:
        chosen = self.filters.standing
        return [Link("", "Alle", self.href(standing=""), not chosen, sum(self.counts.values()))] + [
            Link(each, label, self.href(standing=each), chosen == each, self.counts[each], self.tones[each])
            for each, label in self.labels.items()
        ]
