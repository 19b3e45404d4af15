"""Text that somebody stored stays text: on every page, in every part of one, and in letters."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import Response
from lxml import html
from piccolo.columns import Text, Varchar

from app.piccolo_conf import APP_REGISTRY, DB
from tests.candidates.clicks import FRAGMENT
from tests.security.asking import asked
from tests.security.cast import CAST, KEY, assemble
from tests.security.test_matrix import may

pytestmark = pytest.mark.skipif(DB.engine_type == "postgres", reason="what is shown is the same: run on SQLite")

OWN_WORDS = re.compile(
    r"(attempt|audit_seal|chore|form_token)\..*"  # counted, hashed or named by the portal
    r"|\w+\.(slug|file_hash|scope|object_type|credential_id)"  # parts of addresses, names and bytes
    r"|enrolment\.progress\w*|download\.(kind|query)|mail\.template|step\.icon|audit_event\.action"  # drawn with
)
"""Columns that nobody fills with words of their own, and that pages cannot do without."""
ADDRESSES = {"route.website", "route.quality_scheme_url"}
LONGEST = len("'\" k999=1><k999>")
KEY_ENDS = 4
"""Places left behind it in a column in which no two are the same."""
REACHED = 33
"""Columns of which something stands on a page, at least."""


def texts() -> dict[str, Text | Varchar]:
    """Everything that can hold markup: `table.column` → column."""
    tables = APP_REGISTRY.get_table_classes("portaal")
    columns = {
        f"{table._meta.tablename}.{column._meta.db_column_name}": column
        for table in tables
        for column in table._meta.columns
        if isinstance(column, Text | Varchar) and not column._meta.choices and not column._meta.secret
    }
    return {name: each for name, each in columns.items() if not OWN_WORDS.fullmatch(name) and _length(each) >= LONGEST}


def _length(column: Text | Varchar) -> int:
    room = column.length or 10_000 if isinstance(column, Varchar) else 10_000
    return room - (KEY_ENDS if column._meta.unique else 0)


def fill_with_markup() -> list[str]:
    """All text in the database of this test, against whatever the database would say to that. Gives the columns: the
    mark of each is its place."""
    names = sorted(texts())
    path = urlsplit(os.environ["DATABASE_URL"]).path[1:]
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA ignore_check_constraints = ON")
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{trigger}"')
        for place, name in enumerate(names):
            table, column = name.split(".")
            text = ("https://" if name in ADDRESSES else "") + mark(place)
            database.execute(f'UPDATE "{table}" SET "{column}" = ? || id WHERE "{column}" IS NOT NULL', (text,))
    return names


def mark(place: int) -> str:
    return f"'\" k{place}=1><k{place}>"


def markup_of_it(answer: Response) -> Iterator[str]:
    """Elements and attributes that somebody's text became."""
    if found := re.findall(r"<k[0-9]+", answer.text):
        yield from found
    for element in html.fromstring(answer.content).iter():
        yield from (name for name in element.attrib if re.fullmatch("k[0-9]+", str(name)))


async def test_no_stored_text_becomes_markup(db: None, application: Any) -> None:
    cast = await assemble(application)
    asks = [await ask.prepare() for person in CAST if person != KEY for ask in asked(cast, person) if ask.verb == "GET"]
    clients = {person: await cast.client(person) for person in CAST}
    names, shown = fill_with_markup(), set[str]()
    for ask in (each for each in asks if may(each.person, each)):
        for headers in ({}, FRAGMENT):
            answer = await clients[ask.person].get(ask.readable_url(), headers=headers)
            if answer.headers.get("content-type", "").startswith("text/html") and answer.text:
                assert not list(markup_of_it(answer)), f"{ask.person}: {ask.name}"
                shown.update(names[int(place)] for place in re.findall(r"k([0-9]+)=1", answer.text))
    assert len(shown) > REACHED
