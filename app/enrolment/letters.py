"""What candidates are told by mail about their enrolments: always at the address on record, while there is one."""

from collections.abc import Sequence

from app.mail.outbox import Letter, queue_all
from app.tables import Enrolment

CHUNK = 500


async def tell_candidate(letter: Letter, enrolment: int) -> None:
    await tell_candidates(letter, [enrolment])


async def tell_candidates(letter: Letter, enrolments: Sequence[int]) -> None:
    """One letter about each, in the caller's transaction."""
    for start in range(0, len(enrolments), CHUNK):
        chosen = Enrolment.id.is_in(list(enrolments[start : start + CHUNK]))
        rows = await Enrolment.select(Enrolment.id, Enrolment.candidate.email).where(chosen).order_by(Enrolment.id)
        await queue_all(letter, {row["id"]: row["candidate.email"] for row in rows if row["candidate.email"]})
