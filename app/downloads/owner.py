"""For whom a workbook is made, as they are now: a mandate taken away since they asked counts."""

from app.access import Access
from app.sessions import viewer_from
from app.tables import User
from app.viewer import Viewer

EVERYWHERE = "*"

OWNER = """
SELECT 0 AS id, portal_user.id AS user_id, portal_user.username, portal_user.given_name,
    portal_user.name_particle, portal_user.family_name, mandate.role, organisation.id AS organisation_id,
    organisation.code, organisation.name
FROM portal_user
LEFT JOIN mandate ON mandate."user" = portal_user.id
LEFT JOIN organisation ON organisation.id = mandate.organisation
WHERE portal_user.id = {} AND portal_user.active = {}
ORDER BY organisation.name, organisation.id
"""


async def load_owner(user: int) -> Viewer | None:
    """Nobody, when the account no longer works."""
    rows = await User.raw(OWNER, user, True)
    return viewer_from(rows) if rows else None


def scope_of(viewer: Viewer) -> str:
    """Whose data this person sees, to compare with later."""
    return EVERYWHERE if viewer.access.everywhere else ",".join(map(str, viewer.access.organisations))


def covers(access: Access, scope: str) -> bool:
    """Whether all of that is still this person's to see."""
    return access.everywhere or set(scope.split(",")) <= {"", *map(str, access.organisations)}
