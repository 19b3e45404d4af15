"""Keys of other systems: who holds one may do what its scopes say, until it ends or is revoked. Only a hash is kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers.base import BaseRouteHandler

from app.access import Access, Condition
from app.acting import act_for
from app.clock import now
from app.sessions import hash_token
from app.tables import ApiKey, ApiScope, Role

MARK = "evp_"
SHOWN = 12
"""Signs of a key that may be shown: the mark and what tells keys apart."""
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Key:
    """Of the system that asks."""

    id: int
    source: str
    scopes: frozenset[str]
    organisation: int | None

    @property
    def access(self) -> Access:
        """Bound to an organisation: what its managers may see. Otherwise everything."""
        if self.organisation is None:
            return Access(0, frozenset({Role.ADMINISTRATOR}), ())
        return Access(0, frozenset({Role.ORGANISATION_MANAGER}), (self.organisation,))


def new_secret() -> str:
    return MARK + secrets.token_hex(4) + "_" + secrets.token_urlsafe(32)


async def require_key(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard: `connection.auth` becomes the key, which has the scope that the handler `needs`, and the database is
    asked on its behalf until the session middleware ends that. No key that works: 401. Without the scope, or bound to
    no organisation where it reads: 403."""
    key = await find_key(connection.headers.get("authorization", ""))
    if key is None:
        raise NotAuthorizedException(headers={"WWW-Authenticate": "Bearer"})
    needs = handler.opt["needs"]
    if needs not in key.scopes or (key.organisation is None and needs != ApiScope.RESULTS_WRITE):
        raise PermissionDeniedException
    connection.scope["auth"] = key
    act_for(key.access)


async def find_key(header: str) -> Key | None:
    """Looked up by its hash: how long that takes tells nothing of the key."""
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret.startswith(MARK):
        return None
    row = await ApiKey.select().where(ApiKey.key_hash == hash_token(secret.strip()), works(now())).first()
    if row is None:
        return None
    await _mark_used(row)
    return Key(row["id"], row["source"], frozenset(row["scopes"].split()), row["organisation"])


def works(at: datetime) -> Condition:
    unended: Condition = ApiKey.revoked_at.is_null() & (ApiKey.expires_at.is_null() | (ApiKey.expires_at > at))
    return unended


async def _mark_used(row: dict[str, Any]) -> None:
    if row["last_used_at"] is None or row["last_used_at"] < now() - USED_EVERY:
        await ApiKey.update({ApiKey.last_used_at: now()}).where(ApiKey.id == row["id"])
