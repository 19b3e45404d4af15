"""Which lists become workbooks: what a download is called → how its rows are found."""

from collections.abc import Awaitable, Callable

from app.candidates.workbook import read_candidates
from app.downloads.process import Refused
from app.paycodes.workbook import read_paycodes
from app.security import Viewer
from app.tables import Role
from app.workbooks.listing import Listing

MOST = 250_000
"""Rows in one workbook."""

LISTINGS: dict[str, Callable[[Viewer, str], Awaitable[Listing]]] = {
    "kandidaten": read_candidates,
    "betaalcodes": read_paycodes,
}
PATHS = {"kandidaten": "/overzicht", "betaalcodes": "/betaalcodes"}
"""Where each stands on screen."""
ROLES = (Role.ORGANISATION_MANAGER, Role.ADMINISTRATOR)

NO_ACCESS = "U heeft geen toegang meer tot deze gegevens."
UNREADABLE = "Deze selectie is niet meer te lezen. Stel het filter opnieuw in."
TOO_MANY = (
    "Een bestand bevat ten hoogste 250.000 rijen, en deze selectie heeft er {total}. Kies een route, een organisatie"
    " of een kortere periode."
)


async def open_listing(kind: str, owner: Viewer | None, query: str) -> Listing:
    """The list as its owner may see it now. Raises Refused."""
    if owner is None or not owner.has(*ROLES):
        raise Refused(NO_ACCESS)
    listing = await LISTINGS[kind](owner, query)
    if listing.filters.errors:
        raise Refused(UNREADABLE)
    if listing.total > MOST:
        raise Refused(too_many(listing.total))
    return listing


def too_many(total: int) -> str:
    return TOO_MANY.format(total=f"{total:,}".replace(",", "."))
