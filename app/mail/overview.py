"""Letters as they are shown."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.lists import TiledView
from app.mail.filters import LABELS, TONES, MailFilter, Standing
from app.mail.letters import NAMES, Written
from app.mail.outbox import Letter
from app.mail.queries import Found, can_be_opened
from app.settings import get_settings
from app.tables import MailState
from app.viewer import Viewer


@dataclass(frozen=True)
class Row:
    row: dict[str, Any]

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def href(self) -> str:
        return f"/beheer/berichten/{self.id}"

    @property
    def name(self) -> str:
        return NAMES[Letter(self.row["template"])] if self.row["template"] in set(Letter) else "Vervallen bericht"

    @property
    def recipient(self) -> str:
        return str(self.row["recipient"])

    @property
    def created_at(self) -> datetime:
        moment: datetime = self.row["created_at"]
        return moment

    @property
    def sent_at(self) -> datetime | None:
        moment: datetime | None = self.row["sent_at"]
        return moment

    @property
    def next_attempt_at(self) -> datetime | None:
        """Of what waits for the mail server."""
        moment: datetime = self.row["next_attempt_at"]
        return moment if self._standing is Standing.QUEUED and get_settings().smtp_url else None

    @property
    def attempts(self) -> int:
        return int(self.row["attempts"])

    @property
    def reason(self) -> str:
        return str(self.row["last_error"])

    @property
    def _standing(self) -> Standing:
        return Standing[MailState(self.row["state"]).name]

    @property
    def tone(self) -> str:
        return TONES[self._standing]

    @property
    def label(self) -> str:
        return LABELS[self._standing]

    @property
    def can_be_opened(self) -> bool:
        return can_be_opened(self.row)

    @property
    def can_be_sent_again(self) -> bool:
        return self._standing is not Standing.QUEUED


@dataclass(frozen=True)
class Shown:
    """A letter on its own page, as it would be sent now."""

    row: Row
    written: Written | None
    unsendable: str = ""
    """Why there is no letter to show."""
    opened: bool = False
    """Its link stands in it."""
    queued_again: bool = False


class MailOverview(TiledView[MailFilter, Row]):
    path = "/beheer/berichten"
    sorts = ("gemaakt",)
    title = "Berichten"
    what = "berichten"
    placeholder = "E-mailadres"
    labels = LABELS
    tones = TONES

    def __init__(self, viewer: Viewer, filters: MailFilter, found: Found) -> None:
        super().__init__(viewer, filters, found, [Row(row) for row in found.page.rows])

    @property
    def waits(self) -> bool:
        """Whether letters leave at all."""
        return get_settings().smtp_url is None

    @property
    def letters(self) -> list[tuple[str, str]]:
        return [(str(letter), NAMES[letter]) for letter in Letter]
