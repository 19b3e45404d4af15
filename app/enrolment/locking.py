"""What was read stays true while somebody enrols."""

from typing import Any

from piccolo.query.mixins import LockStrength


async def kept(query: Any) -> list[dict[str, Any]]:
    """The rows, which nobody changes until the transaction ends; SQLite has one writer anyway."""
    locked = query.lock_rows(LockStrength.share) if query.engine_type == "postgres" else query
    rows: list[dict[str, Any]] = await locked
    return rows
