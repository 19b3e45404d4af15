"""Who comes to every address: one of each kind of person, and the organisations between which the walls stand."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from httpx import AsyncClient, Response

from app.clock import now
from app.cookies import session_cookie, visitor_cookie
from app.forgery import csrf_key, mask
from app.tables import ApiScope, Mandate, Organisation, Role, User
from app.worlds.catalogue import WorldRoute, ensure_routes
from tests.api.world import make_key
from tests.clients import origin, visitor
from tests.paycodes.world import kept
from tests.sessions import client_of

OWN, SECOND, FOREIGN = "AAA", "BBB", "ZZZ"
VISITOR, KEY = "visitor", "API key"
HOLDS: dict[str, list[tuple[Role, str | None]]] = {
    "manager of one": [(Role.ORGANISATION_MANAGER, OWN)],
    "manager of two": [(Role.ORGANISATION_MANAGER, OWN), (Role.ORGANISATION_MANAGER, SECOND)],
    "manager of none": [(Role.ORGANISATION_MANAGER, None)],
    "former manager": [],
    "disabled manager": [(Role.ORGANISATION_MANAGER, OWN)],
    "enrolment manager": [(Role.ENROLMENT_MANAGER, OWN)],
    "administrator": [(Role.ADMINISTRATOR, None)],
    "somebody else": [
        (Role.ORGANISATION_MANAGER, FOREIGN),
        (Role.ENROLMENT_MANAGER, FOREIGN),
    ],
}
OUTSIDE = {VISITOR, KEY, "disabled manager"}
"""Whoever is nobody to a page."""
CAST = [VISITOR, KEY, *(name for name in HOLDS if name != "somebody else")]


@dataclass
class Cast:
    application: Any
    users: dict[str, int] = field(default_factory=dict)
    organisations: dict[str, int] = field(default_factory=dict)
    routes: tuple[WorldRoute, ...] = ()
    keys: dict[str, str] = field(default_factory=dict)
    clients: dict[str, AsyncClient] = field(default_factory=dict)

    def roles(self, name: str) -> set[Role]:
        return set() if name in OUTSIDE else {role for role, _ in HOLDS[name]}

    def organisation_of(self, name: str) -> str:
        """That a thing of theirs stands at; of who has none, one that is not theirs."""
        codes = [code for _, code in HOLDS.get(name, []) if code]
        return codes[-1] if codes and name not in OUTSIDE else OWN

    async def client(self, name: str) -> AsyncClient:
        """The same browser all along, unless it signed out."""
        if name not in self.clients:
            self.clients[name] = await self._client(name)
        return self.clients[name]

    async def fresh(self, name: str) -> AsyncClient:
        self.clients.pop(name, None)
        return await self.client(name)

    async def _client(self, name: str) -> AsyncClient:
        client = visitor(self.application) if name in (VISITOR, KEY) else await client_of(self.application, name)
        if name == KEY:
            client.headers["Authorization"] = f"Bearer {self.keys['read']}"
        if session_cookie() not in client.cookies:
            client.cookies.set(visitor_cookie(), "a-visitor-of-the-matrix")
        return client


def token_of(client: AsyncClient) -> str:
    """The token that a form of this browser would hold."""
    seed = client.cookies.get(session_cookie()) or client.cookies.get(visitor_cookie()) or ""
    return mask(csrf_key(seed))


async def send(client: AsyncClient, url: str, fields: dict[str, Any]) -> Response:
    """As a form of this browser does; what is bytes goes as a file, half a sign as the byte that it was."""
    headers = {"Origin": origin(client), "Sec-Fetch-Site": "same-origin"}
    told = {"_csrf": token_of(client)} | {name: text for name, text in fields.items() if not isinstance(text, bytes)}
    files = {name: ("bestand.csv", content) for name, content in fields.items() if isinstance(content, bytes)}
    if files:
        return await client.post(url, data=told, files=files, headers=headers)
    body = urlencode({name: text.encode("utf-8", "surrogateescape") for name, text in told.items()})
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    return await client.post(url, content=body, headers=headers)


async def assemble(application: Any) -> Cast:
    """In a world without content."""
    cast = Cast(application, routes=await ensure_routes())
    for code in (OWN, SECOND, FOREIGN):
        name = f"Kanarie{code}"
        cast.organisations[code] = (await kept(Organisation(code=code, name=name, created_at=now()))).id
    for name, mandates in HOLDS.items():
        cast.users[name] = await make_person(name)
        for role, at in mandates:
            where = cast.organisations[at] if at else None
            await kept(Mandate(user=cast.users[name], role=role, organisation=where, given_at=now()))
    await User.update({User.active: False}).where(User.username == "disabled manager")
    reads = (ApiScope.ENROLMENTS_READ, ApiScope.PAYCODES_READ)
    cast.keys["read"] = await make_key(*reads, organisation=cast.organisations[OWN], source="leest")
    cast.keys["write"] = await make_key(ApiScope.RESULTS_WRITE, source="meldt")
    return cast


async def make_person(username: str, *, invited: bool = False) -> int:
    email = f"{username.replace(' ', '.')}@example.org"
    user = await kept(
        User(
            username=username,
            username_key=username,
            salutation="neutral",
            given_name="Robin",
            family_name="Kraan",
            email=email,
            email_key=email,
            password_hash=None if invited else PASSWORD_HASH,
            created_at=now(),
        )
    )
    return int(user.id)


def _hash() -> str:
    from app.account.passwords import hash_now

    return hash_now("Merel!9bruggen")


PASSWORD_HASH = _hash()
