"""The four statuses of a paycode, exclusive, by its facts and the moment: for the row, the WHERE and the counts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.access import Condition
from app.tables import Paycode


class Status(StrEnum):
    FREE = "te-gebruiken"
    USED = "gebruikt"
    INACTIVE = "inactief"
    EXPIRED = "verlopen"


LABELS = {
    Status.FREE: "Te gebruiken",
    Status.USED: "Gebruikt",
    Status.INACTIVE: "Inactief",
    Status.EXPIRED: "Verlopen",
}
TONES = {
    Status.FREE: "geslaagd",
    Status.USED: "",
    Status.INACTIVE: "open",
    Status.EXPIRED: "verlopen",
}
ICONS = {
    Status.FREE: "betaalcode",
    Status.USED: "persoon",
    Status.INACTIVE: "sluit",
    Status.EXPIRED: "verlopen",
}


@dataclass(frozen=True)
class Clock:
    """The moment that everything on one page is judged by."""

    now: datetime

    def status(self, used_at: datetime | None, deactivated_at: datetime | None, expires_at: datetime) -> Status:
        if used_at:
            return Status.USED
        if deactivated_at:
            return Status.INACTIVE
        return Status.EXPIRED if expires_at <= self.now else Status.FREE

    def has_status(self, status: Status) -> Condition:
        """The same as a WHERE."""
        if status is Status.USED:
            return Paycode.used_at.is_not_null()
        if status is Status.INACTIVE:
            return Paycode.used_at.is_null() & Paycode.deactivated_at.is_not_null()
        unused = Paycode.used_at.is_null() & Paycode.deactivated_at.is_null()
        if status is Status.EXPIRED:
            return unused & (Paycode.expires_at <= self.now)
        return unused & (Paycode.expires_at > self.now)
