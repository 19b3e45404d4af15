"""What passkeys sign: random, for one purpose, in the browser that asked, once and within minutes."""

import secrets
from datetime import timedelta

from app.clock import now
from app.sessions import hash_token
from app.tables import Ceremony, PasskeyChallenge

LASTS = timedelta(minutes=5)


async def new_challenge(purpose: Ceremony, holder: str) -> bytes:
    """`holder`: a hash of what only this browser has."""
    challenge = secrets.token_bytes(32)
    await PasskeyChallenge.insert(
        PasskeyChallenge(
            challenge_hash=hash_token(challenge.hex()), purpose=purpose, holder=holder, expires_at=now() + LASTS
        )
    )
    return challenge


async def use_challenge(purpose: Ceremony, holder: str, challenge: bytes) -> bool:
    """Whether it was given out for this; from now on it is not. Outside a transaction, so that it stays used when what
    was signed with it is refused."""
    given_out = (
        (PasskeyChallenge.challenge_hash == hash_token(challenge.hex()))
        & (PasskeyChallenge.purpose == purpose.value)
        & (PasskeyChallenge.holder == holder)
        & (PasskeyChallenge.expires_at > now())
    )
    return bool(await PasskeyChallenge.delete().where(given_out).returning(PasskeyChallenge.id))
