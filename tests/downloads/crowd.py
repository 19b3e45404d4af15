"""Many enrolments at once, all alike, for an organisation that has none."""

import asyncio
import sys
from typing import Any

# The last of an organisation, over and over: finished, so that one person may have so many.
COPIES = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {})
INSERT INTO enrolment (candidate, route, profile, kind, number, enrolled_at, organisation, link_source, linked_at,
    given_name, name_particle, family_name, sort_key, search_text, progress, progress_notes, state, changed_at)
SELECT candidate, route, profile, 'first', substr(CAST(100000000 + n AS text), 2), enrolled_at, {}, 'website',
    enrolled_at, given_name, name_particle, family_name, substr(CAST(100000000 + n AS text), 2), search_text,
    progress, progress_notes, 'completed', changed_at
FROM enrolment, numbers
WHERE enrolment.id = (SELECT MAX(id) FROM enrolment WHERE state = 'completed' AND organisation IS NOT NULL)
"""


async def crowd(size: int, code: str = "BRG") -> None:
    from app.tables import Enrolment, Organisation

    organisation: dict[str, Any] | None = (
        await Organisation.select(Organisation.id).where(Organisation.code == code).first()
    )
    assert organisation is not None
    await Enrolment.raw(COPIES, size, organisation["id"])


async def main(size: int) -> None:
    from app.acting import Duty, acting_as
    from app.piccolo_conf import DB

    await DB.start_connection_pool()
    with acting_as(Duty.MAINTENANCE):
        await crowd(size)
    await DB.close_connection_pool()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
