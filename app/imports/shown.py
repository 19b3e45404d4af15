"""An import as it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.imports.kinds import Kind
from app.imports.queries import Record
from app.names import full_name
from app.paging import Page
from app.query import with_query
from app.tables import JobState


class Phase(StrEnum):
    CHECKING = "checking"
    PREVIEW = "preview"
    TAKING_OVER = "taking over"
    TAKEN_OVER = "taken over"
    FAILED = "failed"


WORDS = {
    Phase.CHECKING: ("ingepland", "Wordt gecontroleerd"),
    Phase.PREVIEW: ("open", "Wacht op u"),
    Phase.TAKING_OVER: ("ingepland", "Wordt overgenomen"),
    Phase.TAKEN_OVER: ("geslaagd", "Overgenomen"),
    Phase.FAILED: ("gezakt", "Niet gelukt"),
}
FAULTS_ONLY = "fouten"


@dataclass(frozen=True)
class ShownRow:
    """`cells` as the kind shows them: title and text."""

    number: int
    cells: Sequence[tuple[str, str]]
    errors: Sequence[str]
    remarks: Sequence[str]


@dataclass(frozen=True)
class Shown:
    kind: Kind
    row: Record

    @property
    def href(self) -> str:
        return f"{self.kind.path}/{self.row['id']}"

    @property
    def phase(self) -> Phase:
        if self.row["state"] == JobState.FAILED:
            return Phase.FAILED
        if self.row["taken_over_at"] is not None:
            return Phase.TAKEN_OVER
        if self.row["state"] == JobState.READY:
            return Phase.PREVIEW
        return Phase.CHECKING if self.row["checked_at"] is None else Phase.TAKING_OVER

    @property
    def busy(self) -> bool:
        """Whether the page shows something else in a moment."""
        return self.phase in {Phase.CHECKING, Phase.TAKING_OVER}

    @property
    def preview(self) -> bool:
        return self.phase == Phase.PREVIEW

    @property
    def checking(self) -> bool:
        return self.phase == Phase.CHECKING

    @property
    def taken_over(self) -> bool:
        return self.phase == Phase.TAKEN_OVER

    @property
    def failed(self) -> bool:
        return self.phase == Phase.FAILED

    @property
    def tone(self) -> str:
        return WORDS[self.phase][0]

    @property
    def words(self) -> str:
        return WORDS[self.phase][1]

    @property
    def file_name(self) -> str:
        return str(self.row["file_name"])

    @property
    def organisation(self) -> str:
        return str(self.row["organisation_name"] or "")

    @property
    def user(self) -> str:
        return full_name(self.row["given_name"], self.row["name_particle"], self.row["family_name"])

    @property
    def error(self) -> str:
        return str(self.row["error"])

    @property
    def created_at(self) -> datetime:
        moment: datetime = self.row["created_at"]
        return moment

    @property
    def taken_over_at(self) -> datetime | None:
        moment: datetime | None = self.row["taken_over_at"]
        return moment

    @property
    def expires_at(self) -> datetime | None:
        """None: what stood in the file is gone."""
        moment: datetime | None = self.row["expires_at"]
        return moment

    @property
    def assign_paycodes(self) -> bool:
        return bool(self.row["assign_paycodes"])

    @property
    def total(self) -> int:
        return int(self.row["rows"])

    @property
    def refused(self) -> int:
        return int(self.row["rows_refused"])

    @property
    def good(self) -> int:
        return self.total - self.refused

    @property
    def done(self) -> int:
        return int(self.row["rows_done"])

    @property
    def percentage(self) -> int:
        """Of the check. Full only when there is something else to see."""
        return min(99, 100 * self.done // self.total) if self.total else 99

    def called(self, number: int) -> str:
        """`1 uitslag`, `5.000 uitslagen`"""
        return f"{number:,}".replace(",", ".") + " " + self.kind.rows[number != 1]

    @property
    def rows_in_words(self) -> str:
        return f"{self.total:,}".replace(",", ".")


@dataclass(frozen=True)
class Preview:
    """An import with a page of its rows."""

    shown: Shown
    page: Page[Record]
    faults_only: bool
    remarks: Sequence[tuple[str, int]]
    before: Shown | None
    """The same file, taken over earlier."""

    @property
    def rows(self) -> list[ShownRow]:
        titles = self.shown.kind.shown
        return [
            ShownRow(
                row["row"], [(title, row["values"].get(title, "")) for title in titles], row["errors"], row["remarks"]
            )
            for row in self.page.rows
        ]

    def page_href(self, number: int) -> str:
        query = f"toon={FAULTS_ONLY}&" if self.faults_only else ""
        return f"{self.shown.href}?{query}pagina={number}" if number > 1 else self.list_href(self.faults_only)

    def list_href(self, faults_only: bool) -> str:
        return with_query(self.shown.href, f"toon={FAULTS_ONLY}" if faults_only else "")
