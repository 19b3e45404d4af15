"""Headers that every response carries: pages, fragments, errors, downloads and static files."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from app.settings import get_settings

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "frame-src 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

# Addresses with a secret in them go nowhere, not even to a page of our own.
SECRET_PATHS = ("/mijn-gegevens/", "/bezwaar/", "/activeren/", "/wachtwoord-herstellen/", "/profiel/emailadres/")


async def add_headers(message: Message, scope: Scope) -> None:
    """A `before_send` hook: unlike `after_request` it also sees errors and static files."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    for name, value in ALWAYS.items():
        headers[name] = value
    if scope["path"].startswith(SECRET_PATHS):
        headers["Referrer-Policy"] = "no-referrer"
    if get_settings().base_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    # Only static files may be kept, and they say so themselves.
    if not (scope["path"].startswith("/static/") and message["status"] in {200, 304}):
        headers["Cache-Control"] = "private, no-store"
