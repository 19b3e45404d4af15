"""The browsers in which somebody signed in before. Each has tries of its own, so that whoever fills everybody else's
keeps nobody out who was here before. Nothing is kept of it here: the cookie holds a random name and, for each of the
last accounts, a signature that nobody else can make. A new password makes it worthless, also if the old one leaked."""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from litestar.datastructures import Cookie

from app.cookies import cookie, is_secure
from app.security import PortalRequest
from app.settings import get_settings

LASTS = timedelta(days=365)
MOST = 5
"""Accounts that one browser remembers."""
FORM = re.compile(r"[\w-]{22}(?:\.[0-9a-f]{32})+", re.ASCII)


def device_cookie() -> str:
    return "__Host-apparaat" if is_secure() else "apparaat"


def device_of(request: PortalRequest, user: int, password_hash: str) -> str:
    """The name of this browser, if this user signed in with it since choosing this password; else nothing."""
    name, signatures = _brought(request)
    own = _signature(name, user, password_hash)
    return name if any(hmac.compare_digest(own, each) for each in signatures) else ""


def remember_device(request: PortalRequest, user: int, password_hash: str) -> Cookie:
    """For who has just shown that the account is theirs."""
    name, signatures = _brought(request)
    name = name or secrets.token_urlsafe(16)
    own = _signature(name, user, password_hash)
    kept = [own, *(each for each in signatures if each != own)][:MOST]
    return cookie(device_cookie(), ".".join([name, *kept]), max_age=int(LASTS.total_seconds()))


def _brought(request: PortalRequest) -> tuple[str, list[str]]:
    sent = request.cookies.get(device_cookie(), "")
    name, *signatures = sent.split(".") if len(sent) < 1000 and FORM.fullmatch(sent) else [""]
    return name, signatures


def _signature(name: str, user: int, password_hash: str) -> str:
    key, text = get_settings().secret_key.encode(), f"device:{name}:{user}:{password_hash}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]
