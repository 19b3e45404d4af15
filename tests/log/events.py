"""Events made by hand, to be found in the log."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.tables import AuditEvent, Enrolment, Organisation, User

START = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)


async def user(username: str) -> int:
    row = await User.select(User.id).where(User.username == username).first()
    assert row
    return int(row["id"])


async def organisation(code: str) -> int:
    row = await Organisation.select(Organisation.id).where(Organisation.code == code).first()
    assert row
    return int(row["id"])


async def enrolment(code: str) -> dict[str, Any]:
    """The first that is linked to this organisation."""
    columns = (Enrolment.id, Enrolment.number, Enrolment.candidate, Enrolment.given_name, Enrolment.family_name)
    found = Enrolment.select(*columns).where(Enrolment.organisation == await organisation(code))
    row = await found.order_by(Enrolment.id).first()
    assert row
    return dict(row)


async def happened(*events: dict[str, Any]) -> None:
    """One after the other, a day apart."""
    for place, event in enumerate(events):
        values: dict[Any, Any] = {
            "at": START + timedelta(days=place),
            "action": "view",
            "object_type": "log",
            "details": {},
            "origin": "192.0.2.0/24",
        }
        await AuditEvent.insert(AuditEvent(values | event))
