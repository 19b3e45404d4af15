"""Which lists become workbooks: what a download is called → how its rows are found."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from app.candidates.workbook import read_candidates
from app.downloads.process import Refused
from app.imports.workbooks import write_faulty, write_template
from app.log.workbook import read_log
from app.paycodes.batches.handout import read_handout
from app.paycodes.workbook import read_paycodes
from app.rights.dossier import write_dossier
from app.tables import Role
from app.viewer import Viewer
from app.workbooks.listing import Listing

MOST = 250_000
"""Rows in one workbook."""

LISTINGS: dict[str, Callable[[Viewer, str], Awaitable[Listing]]] = {
    "kandidaten": read_candidates,
    "betaalcodes": read_paycodes,
    "logboek": read_log,
    "uitdeelvel": read_handout,
}
# Which need no list on screen: what is written for whom, and how many rows that are.
BOOKS: dict[str, Callable[[Viewer | None, str, Path], Awaitable[int]]] = {
    "sjabloon": write_template,
    "fouten": write_faulty,
    "afschrift": write_dossier,
}
PATHS = {"kandidaten": "/overzicht", "betaalcodes": "/betaalcodes", "logboek": "/beheer/logboek"}
"""Where each that may be waited for stands on screen."""
ROLES = (Role.ORGANISATION_MANAGER, Role.ADMINISTRATOR)
ADMINISTRATORS_ONLY = {"logboek", "uitdeelvel"}

NO_ACCESS = "U heeft geen toegang meer tot deze gegevens."
UNREADABLE = "Deze selectie is niet meer te lezen. Stel het filter opnieuw in."
TOO_MANY = (
    "Een bestand bevat ten hoogste 250.000 rijen, en deze selectie heeft er {total}. Kies een route, een organisatie"
    " of een kortere periode."
)


async def open_listing(kind: str, owner: Viewer | None, query: str) -> Listing:
    """The list as its owner may see it now. Raises Refused."""
    allowed = (Role.ADMINISTRATOR,) if kind in ADMINISTRATORS_ONLY else ROLES
    if owner is None or not owner.has(*allowed):
        raise Refused(NO_ACCESS)
    listing = await LISTINGS[kind](owner, query)
    if listing.filters.errors:
        raise Refused(UNREADABLE)
    if listing.total > MOST:
        raise Refused(too_many(listing.total))
    return listing


def too_many(total: int) -> str:
    return TOO_MANY.format(total=f"{total:,}".replace(",", "."))
