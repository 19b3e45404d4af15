"""What people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text import TextRefused, clean, key


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Anna \t", "Anna"),
        ("van  der\u00a0Berg", "van der Berg"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("\r\n", ""),
        ("x" * 80, "x" * 80),
    ],
)
def test_text_is_one_tidy_line(typed: str, kept: str) -> None:
    assert clean(typed, 80) == kept


@pytest.mark.parametrize("typed", ["a\x00b", "a\tb", "a\nb", "a\x7fb", "a\x85b", "a" + chr(0xD800), "a\ufffd"])
def test_what_cannot_be_read_is_refused(typed: str) -> None:
    with pytest.raises(TextRefused, match="niet te lezen"):
        clean(typed, 80)


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(TextRefused, match="ten hoogste 80 tekens"):
        clean("x" * 81, 80)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffd")))
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    once = clean(typed, 1000)
    assert clean(once, 1000) == once


@pytest.mark.parametrize(
    ("one", "other"), [("Anna.Smit", "anna.smit"), ("STRASSE", "stra\u00dfe"), ("\uff41nna", "anna")]
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert key(one) == key(other)


@given(st.text())
def test_the_key_of_a_key_is_itself(typed: str) -> None:
    assert key(key(typed)) == key(typed)
