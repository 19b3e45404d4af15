"""The record of who did what."""

import json

import pytest
from httpx import AsyncClient

from tests.clients import sign_in


async def test_an_event_tells_who_did_what_from_where(client: AsyncClient, demo: None) -> None:
    from app.clock import now
    from app.tables import AuditEvent, User

    start = now()
    await sign_in(client, "anna.smit")
    anna = await User.select(User.id).where(User.username == "anna.smit").first()
    [event] = await AuditEvent.select().where(AuditEvent.action == "sign_in")
    assert anna
    assert start <= event.pop("at") <= now()
    assert json.loads(event.pop("details")) == {}
    assert event | {"id": 0} == {
        "id": 0,
        "actor": anna["id"],
        "api_key": None,
        "action": "sign_in",
        "object_type": "user",
        "object_id": anna["id"],
        "organisation": None,
        "outcome": "ok",
        "origin": "127.0.0.0/24",
    }


async def test_what_is_undone_is_not_on_record(demo: None) -> None:
    from app.audit import record
    from app.database import transaction
    from app.security import PortalRequest
    from app.tables import AuditEvent

    before = await AuditEvent.count()
    request = PortalRequest({"type": "http", "headers": [], "client": None, "user": None})  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            await record(request, "unlink", "enrolment", 1, count=3)
            raise ZeroDivisionError
    assert await AuditEvent.count() == before
