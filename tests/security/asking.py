"""Goes to an address of the table as somebody, with ids that are theirs or not."""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import quote, unquote, urlencode

from httpx import AsyncClient, Response

from app.query import with_query
from app.tables import Enrolment, Role
from tests.security.cast import FOREIGN, Cast, send
from tests.security.table import TABLE, Id, Row
from tests.security.things import TABLES, Maker, facts

MALFORMED = ("0", "abc", "%D9%A1", "%ff", "9" * 19)
MALFORMED_CODES = ("a-b", "ABCD", "ëëë")
MISSING = {Id.CODE: "XQX", Id.ACCOUNT: "niemand"}

AT_AN_ORGANISATION = {Id.ENROLMENT, Id.UNLINKED, Id.CERTIFIED}
OF_A_PERSON = {Id.DOWNLOAD, Id.FAILED_DOWNLOAD, Id.SESSION, Id.PASSKEY, Id.IMPORT, Id.NEW_ADDRESS}
OF_A_PARENT = {Id.MANDATE, Id.ROLE, Id.PROFILE, Id.STEP, Id.RESULT, Id.LINKED, Id.FREE}
IN_WORDS = {Id.SLUG, Id.ACTIVATION, Id.RESET, Id.NEW_ADDRESS, Id.OBJECTION, Id.FILE}
"""Whose malformed forms are only unknown ones."""


@dataclass
class Ask:
    """One address of the table, for one person."""

    cast: Cast
    person: str
    name: str
    row: Row
    ids: list[str] = field(default_factory=list)
    maker: Maker = None  # type: ignore[assignment]

    @property
    def ids_in_path(self) -> int:
        return len(self.row.path)

    @property
    def fixed(self) -> dict[str, Any]:
        """What its form fills in, whatever there is."""
        return {name: text for name, text in self.row.fills.items() if not isinstance(text, bytes) and "{" not in text}

    @property
    def verb(self) -> str:
        return self.name.split(" ")[0]

    def url(self, ids: list[str] | None = None, path: str = "") -> str:
        """With these ids in their places."""
        places = iter(self.ids if ids is None else ids)
        return re.sub(r"\{[^}]+\}", lambda _: next(places), path or self.name.split(" ")[1])

    def readable_url(self) -> str:
        return with_query(self.url(), urlencode(self.row.asks))

    async def prepare(self) -> "Ask":
        """Makes what the path names, each within the one before."""
        self.maker = Maker(self.cast, self.person)
        self.ids = []
        for kind in self.row.path:
            self.ids.append(await self.maker.make(kind))
            self.maker.parents = list(self.ids)
        return self

    async def fills(self) -> dict[str, Any]:
        known = self.maker.facts | await facts(self.maker)
        return {
            name: text if isinstance(text, bytes) else text.format_map(known) for name, text in self.row.fills.items()
        }

    async def send(self, client: AsyncClient, url: str, fields: Mapping[str, Any] | None = None) -> Response:
        if self.verb == "POST":
            return await send(client, url, dict(fields or {}))
        return await client.request(self.verb, url)

    async def others(self) -> AsyncIterator[tuple[str, str, str]]:
        """(What it is, its address, why it is answered otherwise) for each id in the path that is not theirs."""
        for place, kind in enumerate(self.row.path):
            async for what, wrong in self.wrong(kind, self.ids[:place]):
                yield what, self.url([*self.ids[:place], wrong, *self.ids[place + 1 :]]), self.row.answers.get(what, "")

    async def wrong(self, kind: Id, parents: list[str]) -> AsyncIterator[tuple[str, str]]:
        roles = self.cast.roles(self.person)
        if kind in AT_AN_ORGANISATION and Role.ADMINISTRATOR not in roles:
            yield "foreign", await Maker(self.cast, "somebody else").make(kind)
            if kind == Id.ENROLMENT:
                yield "unlinked", await self.maker.make(Id.UNLINKED)
                yield "unlinked and linked elsewhere", await self._linked_elsewhere()
        if kind in OF_A_PERSON:
            yield "foreign", await Maker(self.cast, "somebody else").make(kind)
        if kind in OF_A_PARENT:
            yield "foreign", await self._of_another_parent(kind, len(parents))
        if kind in TABLES and kind not in (Id.LINKED, Id.FREE):
            yield "deleted", await self._deleted(kind, parents)
        yield "missing", MISSING.get(kind, "987654321")
        for text in ["onbekend"] if kind in IN_WORDS else MALFORMED:
            yield "malformed", text

    async def wrong_beside(self, kind: Id) -> AsyncIterator[tuple[str, str]]:
        """The same of an id in a query or a form."""
        if kind not in MISSING:
            async for what, text in self.wrong(kind, self.ids):
                if what not in self.row.answers:
                    yield what, unquote(text, errors="surrogateescape")
            return
        if Role.ADMINISTRATOR not in self.cast.roles(self.person) and kind == Id.CODE:
            yield "foreign", FOREIGN
        yield "missing", MISSING[kind]
        for text in MALFORMED_CODES:
            yield "malformed", text

    async def send_beside(self, client: AsyncClient, place: str, fields: dict[str, Any]) -> Response:
        if place == "form":
            return await self.send(client, self.url(), fields)
        asked = {**self.row.asks, **fields}
        query = urlencode({name: text.encode("utf-8", "surrogateescape") for name, text in asked.items()})
        return await client.request(self.verb, f"{self.url()}?{query}")

    async def _linked_elsewhere(self) -> str:
        key = await self.maker.make(Id.UNLINKED)
        link: dict[Any, Any] = {
            Enrolment.organisation: self.cast.organisations[FOREIGN],
            Enrolment.link_source: "website",
            Enrolment.linked_at: Enrolment.enrolled_at,
        }
        await Enrolment.update(link).where(Enrolment.id == int(key))
        return key

    async def _of_another_parent(self, kind: Id, depth: int) -> str:
        maker = Maker(self.cast, self.person)
        for parent in self.row.path[:depth]:
            maker.parents.append(await maker.make(Id.NEW_ROUTE if parent == Id.ROUTE else parent))
        return await maker.make(kind)

    async def _deleted(self, kind: Id, parents: list[str]) -> str:
        maker = Maker(self.cast, self.person, list(parents), anew=True)
        kind = Id.NEW_ROUTE if kind == Id.ROUTE else kind
        key, table = await maker.make(kind), TABLES[kind]
        await maker.make(kind)  # SQLite gives the last key of a table once more
        await maker.forget(kind, int(key))
        assert not await table.exists().where(table.id == int(key)), f"{kind} {key} is still there"
        return key


def masked(answer: Response, *typed: str) -> tuple[int, str]:
    """Without what differs each time, and without what was typed itself."""
    text = re.sub(r"[0-9a-f]{128}", "TOKEN", answer.text)
    text = re.sub(r'(name="(?:formulier|csrf)" value=")[^"]*', r"\1KEY", text)
    for each in typed:
        for form in {each, escape(each), quote(each), urlencode({"": each})[1:]}:
            text = re.sub(rf'(?<=["=>]){re.escape(form)}(?=["&<])', "TYPED", text)
    return answer.status_code, text


def asked(cast: Cast, person: str) -> Iterator[Ask]:
    for name, row in TABLE.items():
        yield Ask(cast, person, name, row)
