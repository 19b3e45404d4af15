"""Who is this? Sessions, the token in every form, and the declaration of who may call what.

A session is a row made at sign-in and nowhere else: an id that the portal did not issue is nobody's.
The cookie holds 32 random bytes, the table their hash.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from litestar import Litestar, Request
from litestar.datastructures import Cookie, FormMultiDict
from litestar.enums import RequestEncodingType, ScopeType
from litestar.exceptions import ClientException, HTTPException, NotAuthorizedException, PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Receive, Scope, Send

from app.access import Access
from app.acting import acting_for
from app.clock import now
from app.names import full_name
from app.settings import get_settings
from app.tables import PendingSignIn, Role, Session

IDLE = timedelta(hours=2)
IDLE_ADMINISTRATOR = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
AHEAD = timedelta(minutes=5)
"""How far the clocks of instances may be apart. A session of later than that was made while a clock was wrong: it would
last too long."""
SEEN_EVERY = timedelta(minutes=1)

CSRF_FIELD = "_csrf"
CSRF_HEADER = "x-csrf-token"
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


class FormExpired(PermissionDeniedException):
    """The token in the form is not of this session, or the form comes from elsewhere."""


class FactorOwed(HTTPException):
    """Who must have a second factor and has none may do nothing else before it is set."""

    status_code = 303


@dataclass(frozen=True)
class OrganisationName:
    id: int
    code: str
    name: str


@dataclass(frozen=True)
class Viewer:
    """Who is signed in, and with which session."""

    id: int
    session: int
    username: str
    name: str
    access: Access
    organisations: tuple[OrganisationName, ...]
    """Those that this person manages."""
    enrols_for: tuple[OrganisationName, ...]
    second_factor_at: datetime | None = None
    """When this session passed the second step, if it did."""
    must_have_factor: bool = False
    """An administrator, or somebody of an organisation that asks it of its people."""

    @property
    def owes_factor(self) -> bool:
        return self.must_have_factor and self.second_factor_at is None

    def has(self, *roles: Role) -> bool:
        return not self.access.roles.isdisjoint(roles)

    @property
    def home(self) -> str:
        """Where this person lands after signing in."""
        if self.has(Role.ORGANISATION_MANAGER):
            return "/overzicht"
        if self.has(Role.ADMINISTRATOR):
            return "/beheer"
        return "/aanmeldingen" if self.has(Role.ENROLMENT_MANAGER) else "/profiel"


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


# Cookies


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


# Sessions


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


async def renew_session(request: PortalRequest, user: int) -> Cookie:
    """The same session, which passed the second step now, under another id. Raises NotAuthorizedException when it ended
    meanwhile."""
    token = secrets.token_urlsafe(32)
    own = (Session.id == request.viewer.session) & (Session.user == user)
    changes: dict[Any, Any] = {Session.token_hash: hash_token(token), Session.second_factor_at: now()}
    if not await Session.update(changes).where(own).returning(Session.id):
        raise NotAuthorizedException
    return cookie(session_cookie(), token, max_age=int(LONGEST.total_seconds()))


async def end_brought_session(request: PortalRequest) -> None:
    """Of the browser that asks, whoever's it is."""
    if brought := request.cookies.get(session_cookie()):
        await Session.delete().where(Session.token_hash == hash_token(brought))


async def start_session(request: PortalRequest, user: int, *, second_factor_at: datetime | None = None) -> Cookie:
    """Ends the session that the browser brought along, if any, and makes a new one. Of who has a second factor it
    counts only with the moment at which that was given."""
    token = secrets.token_urlsafe(32)
    await end_brought_session(request)
    await Session.insert(
        Session(
            token_hash=hash_token(token),
            user=user,
            created_at=now(),
            seen_at=now(),
            address=origin_of(request),
            agent=request.headers.get("user-agent", "")[:255],
            second_factor_at=second_factor_at,
        )
    )
    return cookie(session_cookie(), token, max_age=int(LONGEST.total_seconds()))


async def end_session(session: int) -> bool:
    """Whether it was still there."""
    return bool(await Session.delete().where(Session.id == session).returning(Session.id))


async def end_sessions(user: int, *, besides: int | None = None) -> int:
    """All sessions of a person, or all but one, and whatever sign-in is halfway. Gives how many sessions those were."""
    await PendingSignIn.delete().where(PendingSignIn.user == user)
    query = Session.delete().where(Session.user == user)
    return len(await (query.where(Session.id != besides) if besides is not None else query).returning(Session.id))


def idle_limit(roles: frozenset[Role]) -> timedelta:
    """How long a session of who has these roles lasts without a request."""
    return IDLE_ADMINISTRATOR if Role.ADMINISTRATOR in roles else IDLE


