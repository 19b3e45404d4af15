"""Keys of other systems as an administrator sees them: a page of them, and how each stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.api.filters import LABELS, TONES, KeyFilter, Standing
from app.api.issuing import SCOPES
from app.api.queries import Found
from app.lists import TiledView
from app.viewer import Viewer


@dataclass(frozen=True)
class Row:
    id: int
    name: str
    prefix: str
    source: str
    rights: list[str]
    organisation: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def revoke_href(self) -> str:
        """Nothing for one that is revoked."""
        return "" if self.revoked_at else f"{KeyOverview.path}/{self.id}/intrekken"

    @property
    def standing(self) -> Standing:
        return Standing.of(self.revoked_at, self.expires_at)

    @property
    def tone(self) -> str:
        return TONES[self.standing]

    @property
    def label(self) -> str:
        return LABELS[self.standing]


class KeyOverview(TiledView[KeyFilter, Row]):
    path = "/beheer/api-sleutels"
    sorts = ("gemaakt",)
    title = "API-sleutels"
    what = "sleutels"
    placeholder = "Naam, bron of begin van de sleutel"
    labels = LABELS
    tones = TONES

    def __init__(self, viewer: Viewer, filters: KeyFilter, found: Found) -> None:
        super().__init__(viewer, filters, found, [_row(row) for row in found.page.rows])


def _row(row: dict[str, Any]) -> Row:
    same = ("id", "name", "prefix", "source", "created_at", "expires_at", "last_used_at", "revoked_at")
    return Row(
        **{name: row[name] for name in same},
        rights=[words for scope, words in SCOPES.items() if scope in row["scopes"].split()],
        organisation=row["organisation.name"] or "Alle organisaties",
    )
