"""Reading by HR systems: page after page, each row as the organisation itself may see it."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from litestar.exceptions import NotFoundException

from app.api.messages import (
    CertificateOut,
    CodeStatus,
    EnrolmentOut,
    Enrolments,
    Moment,
    PaycodeOut,
    Paycodes,
    StepOut,
    StepOutcome,
)
from app.api.problems import Unreadable
from app.api.queries import Place
from app.clock import now, today
from app.paycodes.codes import grouped
from app.paycodes.status import Clock, Status
from app.query import Query, row_id
from app.results.facts import RouteStep
from app.results.progress import notes, outcome
from app.tables import Kind, State

FEWEST, USUAL, MOST = 1, 100, 500
# A change may become visible some seconds after its moment: who asks again starts a little before.
OVERLAP = timedelta(seconds=30)
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
PARAMETERS = frozenset({"changed_since", "cursor", "limit"})

OUTCOMES = {
    "open": StepOutcome.OPEN,
    "ingepland": StepOutcome.SCHEDULED,
    "geslaagd": StepOutcome.PASSED,
    "gezakt": StepOutcome.FAILED,
    "verlopen": StepOutcome.EXPIRED,
}
STATUSES = {
    Status.FREE: CodeStatus.AVAILABLE,
    Status.USED: CodeStatus.USED,
    Status.INACTIVE: CodeStatus.INACTIVE,
    Status.EXPIRED: CodeStatus.EXPIRED,
}


@dataclass(frozen=True)
class Asked:
    """Which rows: changed since a moment, behind a place, at most so many."""

    since: datetime | None
    after: Place | None
    most: int

    @classmethod
    def from_query(cls, raw: bytes) -> "Asked":
        """Raises Unreadable."""
        query = Query(raw)
        since = query.typed.get("changed_since")
        cursor = query.typed.get("cursor")
        limit = query.number("limit", USUAL)
        asked = cls(_since(since) if since is not None else None, _place(cursor) if cursor else None, limit)
        for name in query.typed:
            if not query.text(name):
                query.errors.setdefault(name, "Geef een waarde, of laat deze parameter weg.")
            if name not in PARAMETERS:
                query.errors[name] = "Deze parameter is er niet."
        if not FEWEST <= limit <= MOST:
            query.errors["limit"] = f"Geef een getal van {FEWEST} tot en met {MOST}."
        for name, sentence in query.errors.items():
            raise Unreadable(400, sentence, name)
        return asked

    def cursor(self, rows: Sequence[Mapping[str, Any]]) -> str | None:
        """To what follows on these, of which one more was read than was asked for."""
        if len(rows) <= self.most:
            return None
        last = rows[self.most - 1]
        place = f"{last['changed_at'].astimezone(UTC).isoformat()} {last['id']}"
        return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _since(typed: str) -> datetime:
    try:
        moment: datetime = msgspec.convert(typed.replace(" ", "+"), Moment)
    except msgspec.ValidationError as error:
        raise Unreadable(400, "Geef een moment als 2026-11-02T09:30:00Z.", "changed_since") from error
    # The ends of the calendar cannot be converted to another zone.
    if moment.year < EARLIEST.year:
        return EARLIEST
    return moment.astimezone(UTC) if moment.year < LATEST.year else LATEST


def _place(cursor: str) -> Place:
    try:
        moment, key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").split(" ")
        place = Place(msgspec.convert(moment, Moment), row_id(key))
    except (ValueError, binascii.Error, NotFoundException) as error:
        raise Unreadable(400, "Deze cursor is niet van hier.", "cursor") from error
    if not EARLIEST.year <= place.changed_at.year < LATEST.year:
        raise Unreadable(400, "Deze cursor is niet van hier.", "cursor")
    return place


def as_of() -> datetime:
    return now() - OVERLAP


def enrolments(asked: Asked, rows: Sequence[Mapping[str, Any]], steps: Mapping[int, Sequence[RouteStep]]) -> Enrolments:
    items = [_enrolment(row, steps.get(row["route_id"], ())) for row in rows[: asked.most]]
    return Enrolments(items=items, cursor=asked.cursor(rows), as_of=as_of())


def paycodes(asked: Asked, rows: Sequence[Mapping[str, Any]]) -> Paycodes:
    clock = Clock(now())
    return Paycodes(
        items=[_paycode(row, clock) for row in rows[: asked.most]], cursor=asked.cursor(rows), as_of=as_of()
    )


def _enrolment(row: Mapping[str, Any], steps: Sequence[RouteStep]) -> EnrolmentOut:
    return EnrolmentOut(
        number=grouped(row["number"]),
        given_name=row["given_name"],
        name_particle=row["name_particle"],
        family_name=row["family_name"],
        email=row["email"],
        route=row["route"],
        profile=row["profile"],
        kind=Kind(row["kind"]),
        enrolled_at=row["enrolled_at"],
        linked_at=row["linked_at"],
        state=State(row["state"]),
        valid_until=row["valid_until"],
        steps=list(_steps(row, steps)),
        certificate=_certificate(row) if row["certificate_number"] else None,
        changed_at=row["changed_at"],
    )


def _steps(row: Mapping[str, Any], steps: Sequence[RouteStep]) -> Iterator[StepOut]:
    noted, day = notes(row["progress_notes"]), today()
    for step in steps:
        letter = row["progress"][step.position - 1 : step.position]
        if found := outcome(letter, row["valid_until"], day):
            note = noted[step.position - 1]
            yield StepOut(
                step=step.slug,
                name=step.name,
                outcome=OUTCOMES[found],
                day=note.day if note else None,
                attempt=note.attempt if note else None,
            )


def _certificate(row: Mapping[str, Any]) -> CertificateOut:
    return CertificateOut(
        number=row["certificate_number"],
        issued_on=row["issued_on"],
        valid_until=row["certified_until"],
        crt_registered_on=row["crt_registered_on"],
        skills_passport_on=row["skills_passport_on"],
    )


def _paycode(row: Mapping[str, Any], clock: Clock) -> PaycodeOut:
    return PaycodeOut(
        code=grouped(row["code"]),
        batch=f"#{row['batch']}",
        route=row["route"],
        profile=row["profile"],
        contact_name=row["contact_name"],
        reference=row["reference"],
        status=STATUSES[clock.status(row["used_at"], row["deactivated_at"], row["expires_at"])],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
        used_by=grouped(row["used_by"]) if row["used_by"] else None,
        changed_at=row["changed_at"],
    )
