"""Betaalcodes worked out by hand: every row read once, every rule of it written out in plain Python."""

import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

STATUSES = {
    "te-gebruiken": "Te gebruiken",
    "gebruikt": "Gebruikt",
    "inactief": "Inactief",
    "verlopen": "Verlopen",
}
WHOLE_LETTERS = str.maketrans({"ł": "l", "ø": "o", "ı": "i", "'": "", "-": "", ",": " "})


def plain(text: str) -> str:
    """Without capitals, accents, apostrophes and dashes."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(WHOLE_LETTERS))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@dataclass(frozen=True)
class Code:
    row: dict[str, Any]
    organisation: str
    route: str
    profile: str
    batch: str
    user: dict[str, Any] | None
    """The enrolment it was used for, where that may be seen."""

    @property
    def code(self) -> str:
        return str(self.row["code"])

    @property
    def used_by(self) -> str:
        """As a cell says it."""
        if self.user:
            first = " ".join(filter(None, (self.user["given_name"], self.user["name_particle"])))
            return f"{self.user['family_name']}, {first}"
        return "andere kandidaat" if self.row["used_at"] else ""

    @property
    def status(self) -> str:
        if self.row["used_at"]:
            return "gebruikt"
        if self.row["deactivated_at"]:
            return "inactief"
        return "te-gebruiken" if self.row["expires_at"] > datetime.now(UTC) else "verlopen"

    @property
    def created_on(self) -> date:
        created_at: datetime = self.row["created_at"]
        return created_at.astimezone(ZoneInfo("Europe/Amsterdam")).date()

    def answers(self, name: str, value: str) -> bool:
        """Whether one filter lets this code through."""
        if name == "trefwoorden":
            return self._has(plain(value).split())
        if name == "profiel":
            return value in (self.route, self.profile)
        if name == "aangemaakt_vanaf":
            return self.created_on >= date.fromisoformat(value)
        if name == "aangemaakt_tot":
            return self.created_on <= date.fromisoformat(value)
        return bool({"organisatie": self.organisation, "status": self.status}[name] == value)

    def _has(self, sought: list[str]) -> bool:
        """All words in what the code says, or all in who used it."""
        own = plain(f"{self.code} #{self.batch} {self.row['contact_name']} | {self.row['reference']}")
        if all(word in own for word in sought):
            return True
        names = ("given_name", "name_particle", "family_name", "number", "email")
        person = plain(" ".join(self.user[name] for name in names)) if self.user else ""
        return bool(self.user) and all(word in person for word in sought)


@dataclass(frozen=True)
class ByHand:
    codes: list[Code]

    def found(self, query: dict[str, str], *, but: str = "") -> list[Code]:
        """In the order asked for; `but` names a filter that is not applied."""
        filters = {name: value for name, value in query.items() if name not in ("sorteer", "per_pagina", but)}
        rows = [each for each in self.codes if all(each.answers(*one) for one in filters.items())]
        sort = query.get("sorteer", "-aangemaakt")
        column = {"aangemaakt": "created_at", "code": "code", "gebruikt": "used_at"}[sort.lstrip("-")]
        never = datetime(1900, 1, 1, tzinfo=UTC)
        return sorted(rows, key=lambda each: (each.row[column] or never, each.row["id"]), reverse=sort.startswith("-"))

    def tiles(self, query: dict[str, str]) -> dict[str, int]:
        rows = self.found(query, but="status")
        counts = Counter(each.status for each in rows)
        return {"Alle": len(rows)} | {label: counts[status] for status, label in STATUSES.items()}


async def read_codes(organisations: Collection[str] | None = None) -> ByHand:
    """All codes of these organisations; none named: all there are."""
    from app.tables import Batch, Candidate, Enrolment, Organisation, Paycode, Profile, Route

    own = {row["id"]: row["code"] for row in await Organisation.select()}
    routes = {row["id"]: row["slug"] for row in await Route.select()}
    profiles = {row["id"]: row["slug"] for row in await Profile.select()}
    batches = {row["id"]: row["number"] for row in await Batch.select()}
    mails = {row["id"]: row["email"] for row in await Candidate.select()}
    users = {row["id"]: row | {"email": mails[row["candidate"]]} for row in await Enrolment.select()}

    def seen(organisation: int | None) -> bool:
        return organisations is None or own.get(organisation or 0) in organisations

    return ByHand(
        [
            Code(
                row=row,
                organisation=own.get(row["organisation"], ""),
                route=routes[row["route"]],
                profile=f"{routes[row['route']]}/{profiles.get(row['profile'])}",
                batch=batches[row["batch"]],
                user=users[row["used_by"]] if row["used_by"] and seen(users[row["used_by"]]["organisation"]) else None,
            )
            for row in await Paycode.select()
            if seen(row["organisation"])
        ]
    )
