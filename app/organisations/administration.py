"""What an administrator sees first: how much there is, and what waits."""

from dataclasses import dataclass

from app.access import EVERYTHING, NOTHING, Access
from app.clock import now
from app.tables import Download, ImportKind, JobState, MailState, Organisation

COUNTS = """
SELECT
    (SELECT COUNT(*) FROM candidate WHERE {}) AS candidates,
    (SELECT COUNT(*) FROM enrolment WHERE {}) AS enrolments,
    (SELECT COUNT(*) FROM organisation WHERE {}) AS organisations,
    (SELECT COUNT(*) FROM portal_user WHERE {}) AS people,
    (SELECT COUNT(*) FROM batch WHERE {}) AS batches,
    (SELECT COUNT(*) FROM paycode WHERE used_at IS NULL AND deactivated_at IS NULL AND expires_at > {} AND {}) AS free,
    (SELECT COUNT(DISTINCT candidate) FROM enrolment WHERE organisation IS NULL AND {}) AS unlinked,
    (SELECT COUNT(*) FROM portal_user WHERE password_hash IS NULL AND active = {} AND {}) AS invited,
    (
        SELECT COUNT(*) FROM import
        WHERE kind = {} AND taken_over_at IS NULL AND state <> {} AND (expires_at IS NULL OR expires_at > {}) AND {}
    ) AS imports,
    (SELECT COUNT(*) FROM mail WHERE state = {} AND {}) AS queued,
    (SELECT COUNT(*) FROM mail WHERE state = {} AND {}) AS failed,
    (SELECT COUNT(*) FROM download WHERE state IN ('queued', 'running') AND {}) AS downloads
"""


@dataclass(frozen=True)
class Administration:
    """Each number is that of a list."""

    candidates: int
    enrolments: int
    organisations: int
    people: int
    batches: int
    free: int
    unlinked: int
    """Persons with an enrolment that is linked to nobody."""
    invited: int
    imports: int
    queued: int
    failed: int
    downloads: int


async def count_everything(access: Access) -> Administration:
    """One statement. Of the downloads their own: nobody sees another's."""
    everything = (EVERYTHING if access.everywhere else NOTHING).querystring
    enrolments, paycodes = access.enrolments.querystring, access.paycodes.querystring
    [row] = await Organisation.raw(
        COUNTS,
        everything,
        enrolments,
        everything,
        everything,
        everything,
        now(),
        paycodes,
        enrolments,
        True,
        everything,
        ImportKind.RESULTS.value,
        JobState.FAILED.value,
        now(),
        everything,
        MailState.QUEUED.value,
        everything,
        MailState.FAILED.value,
        everything,
        (Download.user == access.user).querystring,
    )
    return Administration(**row)
