"""A form that is sent twice counts once."""

import secrets
from collections.abc import Awaitable, Callable, Mapping

from litestar.exceptions import ClientException

from app.clock import now
from app.database import transaction
from app.sessions import hash_token
from app.tables import FormToken

FIELD = "formulier"
LONGEST = 64


def form_key(sent: Mapping[str, str] | None = None) -> str:
    """What tells one form that was shown from the next: it travels in the hidden field `FIELD`."""
    return (sent or {}).get(FIELD, "")[:LONGEST] or secrets.token_urlsafe(16)


async def is_first(key: str) -> bool:
    """Whether what this form asks is still to be done, in the caller's transaction: whoever comes second waits for
    the first, and does it only if that failed."""
    token = FormToken(token_hash=hash_token(key), used_at=now())
    return bool(await FormToken.insert(token).on_conflict(action="DO NOTHING").returning(FormToken.id))


async def once(key: str, make: Callable[[], Awaitable[int]]) -> int:
    """What this form makes, in a transaction of its own: sent twice, the row that the first made."""
    async with transaction():
        return await once_inside(key, make)


async def once_inside(key: str, make: Callable[[], Awaitable[int]]) -> int:
    """The same in the caller's transaction."""
    own = FormToken.token_hash == hash_token(key)
    if await is_first(key):
        made = await make()
        await FormToken.update({FormToken.answer: str(made)}).where(own)
        return made
    answered = await FormToken.select(FormToken.answer).where(own).first()
    if not answered or not answered["answer"]:
        raise ClientException
    return int(answered["answer"])
