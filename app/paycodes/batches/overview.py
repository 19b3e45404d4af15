"""Batches as they are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.lists import ListView
from app.paging import Page
from app.paycodes.batches.filters import BatchFilter
from app.paycodes.batches.forms import organisation_options
from app.paycodes.batches.queries import Found
from app.paycodes.overview import Issued, Part, issued, parts
from app.paycodes.queries import standing_of
from app.paycodes.status import Status
from app.query import as_query, with_query
from app.routes.catalogue import Catalogue
from app.viewer import Viewer


@dataclass(frozen=True, kw_only=True)
class Row(Issued):
    id: int
    number: str
    total: int
    by_status: Mapping[Status, int]
    parts: list[Part]

    @property
    def unused(self) -> int:
        """Whether they may be used or not."""
        return self.total - self.by_status[Status.USED]

    @property
    def inactive(self) -> int:
        return self.by_status[Status.INACTIVE]


def shown(row: Mapping[str, Any], catalogue: Catalogue) -> Row:
    """A batch with its bar; every number leads to those codes."""
    number, by_status = f"#{row['number']}", standing_of(row).by_status
    return Row(
        **issued(row, catalogue) | {"route": catalogue.route_by_id(row["route"]).name},
        id=row["id"],
        number=number,
        total=row["total"],
        by_status=by_status,
        parts=parts(
            by_status,
            lambda status: with_query("/betaalcodes", as_query({"trefwoorden": number, "status": status})),
        ),
    )


class BatchOverview(ListView[BatchFilter, Row]):
    path = "/beheer/batches"
    sorts = ()
    title = "Batches"
    what = "batches"
    placeholder = "Nummer, contact, referentie, organisatie of betaalcode"

    def __init__(self, viewer: Viewer, filters: BatchFilter, found: Found) -> None:
        self.viewer = viewer
        self.filters = filters
        self.page = Page([shown(row, filters.catalogue) for row in found.page.rows], found.page.slice)
        self.without = found.without

    @property
    def organisation_options(self) -> list[tuple[str, str]]:
        return organisation_options(self.filters.organisations)

    @property
    def route_options(self) -> list[tuple[str, str]]:
        return [(each.slug, each.name) for each in self.filters.catalogue]
