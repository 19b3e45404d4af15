"""Errors are values of HTTP, mapped once: a page or a fragment in Dutch, without what was sent."""

from typing import Any
from urllib.parse import quote, urlsplit

import structlog
from litestar import MediaType, Response
from litestar.exceptions import HTTPException

from app.database import is_unavailable
from app.forgery import FormExpired
from app.headers import SECRET_PATHS
from app.pages import go, is_fragment, page
from app.security import FactorOwed, PortalRequest

logger = structlog.get_logger()

TEXTS = {
    400: ("Dit verzoek is niet te lezen", "Ga terug en probeer het opnieuw."),
    403: ("U heeft geen toegang tot deze pagina", "Denkt u dat dit niet klopt? Neem contact op met de helpdesk."),
    404: (
        "Pagina niet gevonden",
        "Misschien is het adres niet goed overgenomen, of is deze pagina er niet meer voor u.",
    ),
    405: ("Dit kan hier niet", "Ga terug en probeer het opnieuw."),
    408: ("Dit duurde te lang", "Uw verbinding was te traag of viel weg. Probeer het opnieuw."),
    413: (
        "Dit is te groot",
        "Wat u stuurde is groter dan het portaal aanneemt. Een bestand mag ten hoogste 2 MB zijn.",
    ),
    429: ("Te veel verzoeken", "Wacht even en probeer het opnieuw."),
    500: ("Er is een probleem met het portaal", "Probeer het later opnieuw. Er is niets verloren gegaan."),
    503: ("Het portaal is even niet bereikbaar", "Probeer het over een minuut opnieuw. Er is niets verloren gegaan."),
}
EXPIRED = ("Uw formulier is verlopen", "Ga terug, vernieuw de pagina en probeer het opnieuw.")


def show_error(request: PortalRequest, error: Exception) -> Response[Any]:
    """For every exception that leaves a handler, and for addresses and verbs that have none."""
    if isinstance(error, FactorOwed):
        return go(request, "/profiel/beveiliging?verplicht=1")
    status = 503 if is_unavailable(error) else getattr(error, "status_code", 500)
    if not isinstance(error, HTTPException):
        logger.error("request_failed", path=_logged(request), status=status, exc_info=error)
    if status == 403:
        who = request.scope.get("user")
        logger.warning("refused", path=_logged(request), actor=who and who.id, form=isinstance(error, FormExpired))
    if status == 401:
        return to_sign_in(request)
    if status >= 500:
        # The page must not need what has just failed.
        request.scope["user"] = None
    request.scope.setdefault("user", None)
    # Inside the region that asked, so that it is still there for the next answer.
    headers = {"HX-Reswap": "innerHTML"} if is_fragment(request) else {}
    said = getattr(error, "headers", None) or {}
    if status in {429, 503}:
        headers["Retry-After"] = said.get("Retry-After", "10")
    if allow := said.get("allow"):
        headers["Allow"] = allow
    if closed := said.get("Connection"):
        headers["Connection"] = closed
    title, text = EXPIRED if isinstance(error, FormExpired) else TEXTS.get(status, TEXTS[400 if status < 500 else 500])
    return page(request, "errors/show.html", status=status, headers=headers, heading=title, text=text, code=status)


def _logged(request: PortalRequest) -> str:
    """The address without what is secret in it."""
    path = request.scope["path"]
    return next((secret for secret in SECRET_PATHS if path.startswith(secret)), path)


def to_sign_in(request: PortalRequest) -> Response[str]:
    """The whole page goes to sign-in, also when the session ended inside a fragment; afterwards the
    person is back where they were."""
    if is_fragment(request):
        target = f"/inloggen?volgende={quote(_shown(request), safe='')}"
        return Response("", status_code=401, media_type=MediaType.HTML, headers={"HX-Redirect": target})
    query = request.scope["query_string"].decode("ascii", "replace")
    back = request.scope["path"] + (f"?{query}" if query else "")
    safe = request.method == "GET" and back != "/"
    return go(request, f"/inloggen?volgende={quote(back, safe='')}" if safe else "/inloggen")


def _shown(request: PortalRequest) -> str:
    """The address of the page that a fragment was asked for; empty when the browser says none that is one."""
    try:
        current = urlsplit(request.headers.get("hx-current-url", ""))
    except ValueError:
        return ""
    return current.path + (f"?{current.query}" if current.query else "")
