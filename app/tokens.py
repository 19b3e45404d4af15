"""Links in mails: each has a secret that works once, for one purpose, until its time is over. Only a hash is kept."""

import secrets
from datetime import timedelta
from typing import Any

from app.clock import now
from app.sessions import hash_token
from app.tables import Token, TokenPurpose

LIFETIMES = {
    TokenPurpose.ACTIVATION: timedelta(days=7),
    TokenPurpose.RESET: timedelta(hours=1),
    TokenPurpose.EMAIL: timedelta(hours=24),
    TokenPurpose.OBJECTION: timedelta(days=90),
}


class LinkEnded(Exception):
    """It was used, is over its time, was replaced by a newer one, or what it was for is there no more."""


async def mint(purpose: TokenPurpose, *, user: int | None = None, enrolment: int | None = None, email: str = "") -> str:
    """A new secret, in the caller's transaction. Older ones of a user for the same purpose stop working."""
    if user is not None:
        await revoke(purpose, user)
    secret = secrets.token_urlsafe(32)
    await Token.insert(
        Token(
            purpose=purpose,
            token_hash=hash_token(secret),
            user=user,
            enrolment=enrolment,
            email=email,
            created_at=now(),
            expires_at=now() + LIFETIMES[purpose],
        )
    )
    return secret


async def find(purpose: TokenPurpose, secret: str) -> dict[str, Any] | None:
    """id, user, enrolment and email of a secret that still works; nothing for any other."""
    columns = (Token.id, Token.user, Token.enrolment, Token.email)
    works = Token.used_at.is_null() & (Token.expires_at > now())
    return await Token.select(*columns).where(_is(purpose, secret) & works).first()


async def use(purpose: TokenPurpose, secret: str) -> dict[str, Any] | None:
    """The same, and from now on it works no more: of all who come at once, one gets it."""
    works = Token.used_at.is_null() & (Token.expires_at > now())
    found = (
        await Token.update({Token.used_at: now()})
        .where(_is(purpose, secret) & works)
        .returning(Token.id, Token.user, Token.enrolment, Token.email)
    )
    return found[0] if found else None


async def revoke(purpose: TokenPurpose, user: int) -> None:
    """Those of this user that still work, work no more."""
    own = (Token.user == user) & (Token.purpose == purpose) & Token.used_at.is_null()
    await Token.update({Token.used_at: now()}).where(own)


def _is(purpose: TokenPurpose, secret: str) -> Any:
    return (Token.purpose == purpose) & (Token.token_hash == hash_token(secret))
