"""Looks over the shoulder of the whole suite: no answer holds a mark of somebody whom its reader may not see, and no
log line a mark of anybody.

Marks are what every world has of its own accord: e-mail addresses, numbers and links of enrolments, paycodes. Of each
that stands in an answer the database says whose it is; an answer may repeat what its request held."""

import io
import os
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import asyncpg
import brotli  # type: ignore[import-untyped]

from app.headers import SECRET_PATHS
from app.paycodes.codes import ALPHABET, CODE_LENGTH, NUMBER_LENGTH, canonical
from tests.worlds import PASSWORD, SECRET_KEY

Row = tuple[Any, ...]


def _code(length: int, signs: str) -> str:
    return "-?".join([f"[{signs}]{{4}}"] * (length // 4))


def _codes(signs: str) -> re.Pattern[str]:
    long, short = _code(CODE_LENGTH, signs), _code(NUMBER_LENGTH, signs)
    return re.compile(rf"(?<![\w-])(?=[0-9-]*[A-Z])(?:{long}|{short})(?![\w-])")


EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LINK = re.compile(r"/deelnames/[0-9]{1,18}")
CODE = _codes("0-9A-Z")
MADE_HERE = _codes(ALPHABET)
NEVER_LOGGED = (SECRET_KEY, PASSWORD, "trefwoorden=", "sessie=")
EXAMPLES = {"/api/v1/schema"}
"""Where a code of the manual stands that the demo world has too."""
OWN_PAGES = (*SECRET_PATHS, "/aanmelden/")
"""Where the one candidate that they are is shown to whoever has the link, or has just enrolled."""
REPEATING = "/aanmeldingen/importeren/"
"""Shows the addresses in somebody's own file."""
HELPDESK = "helpdesk@vakmanschaptechniek.nl"

# Whose a mark is: the candidate, and each organisation that may see it. Who was unlinked stays in the list of that.
WHOSE = """
SELECT {mark}, enrolment.candidate, enrolment.organisation FROM {tables} WHERE {mark} IN ({marks})
UNION SELECT {mark}, enrolment.candidate, unlinking.organisation
FROM {tables} JOIN unlinking ON unlinking.enrolment = enrolment.id WHERE {mark} IN ({marks})
"""
UNUSED = " UNION SELECT code, 0, organisation FROM paycode WHERE code IN ({marks})"
KINDS: dict[str, tuple[str, Callable[[str], bool], str]] = {
    "candidate.email_key": (
        "enrolment JOIN candidate ON candidate.id = enrolment.candidate",
        lambda mark: "@" in mark,
        "",
    ),
    "enrolment.number": ("enrolment", lambda mark: len(mark) == NUMBER_LENGTH and mark.isalnum(), ""),
    "'/deelnames/' || enrolment.id": ("enrolment", lambda mark: mark.startswith("/"), ""),
    "paycode.code": (
        "paycode JOIN enrolment ON enrolment.id = paycode.used_by",
        lambda mark: len(mark) == CODE_LENGTH and mark.isalnum(),
        UNUSED,
    ),
}
"""What a mark is in the database, among which tables, which marks are of that kind, and whose it is besides."""


class Watched:
    """The portal, with every answer looked at before it is given."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        asked, answer = bytearray(), Answer()

        async def received() -> Any:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def sent(message: Any) -> None:
            answer.add(message)
            await send(message)

        await self._app(scope, received, sent)
        if scope["type"] == "http":
            await _look(scope, bytes(asked), answer)


@dataclass
class Answer:
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    def add(self, message: Any) -> None:
        self.headers += message.get("headers", [])
        self.body += message.get("body", b"")

    @property
    def text(self) -> str:
        """The headers and all that can be read of the body, a workbook's sheets included."""
        head = b"\n".join(b": ".join(each) for each in self.headers)
        return (head + b"\n\n" + b"\n".join(_opened(self._plain))).decode("utf-8", "replace")

    @property
    def _plain(self) -> bytes:
        packed = {value for name, value in self.headers if name.lower() == b"content-encoding"}
        return brotli.decompress(bytes(self.body)) if self.body and packed == {b"br"} else bytes(self.body)


def _opened(content: bytes) -> Iterator[bytes]:
    yield content
    if content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as file:
                for name in file.namelist():
                    yield file.read(name)
        except (zipfile.BadZipFile, zlib.error):
            return  # part of a download


async def _look(scope: Any, asked: bytes, answer: Answer) -> None:
    reader = scope.get("user") or scope.get("auth")
    if scope["path"] in EXAMPLES or (reader and reader.access.everywhere):
        return
    own = {*reader.access.organisations, *reader.access.enrols_for} if reader else set()
    said = b" ".join((scope["query_string"], scope["path"].encode(), asked)).decode("latin-1")
    marks = marks_in(answer.text) - marks_in(unquote_plus(said))
    if scope["path"].startswith(REPEATING):
        marks = {mark for mark in marks if "@" not in mark}
    found = await _whose(marks)
    seen = {mark for mark, _, organisation in found if organisation in own}
    strange = [row for row in found if row[0] not in seen]
    if scope["path"].startswith(OWN_PAGES) and len({candidate for _, candidate, _ in strange}) == 1:
        return
    shown = sorted({mark for mark, _, _ in strange})
    assert not shown, f"{scope['method']} {scope['path']} shows {shown} to who may see {sorted(own)}"


def marks_in(text: str) -> set[str]:
    """As the database keeps them, but for links."""
    addresses, codes = EMAIL.findall(text), CODE.findall(text)
    found = {*LINK.findall(text), *(each.lower() for each in addresses), *(canonical(each) for each in codes)}
    return found - {HELPDESK}


async def _whose(marks: set[str]) -> list[Row]:
    found: list[Row] = []
    for column, (tables, is_one, more) in KINDS.items():
        if these := {each for each in marks if is_one(each)}:
            statement = (WHOSE + more).format(mark=column, tables=tables, marks=", ".join(map(_quoted, sorted(these))))
            found += await _ask(statement)
    return found


def _quoted(mark: str) -> str:
    return "'" + mark.replace("'", "''") + "'"


async def _ask(statement: str) -> list[Row]:
    """Over a connection of its own, behind every wall, so that nobody who counts statements counts these."""
    url = urlsplit(os.environ["DATABASE_URL"])
    if url.scheme == "sqlite":
        with closing(sqlite3.connect(f"file:{url.path[1:]}?mode=ro", uri=True)) as database:
            return database.execute(statement).fetchall()
    connection = await asyncpg.connect(url._replace(netloc=f"postgres@{url.hostname}:{url.port}").geturl(), ssl=False)
    try:
        return [tuple(row) for row in await connection.fetch(statement)]
    finally:
        await connection.close()


def telling(log: str) -> list[str]:
    """Lines that hold what no log may: an address, a number, a code, a secret, or what somebody searched for."""
    return [
        line
        for line in log.splitlines()
        if EMAIL.search(line) or MADE_HERE.search(line) or any(each in line for each in NEVER_LOGGED)
    ]
