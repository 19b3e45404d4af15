"""Betaalcodes as they are shown: what was found, with a link in every number."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from app.lists import Link, ListView
from app.names import list_name
from app.pages import day
from app.paging import SIZES, Page
from app.paycodes.codes import grouped
from app.paycodes.filters import ALL, PaycodeFilter
from app.paycodes.queries import MOST, NEWEST, Found, Standing
from app.paycodes.status import ICONS, LABELS, TONES, Clock, Status
from app.routes.catalogue import Catalogue
from app.viewer import Viewer

SOMEBODY_ELSE = "andere kandidaat"

Part = tuple[str, str, int, str]
"""Of a bar: tone, words, how many, address."""


@dataclass(frozen=True)
class Options:
    """What the filter form lets choose from."""

    organisations: list[tuple[str, str]]
    profiles: list[tuple[str, list[tuple[str, str]]]]
    """Label of the route → first the whole route, then its profiles."""
    statuses: list[tuple[str, str]]
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class BatchBar:
    """What is left of a batch: each part leads to its codes."""

    number: str
    href: str
    current: bool
    total: int
    parts: list[Part]


@dataclass(frozen=True, kw_only=True)
class Issued:
    """What a batch says of itself, and each of its codes with it."""

    route: str
    profile: str
    organisation: str
    contact: str
    reference: str
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Row(Issued):
    id: int
    code: str
    batch: str
    batch_href: str
    status: Status
    expires_at: datetime
    deactivated_at: datetime | None
    reason: str
    """Why it was deactivated."""
    used_at: datetime | None
    user: str
    user_href: str
    """Nothing when that enrolment may not be seen."""

    @property
    def label(self) -> str:
        return LABELS[self.status]

    @property
    def tone(self) -> str:
        return TONES[self.status]

    @property
    def icon(self) -> str:
        return ICONS[self.status]

    @property
    def since(self) -> str:
        """Until or since when the status counts, where no other column tells."""
        return {
            Status.FREE: f"tot {day(self.expires_at)}",
            Status.USED: "",
            Status.INACTIVE: f"sinds {day(self.deactivated_at)}",
            Status.EXPIRED: f"sinds {day(self.expires_at)}",
        }[self.status]


class PaycodeOverview(ListView[PaycodeFilter, Row]):
    path = "/betaalcodes"
    sorts = ("aangemaakt", "code", "gebruikt")

    def __init__(self, viewer: Viewer, filters: PaycodeFilter, found: Found) -> None:
        self.viewer = viewer
        self.filters = filters
        self.found = found
        self.without = found.without
        self.page = Page([self._row(row) for row in found.page.rows], found.page.slice)

    @property
    def tiles(self) -> list[Link]:
        standing, chosen = self.found.standing, self.filters.status
        tiles = [Link("", "Alle", self.href(status=""), not chosen, standing.total)]
        return tiles + [
            Link(status, label, self.href(status=status), chosen == status, standing.by_status[status], TONES[status])
            for status, label in LABELS.items()
        ]

    @cached_property
    def batches(self) -> list[BatchBar]:
        return [self._bar(standing) for standing in self.found.batches]

    def _bar(self, standing: Standing) -> BatchBar:
        keywords = f"#{standing.number}"
        return BatchBar(
            number=keywords,
            href=self.href(keywords=keywords, status=""),
            current=self.filters.keywords == keywords,
            total=standing.total,
            parts=parts(standing.by_status, lambda status: self.href(keywords=keywords, status=status)),
        )

    @property
    def more_batches(self) -> Link | None:
        """To the bars of all batches, or back to the newest."""
        total = self.found.batch_total
        if self.filters.batches:
            return Link("", f"Toon alleen de nieuwste {NEWEST}", self.href(batches="", number=self.filters.number))
        if total <= NEWEST:
            return None
        label = f"Toon alle {total} batches" if total <= MOST else f"Toon de nieuwste {MOST} van {total} batches"
        return Link(ALL, label, self.href(batches=ALL, number=self.filters.number), count=total)

    @property
    def options(self) -> Options:
        filters = self.filters
        return Options(
            organisations=[(each.code, each.name) for each in filters.organisations],
            profiles=[
                (
                    route.label,
                    [(route.slug, f"Alle profielen van {route.label}")]
                    + [(each.slug, each.name) for each in route.profiles],
                )
                for route in filters.catalogue
            ],
            statuses=[(str(status), label) for status, label in LABELS.items()],
            sizes=SIZES,
        )

    @property
    def nothing_made(self) -> bool:
        """No code at all, whatever the filter: only known when there is none."""
        return not self.found.standing.total and not self.filters.words() and not self.errors

    @property
    def without_organisation(self) -> bool:
        return not (self.viewer.organisations or self.viewer.access.everywhere)

    def _row(self, row: dict[str, Any]) -> Row:
        batch_href = self.href(keywords=f"#{row['batch_number']}")
        return shown_code(row, self.filters.catalogue, self.filters.clock, batch_href)


def shown_code(row: Mapping[str, Any], catalogue: Catalogue, clock: Clock, batch_href: str) -> Row:
    return Row(
        **issued(row, catalogue),
        id=row["id"],
        code=grouped(row["code"]),
        batch=f"#{row['batch_number']}",
        batch_href=batch_href,
        status=clock.status(row["used_at"], row["deactivated_at"], row["expires_at"]),
        expires_at=row["expires_at"],
        deactivated_at=row["deactivated_at"],
        reason=row["deactivation_reason"],
        used_at=row["used_at"],
        user=_user(row),
        user_href=f"/deelnames/{row['user_id']}" if row["user_id"] else "",
    )


def issued(row: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    return {
        "route": catalogue.route_by_id(row["route"]).label,
        "profile": catalogue.profile_name(row["profile"]),
        "organisation": row["organisation_name"] or "",
        "contact": row["contact_name"],
        "reference": row["reference"],
        "created_at": row["created_at"],
    }


def parts(by_status: Mapping[Status, int], href: Callable[[Status], str]) -> list[Part]:
    """Of a bar, each leading to its codes."""
    return [(TONES[status], label.lower(), by_status[status], href(status)) for status, label in LABELS.items()]


def _user(row: Mapping[str, Any]) -> str:
    if row["user_id"]:
        return list_name(row["given_name"], row["name_particle"], row["family_name"])
    return SOMEBODY_ELSE if row["used_at"] else ""
