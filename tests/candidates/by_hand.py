"""The Overzicht worked out by hand: every row read once, every rule of it written out in plain Python."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from app.names import words

STATUSES = {
    "niet-gestart": "Nog niet gestart",
    "lopend": "Lopend",
    "herkansing": "Herkansing nodig",
    "afgerond": "Afgerond",
    "verloopt": "Verloopt binnen 6 maanden",
    "verlopen": "Verlopen",
}
OWN = {"route": "route", "status": "status", "stap": "stap", "uitslag": "stap"}
COLUMNS = {"naam": "sort_key", "aangemeld": "enrolled_at", "gewijzigd": "changed_at"}


@dataclass(frozen=True)
class Enrolled:
    id: int
    route: str
    route_label: str
    profile: str
    organisation: str
    steps: dict[str, int]
    """Of the route: slug → position."""
    row: dict[str, Any]

    @property
    def enrolled_on(self) -> date:
        enrolled_at: datetime = self.row["enrolled_at"]
        return enrolled_at.astimezone(ZoneInfo("Europe/Amsterdam")).date()

    @cached_property
    def outcomes(self) -> dict[str, str]:
        """Step → outcome, of the steps of this enrolment."""
        letters = dict(zip(range(1, 99), self.row["progress"], strict=False))
        found = {step: self._outcome(letters.get(position, "-")) for step, position in self.steps.items()}
        return {step: outcome for step, outcome in found.items() if outcome}

    def _outcome(self, letter: str) -> str:
        if letter == "v":
            return "verlopen" if self.row["valid_until"] < _today() else "geslaagd"
        return {"o": "open", "s": "ingepland", "p": "geslaagd", "f": "gezakt", "-": ""}[letter]

    @property
    def status(self) -> str:
        state, until = self.row["state"], self.row["valid_until"]
        if state not in ("completed", "renewing"):
            return {"not_started": "niet-gestart", "resit": "herkansing", "renewed": "afgerond"}.get(state, "lopend")
        if until is None or until > _half_a_year_on(_today()):
            return "afgerond"
        if until >= _today():
            return "verloopt"
        return "verlopen" if state == "completed" else "lopend"

    def answers(self, name: str, value: str, query: dict[str, str]) -> bool:
        """Whether one filter lets this enrolment through."""
        if name == "trefwoorden":
            return all(word in self.row["search_text"] for word in words(value))
        if name == "profiel":
            return value in (self.route, self.profile)
        if name == "stap":
            return self.outcomes.get(value) in ([query["uitslag"]] if query.get("uitslag") else self.outcomes.values())
        if name == "uitslag":
            return "stap" in query or value in self.outcomes.values()
        if name == "vanaf":
            return self.enrolled_on >= date.fromisoformat(value)
        if name == "tot":
            return self.enrolled_on <= date.fromisoformat(value)
        return bool(getattr(self, {"organisatie": "organisation"}.get(name, name)) == value)


@dataclass(frozen=True)
class ByHand:
    enrolments: list[Enrolled]

    def found(self, query: dict[str, str], *, but: str = "") -> list[Enrolled]:
        """In the order asked for; `but` names the filters that are not applied: route, status or stap."""
        filters = {name: value for name, value in query.items() if name not in ("sorteer", "pagina", "per_pagina")}
        on = [(name, value) for name, value in filters.items() if not (but and OWN.get(name) == but)]
        rows = [each for each in self.enrolments if all(each.answers(*one, filters) for one in on)]
        sort = query.get("sorteer", "naam")
        column = COLUMNS[sort.lstrip("-")]
        return sorted(rows, key=lambda each: (each.row[column], each.id), reverse=sort.startswith("-"))

    def tabs(self, query: dict[str, str]) -> Counter[str]:
        rows = self.found(query, but="route")
        return Counter(each.route_label for each in rows) + Counter({"Alle routes": len(rows)})

    def tiles(self, query: dict[str, str]) -> dict[str, int]:
        rows = self.found(query, but="status")
        counts = Counter(each.status for each in rows)
        return {"Alle": len(rows)} | {label: counts[status] for status, label in STATUSES.items()}

    def heads(self, query: dict[str, str]) -> dict[str, Counter[str]]:
        """On a route's tab: step → how many stand where. Those for whom it is still open are not shown."""
        counts: dict[str, Counter[str]] = {}
        for each in self.found(query, but="stap"):
            for step, outcome in each.outcomes.items():
                counts.setdefault(step, Counter())[outcome] += 1
        return {step: +Counter(dict(count, open=0)) for step, count in counts.items()}


async def read_world(organisations: Iterable[str] | None = None) -> ByHand:
    """All enrolments that are linked to these organisations; none named: all there are."""
    from app.tables import Enrolment, Organisation, Profile, Route, Step

    routes = {row["id"]: row for row in await Route.select()}
    profiles = {row["id"]: row["slug"] for row in await Profile.select()}
    codes = {row["id"]: row["code"] for row in await Organisation.select()}
    steps: dict[int, dict[str, int]] = {}
    for step in await Step.select():
        steps.setdefault(step["route"], {})[step["slug"]] = step["position"]
    rows = await Enrolment.select()
    found = [
        Enrolled(
            id=row["id"],
            route=routes[row["route"]]["slug"],
            route_label=routes[row["route"]]["label"],
            profile=f"{routes[row['route']]['slug']}/{profiles.get(row['profile'])}",
            organisation=codes.get(row["organisation"], ""),
            steps=steps[row["route"]],
            row=row,
        )
        for row in rows
    ]
    return ByHand([each for each in found if organisations is None or each.organisation in set(organisations)])


def _today() -> date:
    return datetime.now(ZoneInfo("Europe/Amsterdam")).date()


def _half_a_year_on(day: date) -> date:
    """The same day of the month; the last one where that month is shorter."""
    for shorter in range(4):
        month = day.month + 6
        try:
            return date(day.year + (month > 12), (month - 1) % 12 + 1, day.day - shorter)
        except ValueError:
            continue
    raise AssertionError(day)
