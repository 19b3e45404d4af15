"""The record of who saw or did what."""

from collections.abc import Sequence

from app.clock import now
from app.security import PortalRequest, origin_of
from app.tables import AuditEvent


async def record(
    request: PortalRequest,
    action: str,
    object_type: str = "",
    object_id: int | None = None,
    *,
    organisation: int | None = None,
    outcome: str = "ok",
    actor: int | None = None,
    **details: int | str | Sequence[int],
) -> None:
    """One event by who is signed in (or is just becoming so: `actor`), in the caller's transaction, so that
    both happen or neither.

    Details are ids, counts and the words of fixed lists; never a name, nor what somebody typed."""
    await AuditEvent.insert(
        AuditEvent(
            at=now(),
            actor=actor or (request.user.id if request.user else None),
            action=action,
            object_type=object_type,
            object_id=object_id,
            organisation=organisation,
            outcome=outcome,
            origin=origin_of(request),
            details=details,
        )
    )
