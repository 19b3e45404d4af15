"""The log as it is shown: a sentence for every event."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.audit import ITSELF
from app.lists import ListView
from app.log.filters import LogFilter
from app.log.names import Key, Names, look_up
from app.log.queries import MOST, Found
from app.log.words import DEEDS, PORTAL, SUBJECTS, VISITOR, Subject, detail, said, sentence
from app.paging import Page
from app.viewer import Viewer

Record = Mapping[str, Any]
# Details that are the id of something with a name: what kind of thing.
NAMED = {"paycode": "paycode", "paycode_organisation": "organisation", "route": "route", "step": "step"}


@dataclass(frozen=True)
class Event:
    id: int
    at: datetime
    sentence: str
    details: str
    who: str
    deed: str
    organisation: str
    origin: str
    refused: bool
    href: str
    """Of the enrolment that it tells of."""


async def read_events(rows: Sequence[Record]) -> list[Event]:
    """With the names that people and things have now."""
    names = await look_up(key for row in rows for key in _named(row))
    return [_event(row, names) for row in rows]


def _named(row: Record) -> Iterator[Key]:
    for kind in ("organisation", "api_key"):
        if row[kind] is not None:
            yield kind, row[kind]
    if row["actor"] is not None:
        yield "user", row["actor"]
    if row["object_id"] is not None:
        yield row["object_type"], row["object_id"]
    for name, value in json.loads(row["details"]).items():
        if name in NAMED and isinstance(value, int):
            yield NAMED[name], value


def _event(row: Record, names: Names) -> Event:
    who, action, about = _who(row, names), row["action"], row["object_id"]
    is_own = row["object_type"] == "user" and about == row["actor"] and about is not None
    what = "zichzelf" if is_own else names.of(row["object_type"], about)
    return Event(
        id=row["id"],
        at=row["at"],
        sentence=sentence(who, action, what, row["outcome"]),
        details=_details(row, names),
        who=who,
        deed=DEEDS[action].name if action in DEEDS else action,
        organisation=names.of("organisation", row["organisation"]) if row["organisation"] is not None else "",
        origin=row["origin"],
        refused=row["outcome"] != "ok",
        href=f"/deelnames/{about}" if row["object_type"] == "enrolment" and about else "",
    )


def _who(row: Record, names: Names) -> str:
    if row["actor"] is not None:
        return names.of("user", row["actor"])
    if row["api_key"] is not None:
        return names.of("api_key", row["api_key"])
    return PORTAL if row["origin"] in {"", ITSELF} else VISITOR


def _details(row: Record, names: Names) -> str:
    told = json.loads(row["details"])
    return ", ".join(
        detail(name, names.of(NAMED[name], value) if name in NAMED and isinstance(value, int) else said(value))
        for name, value in told.items()
        if value not in ("", None, [])
    )


@dataclass(frozen=True)
class EventPage(Page[Event]):
    more: bool

    @property
    def count_line(self) -> str:
        line = super().count_line
        return line.replace(str(MOST), "Meer dan 10.000", 1) if self.more else line


class LogOverview(ListView[LogFilter, Event]):
    path = "/beheer/logboek"
    sorts = ("moment",)
    title = "Logboek"
    what = "gebeurtenissen"
    without: Mapping[str, int] = {}

    def __init__(self, viewer: Viewer, filters: LogFilter, found: Found, events: list[Event]) -> None:
        self.viewer = viewer
        self.filters = filters
        self.more = found.more
        self.page = EventPage(events, found.page.slice, found.more)

    @property
    def organisation_options(self) -> list[tuple[str, str]]:
        return [(each.code, f"{each.name} ({each.code})") for each in self.filters.organisations]

    @property
    def deeds(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Label of the subject → first all of it, then its actions."""
        return [
            (
                label,
                [(str(subject), f"Alles over {label[0].lower()}{label[1:]}")]
                + [(action, deed.name) for action, deed in DEEDS.items() if deed.subject is Subject(subject)],
            )
            for subject, label in SUBJECTS.items()
        ]
