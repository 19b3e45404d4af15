"""What goes wrong under `/api`, as `application/problem+json` (RFC 9457), without what was sent."""

from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from app.database import is_unavailable

logger = structlog.get_logger()

PATH = "/api/"
MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "Dit verzoek is niet te lezen.",
    401: "Geef een sleutel mee die werkt: Authorization: Bearer …",
    403: "Deze sleutel mag dit niet.",
    404: "Dit adres is er niet.",
    405: "Dit kan hier niet.",
    408: "Dit verzoek duurde te lang.",
    413: "Dit verzoek is te groot.",
    415: "Stuur application/json.",
    422: "Dit verzoek voldoet niet aan het schema.",
    429: "Te veel verzoeken.",
    500: "Er is een probleem met het portaal.",
    503: "Het portaal is even niet bereikbaar.",
}


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An error."""

    title: str
    status: int
    detail: str = ""
    at: str = ""


class Unreadable(HTTPException):
    """`at` says where in the request, `detail` what is wrong there."""

    def __init__(self, status: int, detail: str, at: str = "") -> None:
        super().__init__(status_code=status)
        self.problem, self.at = detail, at


def is_api(request: Request[Any, Any, Any]) -> bool:
    return request.scope["path"].startswith(PATH)


def show_problem(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """For every exception under `/api`, and for addresses and verbs that are not there."""
    status = 503 if is_unavailable(error) else getattr(error, "status_code", 500)
    if not isinstance(error, HTTPException):
        logger.error("request_failed", path=request.scope["path"], status=status, exc_info=error)
    if status in {401, 403}:
        logger.warning("refused", path=request.scope["path"], status=status)
    told = {"detail": error.problem, "at": error.at} if isinstance(error, Unreadable) else {}
    title = TITLES.get(status, TITLES[400 if status < 500 else 500])
    headers = {"Retry-After": "10"} if status in {429, 503} else {}
    given = getattr(error, "headers", None) or {}
    headers |= {name: given[name] for name in ("allow", "Connection", "WWW-Authenticate") if name in given}
    body = msgspec.json.encode(Problem(title=title, status=status, **told))
    return Response(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)
