"""Which letters did the administrator ask for?"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from piccolo.columns.combination import WhereRaw

from app.access import Condition
from app.lists import ARRANGEMENT, StandingSelection, arrangement
from app.mail.letters import NAMES
from app.mail.outbox import Letter
from app.query import Query, escape_like
from app.tables import Mail, MailState

SORTS = ("gemaakt", "-gemaakt")
TO_RECIPIENT = "(LOWER({}) LIKE {} ESCAPE '\\')"


class Standing(StrEnum):
    """As the state is called in addresses."""

    QUEUED = "te-verzenden"
    SENT = "verzonden"
    FAILED = "mislukt"

    @property
    def state(self) -> MailState:
        return MailState[self.name]


LABELS = {Standing.QUEUED: "Te verzenden", Standing.SENT: "Verzonden", Standing.FAILED: "Mislukt"}
TONES = {Standing.QUEUED: "ingepland", Standing.SENT: "geslaagd", Standing.FAILED: "gezakt"}


@dataclass(frozen=True, kw_only=True)
class MailFilter(StandingSelection):
    """A selection of letters."""

    PARAMETERS = {
        "keywords": "trefwoorden",
        "letter": "bericht",
        "standing": "status",
        **ARRANGEMENT,
    }

    keywords: str = ""
    letter: str = ""
    sort: str = "-gemaakt"

    @classmethod
    def from_query(cls, raw: bytes) -> "MailFilter":
        query = Query(raw)
        return cls(
            keywords=query.text("trefwoorden"),
            letter=query.choice("bericht", list(Letter), "Kies een bericht uit de lijst."),
            standing=query.choice("status", list(Standing), "Kies een status uit de lijst."),
            **arrangement(query, SORTS, cls.sort),
        )

    def _conditions(self) -> Sequence[Condition | None]:
        return self._keywords(), self._letter()

    def _keywords(self) -> Condition | None:
        if not self.keywords:
            return None
        return WhereRaw(TO_RECIPIENT, Mail.recipient, f"%{escape_like(self.keywords.lower())}%")

    def _letter(self) -> Condition | None:
        return Mail.template == self.letter if self.letter else None

    def _standing(self) -> Condition:
        return Mail.state == Standing(self.standing).state.value

    def _said(self) -> dict[str, str]:
        return {
            "keywords": f"Aan: {self.keywords}" if self.keywords else "",
            "letter": f"Bericht: {NAMES[Letter(self.letter)]}" if self.letter else "",
            "standing": f"Status: {LABELS[Standing(self.standing)]}" if self.standing else "",
        }
