"""Of every column is known what it is, why it is there, of whom it tells and how long it stays."""

from typing import Any

from httpx import AsyncClient

from app.piccolo_app import APP_CONFIG
from app.rights.register import REGISTER, Whose, held, lines_of
from app.rights.terms import Term, explain
from tests.candidates.handmade import administrator
from tests.sessions import client_of

TABLES: dict[str, Any] = {table._meta.tablename: table for table in APP_CONFIG.table_classes}


def test_every_column_has_an_entry_and_every_entry_a_column() -> None:
    """A new column fails here until somebody says why it is kept, and how long: in app/rights/register/."""
    columns = {name: {column._meta.db_column_name for column in table._meta.columns} for name, table in TABLES.items()}
    assert {each.name: set(each.columns) for each in REGISTER} == columns


def test_nothing_is_left_unsaid() -> None:
    for each in REGISTER:
        for line in each.lines:
            assert all((line.what, line.why)), f"{each.name}.{line.column}"
    assert {line.term for each in REGISTER for line in each.lines} == set(Term)
    assert all(explain(term).words and explain(term).text for term in Term)


def test_what_is_kept_for_ever_tells_of_nobody() -> None:
    """But for who did what: that is a number, and the account behind it is erased in its time."""
    for each in REGISTER:
        for line in each.lines:
            by_number = line.whose is Whose.USER and "verantwoording" in line.why
            assert line.term is not Term.ALWAYS or line.whose is Whose.NOBODY or by_number, f"{each.name}.{line.column}"


def test_secrets_are_named_as_such() -> None:
    assert {line.column for line in held("session").lines if line.secret} == {"token_hash"}
    assert "candidate" in lines_of(Whose.CANDIDATE)
    assert set(lines_of(Whose.CONTACT)) == {"batch", "paycode"}


async def test_an_administrator_reads_all_of_it(application: Any, db: None) -> None:
    await administrator("kim")
    kim: AsyncClient = await client_of(application, "kim")
    page = (await kim.get("/beheer/gegevens")).text
    for each in REGISTER:
        assert f'id="{each.name}"' in page
        for line in each.lines:
            assert f"{each.name}.{line.column}" in page
