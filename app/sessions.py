"""Sessions. One is a row made at sign-in and nowhere else: an id that the portal did not issue is nobody's. The cookie
holds 32 random bytes, the table their hash."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException

from app.access import Access
from app.clock import now
from app.cookies import cookie, session_cookie
from app.names import full_name
from app.origin import origin_of
from app.settings import get_settings
from app.tables import PendingSignIn, Role, Session
from app.viewer import OrganisationName, Viewer

if TYPE_CHECKING:
    from app.security import PortalRequest

IDLE = timedelta(hours=2)
IDLE_ADMINISTRATOR = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
AHEAD = timedelta(minutes=5)
"""How far the clocks of instances may be apart. A session of later than that was made while a clock was wrong: it would
last too long."""
SEEN_EVERY = timedelta(minutes=1)


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


async def renew_session(request: "PortalRequest", user: int) -> Cookie:
    """The same session, which passed the second step now, under another id. Raises NotAuthorizedException when it ended
    meanwhile."""
    token = secrets.token_urlsafe(32)
    own = (Session.id == request.viewer.session) & (Session.user == user)
    changes: dict[Any, Any] = {Session.token_hash: hash_token(token), Session.second_factor_at: now()}
    if not await Session.update(changes).where(own).returning(Session.id):
        raise NotAuthorizedException
    return cookie(session_cookie(), token, max_age=int(LONGEST.total_seconds()))


async def end_brought_session(request: "PortalRequest") -> None:
    """Of the browser that asks, whoever's it is."""
    if brought := request.cookies.get(session_cookie()):
        await Session.delete().where(Session.token_hash == hash_token(brought))


async def start_session(request: "PortalRequest", user: int, *, second_factor_at: datetime | None = None) -> Cookie:
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
    if first["seen_at"] < now() - idle_limit(viewer.access.roles):
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