LOAD = """
SELECT session.id, session.created_at, session.seen_at, session.second_factor_at, portal_user.id AS user_id,
    portal_user.username, portal_user.given_name, portal_user.name_particle,
    portal_user.family_name, mandate.role, organisation.id AS organisation_id,
    organisation.code, organisation.name, organisation.second_factor_required,
    (
        EXISTS (SELECT 1 FROM second_factor WHERE second_factor."user" = session."user")
        OR EXISTS (SELECT 1 FROM passkey WHERE passkey."user" = session."user")
    ) AS has_factor
FROM session
JOIN portal_user ON portal_user.id = session."user" AND portal_user.active = {}
LEFT JOIN mandate ON mandate."user" = portal_user.id
LEFT JOIN organisation ON organisation.id = mandate.organisation
WHERE session.token_hash = {} AND session.created_at > {}
ORDER BY organisation.name, organisation.id
"""


async def load_viewer(token: str) -> Viewer | None:
    """One statement: the session, its owner, the mandates and their organisations. Of who has a second factor a session
    that did not pass it counts for nothing."""
    rows = await Session.raw(LOAD, True, hash_token(token), now() - LONGEST)
    if not rows or rows[0]["created_at"] > now() + AHEAD:
        return None
    first, viewer = rows[0], viewer_from(rows)
    idle = IDLE_ADMINISTRATOR if viewer.has(Role.ADMINISTRATOR) else IDLE
    if first["seen_at"] < now() - idle:
        return None
    if first["has_factor"] and first["second_factor_at"] is None:
        return None
    if first["seen_at"] < now() - SEEN_EVERY:
        await Session.update({Session.seen_at: now()}).where(Session.id == first["id"])
    passed = first["second_factor_at"] if first["has_factor"] else None
    return replace(viewer, second_factor_at=passed, must_have_factor=must_have_factor(rows))


def must_have_factor(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Of a person, of whom there is a row per mandate. A demo only offers it to its administrators."""
    is_demo = get_settings().demo
    return any(row["second_factor_required"] or (row["role"] == Role.ADMINISTRATOR and not is_demo) for row in rows)


def viewer_from(rows: Sequence[Mapping[str, Any]]) -> Viewer:
    """A person, of whom there is a row per mandate."""
    first, roles = rows[0], frozenset(Role(row["role"]) for row in rows if row["role"])
    managed = _organisations(rows, Role.ORGANISATION_MANAGER)
    enrols_for = _organisations(rows, Role.ENROLMENT_MANAGER)
    return Viewer(
        id=first["user_id"],
        session=first["id"],
        username=first["username"],
        name=full_name(first["given_name"], first["name_particle"], first["family_name"]),
        access=Access(
            first["user_id"],
            roles,
            tuple(organisation.id for organisation in managed),
            tuple(organisation.id for organisation in enrols_for),
        ),
        organisations=managed,
        enrols_for=enrols_for,
    )


def _organisations(rows: Sequence[Mapping[str, Any]], role: Role) -> tuple[OrganisationName, ...]:
    return tuple(
        OrganisationName(row["organisation_id"], row["code"], row["name"])
        for row in rows
        if row["code"] and row["role"] == role
    )


# The token in every form


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


async def refuse_forgery(request: PortalRequest) -> None:
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


async def _form_of(request: PortalRequest) -> FormMultiDict:
    try:
        return await request.form()
    except (ValueError, LookupError):  # a part in no known alphabet
        return FormMultiDict()


def _is_own(request: PortalRequest, origin: str) -> bool:
    if origin == "null":
        # A page that keeps its address to itself sends no origin either; then the browser says whose form it is.
        return request.headers.get("sec-fetch-site") == "same-origin"
    try:
        return urlsplit(origin).netloc == request.headers.get("host")
    except ValueError:
        return False


# Who may call what


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


def origin_of(request: PortalRequest) -> str:
    """The address block (/24 or /64) that a request comes from: enough to recognise a source, too
    coarse to find a person. Behind a trusted proxy it is what that proxy says."""
    address = _address(request.client.host if request.client else "")
    forwarded = request.headers.get("x-forwarded-for", "").split(",")
    while address and forwarded and _is_proxy(address):
        address = _address(forwarded.pop()) or address
    if address is None:
        return ""
    return str(ip_network(f"{address}/{24 if address.version == 4 else 64}", strict=False))


def is_trusted(host: str) -> bool:
    """Whether this is one of our proxies, whose word is believed."""
    if not get_settings().trusted_proxies:
        return False
    address = _address(host)
    return address is not None and _is_proxy(address)


def _is_proxy(address: IPv4Address | IPv6Address) -> bool:
    return any(address in proxy for proxy in get_settings().trusted_proxies)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    # A server that listens to both kinds writes those of one in the words of the other.
    return getattr(address, "ipv4_mapped", None) or address
