"""Which organisations there are."""

from app.security import OrganisationName, Viewer
from app.tables import Organisation


async def filterable_organisations(viewer: Viewer) -> tuple[OrganisationName, ...]:
    """Those that this person may choose between: an administrator between all."""
    if not viewer.access.everywhere:
        return viewer.organisations
    rows = await Organisation.select(Organisation.id, Organisation.code, Organisation.name).order_by(Organisation.name)
    return tuple(OrganisationName(row["id"], row["code"], row["name"]) for row in rows)
