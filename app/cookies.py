"""Cookies: for this host alone, over TLS where that is, and for no script."""

from litestar.datastructures import Cookie

from app.settings import get_settings


def is_secure() -> bool:
    return get_settings().base_url.startswith("https://")


def session_cookie() -> str:
    return "__Host-sessie" if is_secure() else "sessie"


def visitor_cookie() -> str:
    return "__Host-formulier" if is_secure() else "formulier"


def cookie(key: str, value: str, max_age: int | None = None) -> Cookie:
    return Cookie(
        key=key,
        value=value,
        path="/",
        secure=is_secure(),
        httponly=True,
        samesite="lax",
        max_age=max_age,
    )
