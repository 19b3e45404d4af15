"""Systems with a key, and an enrolment that they report on."""

from datetime import datetime
from typing import Any

from httpx import AsyncClient

from app.api.keys import SHOWN, new_secret
from app.clock import now
from app.sessions import hash_token
from app.tables import ApiKey, ApiScope, Enrolment
from tests.clients import visitor


async def make_key(
    *scopes: ApiScope, organisation: int | None = None, source: str = "toets", expires_at: datetime | None = None
) -> str:
    """The secret of a new key."""
    secret = new_secret()
    await ApiKey.insert(
        ApiKey(
            name=source,
            source=source,
            prefix=secret[:SHOWN],
            key_hash=hash_token(secret),
            organisation=organisation,
            scopes=" ".join(scopes),
            created_at=now(),
            expires_at=expires_at,
        )
    )
    return secret


def system(application: Any, secret: str) -> AsyncClient:
    """A system that sends this key along."""
    client = visitor(application)
    client.headers["Authorization"] = f"Bearer {secret}"
    return client


async def number_of(enrolment: int) -> str:
    row = await Enrolment.select(Enrolment.number).where(Enrolment.id == enrolment).first()
    assert row
    return str(row["number"])
