"""Signed in without the page for it: a session as signing in leaves it, made in a moment."""

import secrets
from datetime import datetime
from typing import Any

from httpx import AsyncClient

from tests.clients import visitor


async def client_of(application: Any, username: str, *, since: datetime | None = None) -> AsyncClient:
    """A browser in which this person is signed in."""
    from app.clock import now
    from app.cookies import session_cookie
    from app.sessions import hash_token
    from app.tables import Session, User

    token, moment = secrets.token_urlsafe(32), since or now()
    user = await User.select(User.id).where(User.username == username).first()
    assert user, f"{username} has no account"
    await Session.insert(
        Session(
            token_hash=hash_token(token),
            user=user["id"],
            created_at=moment,
            seen_at=moment,
            second_factor_at=moment,
            address="",
        )
    )
    client = visitor(application)
    client.cookies.set(session_cookie(), token)
    return client
