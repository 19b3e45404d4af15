"""Which keys of other systems did the administrator ask for?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from piccolo.columns.combination import WhereRaw

from app.access import Condition
from app.api.keys import works
from app.clock import now
from app.lists import ARRANGEMENT, StandingSelection, arrangement
from app.query import Query, escape_like
from app.tables import ApiKey

SORTS = ("gemaakt", "-gemaakt")
CALLED = "(LOWER({}) LIKE {} ESCAPE '\\' OR LOWER({}) LIKE {} ESCAPE '\\' OR {} LIKE {} ESCAPE '\\')"


class Standing(StrEnum):
    """Of a key, as it is called in addresses."""

    WORKS = "werkt"
    EXPIRED = "verlopen"
    REVOKED = "ingetrokken"

    @classmethod
    def of(cls, revoked_at: datetime | None, expires_at: datetime | None) -> "Standing":
        if revoked_at:
            return cls.REVOKED
        return cls.EXPIRED if expires_at and expires_at <= now() else cls.WORKS

    @property
    def condition(self) -> Condition:
        if self is Standing.WORKS:
            return works(now())
        if self is Standing.EXPIRED:
            return ApiKey.revoked_at.is_null() & (ApiKey.expires_at <= now())
        return ApiKey.revoked_at.is_not_null()


LABELS = {Standing.WORKS: "Werkt", Standing.EXPIRED: "Verlopen", Standing.REVOKED: "Ingetrokken"}
TONES = {Standing.WORKS: "geslaagd", Standing.EXPIRED: "verlopen", Standing.REVOKED: "inactief"}


@dataclass(frozen=True, kw_only=True)
class KeyFilter(StandingSelection):
    """A selection of keys."""

    PARAMETERS = {
        "keywords": "trefwoorden",
        "standing": "status",
        **ARRANGEMENT,
    }

    keywords: str = ""
    sort: str = "-gemaakt"

    @classmethod
    def from_query(cls, raw: bytes) -> "KeyFilter":
        query = Query(raw)
        return cls(
            keywords=query.text("trefwoorden"),
            standing=query.choice("status", list(Standing), "Kies een status uit de lijst."),
            **arrangement(query, SORTS, cls.sort),
        )

    def _conditions(self) -> Sequence[Condition | None]:
        return (self._keywords(),)

    def _standing(self) -> Condition:
        return Standing(self.standing).condition

    def _keywords(self) -> Condition | None:
        if not self.keywords:
            return None
        typed = escape_like(self.keywords)
        part, beginning = f"%{typed.lower()}%", f"{typed}%"
        return WhereRaw(CALLED, ApiKey.name, part, ApiKey.source, part, ApiKey.prefix, beginning)

    def _said(self) -> dict[str, str]:
        return {
            "keywords": f"Trefwoorden: {self.keywords}" if self.keywords else "",
            "standing": f"Status: {LABELS[Standing(self.standing)]}" if self.standing else "",
        }
