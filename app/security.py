"""Who may call what: every handler declares it, and every request knows who asks."""

import secrets
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from litestar import Litestar, Request
from litestar.datastructures import FormMultiDict
from litestar.enums import RequestEncodingType, ScopeType
from litestar.exceptions import ClientException, HTTPException, NotAuthorizedException, PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Receive, Scope, Send

from app.access import Access
from app.acting import acting_for
from app.cookies import session_cookie, visitor_cookie
from app.forgery import csrf_key, mask, refuse_forgery
from app.sessions import load_viewer
from app.tables import Role
from app.viewer import Viewer

MOST_FIELDS = 1000
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Audience(StrEnum):
    """Who may call a handler, besides a set of roles."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    STATIC = "static"
    API_KEY = "API key"
    """Another system, by the key in its request: no session, no form."""
    METRICS_KEY = "metrics key"
    """Whoever watches the portal, by the key of its settings; to everybody else it is not there."""


WITHOUT_SESSION = frozenset({Audience.STATIC, Audience.API_KEY, Audience.METRICS_KEY})


class FactorOwed(HTTPException):
    """Who must have a second factor and has none may do nothing else before it is set."""

    status_code = 303


class PortalRequest(Request[Viewer | None, None, Any]):
    """A request that knows who asks."""

    @property
    def viewer(self) -> Viewer:
        """Who is signed in; handlers that declare more than `PUBLIC` always have one."""
        if self.user is None:
            raise NotAuthorizedException
        return self.user

    @cached_property
    def csrf_seed(self) -> str:
        """What the form token is bound to: the session, or for a visitor a cookie of its own."""
        return (
            self.cookies.get(session_cookie()) if self.user else self.cookies.get(visitor_cookie())
        ) or secrets.token_urlsafe(32)

    def csrf_token(self) -> str:
        """Masked anew each time, so that compression gives nothing away."""
        return mask(csrf_key(self.csrf_seed))

    async def form(self) -> FormMultiDict:
        """Not Litestar's own for what a form sends: that keeps the last thousand bodies, passwords and all.
        Bytes that are not UTF-8 become lone surrogates."""
        if self.content_type[0] != RequestEncodingType.URL_ENCODED:
            return await super().form()
        sent = (await self.body()).decode("utf-8", "surrogateescape")
        try:
            fields = parse_qsl(sent, keep_blank_values=True, errors="surrogateescape", max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise ClientException from error
        return FormMultiDict(fields)

    async def texts(self) -> dict[str, str]:
        """What the form says, files left out; of a repeated field the last."""
        return {name: text for name, text in (await self.form()).multi_items() if isinstance(text, str)}


async def provide_access(request: PortalRequest) -> Access:
    return request.viewer.access


class SessionMiddleware(ASGIMiddleware):
    """Behind it, `request.user` is who is signed in, the handler's declaration is kept, and the database is asked on
    that person's behalf, or nobody's."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        assert scope["type"] == ScopeType.HTTP
        declared = scope["route_handler"].opt.get("access", Audience.STATIC)
        scope["user"] = scope["auth"] = None
        if declared not in WITHOUT_SESSION:
            request = PortalRequest(scope, receive=receive, send=send)
            token = request.cookies.get(session_cookie())
            scope["user"] = await load_viewer(token) if token else None
            require_factor(scope["route_handler"].opt, scope["user"])
            permit(declared, scope["user"])
            if scope["method"] not in SAFE:
                await refuse_forgery(request)
        with acting_for(scope["user"].access if scope["user"] else None):
            await next_app(scope, receive, send)


def require_factor(declared: Mapping[str, Any], viewer: Viewer | None) -> None:
    """Who owes a second factor gets to see what is public and what declares `without_factor`."""
    open_to_all = declared["access"] is Audience.PUBLIC or declared.get("without_factor", False)
    if viewer and viewer.owes_factor and not open_to_all:
        raise FactorOwed


def permit(declared: Audience | frozenset[Role], viewer: Viewer | None) -> None:
    """Nobody signed in: 401. Signed in without one of the roles: 403."""
    if declared is Audience.PUBLIC:
        return
    if viewer is None:
        raise NotAuthorizedException
    if isinstance(declared, frozenset) and not viewer.has(*declared):
        raise PermissionDeniedException


def require_declarations(app: Litestar) -> None:
    """At start-up: every handler says who may call it, or the portal does not start."""
    for route in app.routes:
        handlers = route.route_handlers if isinstance(route, HTTPRoute) else [route.route_handler]
        for handler in handlers:
            declared = handler.opt.get("access")
            if isinstance(handler, HTTPRouteHandler) and handler.http_methods == {"OPTIONS"}:
                continue
            if not isinstance(declared, Audience | frozenset) or declared == frozenset():
                raise TypeError(f"{route.path} ({handler}) does not declare who may call it")
