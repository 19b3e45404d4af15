"""The token in every form, and where a form may come from."""

import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from litestar.datastructures import FormMultiDict
from litestar.exceptions import PermissionDeniedException

from app.settings import get_settings

if TYPE_CHECKING:
    from app.security import PortalRequest

CSRF_FIELD = "_csrf"
CSRF_HEADER = "x-csrf-token"


class FormExpired(PermissionDeniedException):
    """The token in the form is not of this session, or the form comes from elsewhere."""


def csrf_key(seed: str) -> bytes:
    key = get_settings().secret_key.encode()
    return hmac.digest(key, b"csrf:" + seed.encode("utf-8", "surrogateescape"), "sha256")


def mask(key: bytes) -> str:
    noise = secrets.token_bytes(len(key))
    return (noise + bytes(a ^ b for a, b in zip(noise, key, strict=True))).hex()


def unmasked_equals(token: object, key: bytes) -> bool:
    try:
        raw = bytes.fromhex(token) if isinstance(token, str) else b""
    except ValueError:
        return False
    if len(raw) != 2 * len(key):
        return False
    noise, masked = raw[: len(key)], raw[len(key) :]
    return hmac.compare_digest(bytes(a ^ b for a, b in zip(noise, masked, strict=True)), key)


async def refuse_forgery(request: "PortalRequest") -> None:
    """Two walls for verbs that change something: where the form came from, and whose token it has."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise FormExpired
    if (origin := request.headers.get("origin")) is not None and not _is_own(request, origin):
        raise FormExpired
    form = await _form_of(request)
    token = request.headers.get(CSRF_HEADER) or form.get(CSRF_FIELD)
    if not unmasked_equals(token, csrf_key(request.csrf_seed)):
        await form.close()
        raise FormExpired


async def _form_of(request: "PortalRequest") -> FormMultiDict:
    try:
        return await request.form()
    except (ValueError, LookupError):  # a part in no known alphabet
        return FormMultiDict()


def _is_own(request: "PortalRequest", origin: str) -> bool:
    if origin == "null":
        # A page that keeps its address to itself sends no origin either; then the browser says whose form it is.
        return request.headers.get("sec-fetch-site") == "same-origin"
    try:
        return urlsplit(origin).netloc == request.headers.get("host")
    except ValueError:
        return False
