"""What an administrator sees first: how much there is, and what waits."""

from dataclasses import dataclass

from app.access import Access
from app.clock import now
from app.tables import Organisation

COUNTS = """
SELECT
    (SELECT COUNT(*) FROM organisation WHERE active = {}) AS organisations,
    (SELECT COUNT(*) FROM portal_user WHERE active = {}) AS people,
    (SELECT COUNT(*) FROM enrolment WHERE organisation IS NOT NULL AND {}) AS linked,
    (SELECT COUNT(*) FROM enrolment WHERE organisation IS NULL AND {}) AS unlinked,
    (SELECT COUNT(*) FROM paycode WHERE used_at IS NULL AND deactivated_at IS NULL AND expires_at > {} AND {}) AS free,
    (SELECT COUNT(*) FROM mail WHERE state = 'queued') AS mail,
    (SELECT COUNT(*) FROM download WHERE state IN ('queued', 'running')) AS downloads
"""


@dataclass(frozen=True)
class Administration:
    organisations: int
    people: int
    linked: int
    unlinked: int
    free: int
    mail: int
    downloads: int


async def count_everything(access: Access) -> Administration:
    """One statement."""
    enrolments, paycodes = access.enrolments.querystring, access.paycodes.querystring
    [row] = await Organisation.raw(COUNTS, True, True, enrolments, enrolments, now(), paycodes)
    return Administration(**row)
