"""A query string is read strictly: a value, or a sentence that says what is wrong with it."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.exceptions import NotFoundException

from app.query import Query, as_query, escape_like, midnight, parse_day, row_id, with_query


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-04-22", date(2026, 4, 22)),
        ("22-04-2026", date(2026, 4, 22)),
        ("22/4/2026", date(2026, 4, 22)),
        ("1-1-1900", date(1900, 1, 1)),
        ("29-02-2024", date(2024, 2, 29)),
        ("29-02-2026", None),
        ("31-12-1899", None),
        ("01-01-2200", None),
        ("04-22-2026", None),
        ("22 april 2026", None),
        ("22-04-26", None),
        ("2026-04-22T10:00", None),
        ("٢٢-٠٤-٢٠٢٦", None),
        ("", None),
    ],
)
def test_a_day_as_people_and_date_fields_write_it(typed: str, day: date | None) -> None:
    assert parse_day(typed) == day


@given(st.text())
def test_no_text_makes_reading_a_day_fail(typed: str) -> None:
    assert parse_day(typed) is None or len(typed) >= 8


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        (date(2026, 1, 15), datetime(2026, 1, 14, 23, tzinfo=UTC)),
        (date(2026, 7, 15), datetime(2026, 7, 14, 22, tzinfo=UTC)),
        (date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC)),
    ],
)
def test_midnight_is_in_amsterdam(day: date, moment: datetime) -> None:
    assert midnight(day) == moment


@pytest.mark.parametrize(("text", "key"), [("1", 1), ("9223372036854775807", 2**63 - 1)])
def test_a_key_is_a_plain_positive_number(text: str, key: int) -> None:
    assert row_id(text) == key


@pytest.mark.parametrize(
    "text", ["", "0", "-1", "+1", "01", "1.0", "1e3", " 1", "1\n", "١", "9223372036854775808", "x"]
)
def test_what_cannot_be_a_key_is_not_there(text: str) -> None:
    with pytest.raises(NotFoundException):
        row_id(text)


@given(st.binary(max_size=200))
def test_no_bytes_make_reading_fail(raw: bytes) -> None:
    query = Query(raw)
    query.number("pagina", 1)
    query.day("vanaf")
    for name in query.typed:
        query.text(name)
    "".join(query.typed.values()).encode()


def test_only_a_repeated_value_that_is_asked_for_is_an_error() -> None:
    query = Query(b"a=1&a=2&b=3&b=4")
    assert query.text("b") == "4"
    assert list(query.errors) == ["b"]


def test_back_to_a_query_string_without_what_is_empty() -> None:
    assert as_query({"a": "é &", "b": "", "c": None, "d": 2}) == "a=%C3%A9+%26&d=2"
    assert with_query("/overzicht", "") == "/overzicht"


def test_signs_of_like_stand_for_themselves() -> None:
    assert escape_like("50%_\\") == "50\\%\\_\\\\"
