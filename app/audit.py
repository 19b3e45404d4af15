"""The record of who saw or did what."""

from collections.abc import Sequence

from app.clock import now
from app.many import insert_many
from app.meters import REFUSED
from app.origin import origin_of
from app.security import PortalRequest
from app.tables import AuditEvent

ITSELF = "portaal"
"""The origin of what nobody asked for at that moment."""
UNKNOWN = "onbekend"
TOLD = ("actor", "api_key", "object_type", "object_id", "organisation", "outcome", "details")


async def record(
    request: PortalRequest | None,
    action: str,
    object_type: str,
    object_id: int | None = None,
    *,
    organisation: int | None = None,
    outcome: str = "ok",
    actor: int | None = None,
    api_key: int | None = None,
    **details: int | str | Sequence[int],
) -> None:
    """One event by who is signed in (or is just becoming so: `actor`) or by another system (`api_key`), in the
    caller's transaction, so that both happen or neither. Without a request it is work that was asked for before, or
    that the portal does by itself.

    Details are ids, counts and the words of fixed lists; never a name, nor what somebody typed."""
    event = AuditEvent(
        actor=actor or (request.user.id if request and request.user else None),
        api_key=api_key,
        object_type=object_type,
        object_id=object_id,
        organisation=organisation,
        outcome=outcome,
        details=details,
    )
    await record_all(request, action, [event])


async def record_all(request: PortalRequest | None, action: str, events: Sequence[AuditEvent]) -> None:
    """Many events of one kind at once: each says what was done to what, this says when and from where. Nothing comes
    back: whoever adds to the log need not be able to read it."""
    told = {"action": action, "at": now(), "origin": _origin(request)}
    REFUSED.labels(action).inc(sum(event.outcome == "refused" for event in events))
    await insert_many(AuditEvent, [{name: getattr(event, name) for name in TOLD} | told for event in events])


def _origin(request: PortalRequest | None) -> str:
    return (origin_of(request) or UNKNOWN) if request else ITSELF
