import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from app.workbooks.text import CUT, LONGEST, REPLACEMENT, cell_text

ANY_TEXT = st.text(st.characters(exclude_categories=[]))


def length_in_excel(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@pytest.mark.parametrize(
    "text", ["=1+1", "+31263513133", "-aftrek", "@SOM(A1)", "\tx", "'x", " x ", "Zoë", "regel\nregel"]
)
def test_text_stays_as_it_is(text: str) -> None:
    assert cell_text(text) == text


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_a_sign_that_xml_cannot_carry_is_replaced(sign: str) -> None:
    assert cell_text(f"a{sign}b") == f"a{REPLACEMENT}b"


@pytest.mark.parametrize("text", ["_x0041_", "_x0041_x0042_", "_xFFFF_", "__x000A__"])
def test_what_excel_reads_as_a_number_of_a_sign_stays_text(text: str) -> None:
    assert cell_text(text) != text
    assert unescape(cell_text(text)) == text


@given(ANY_TEXT)
def test_any_text_reads_back_as_documented(text: str) -> None:
    expected = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", REPLACEMENT, text)
    assert unescape(cell_text(text)) == expected


@pytest.mark.parametrize("unit", ["a", "😀", "_x0041_", "ab_x0041_😀"])
def test_what_is_longer_than_a_cell_is_cut_and_says_so(unit: str) -> None:
    text = unit * (LONGEST // len(unit) + 5)
    written = cell_text(text)
    assert length_in_excel(written) <= LONGEST
    assert written.endswith(CUT)


def test_the_longest_that_fits_is_whole() -> None:
    assert cell_text("a" * LONGEST) == "a" * LONGEST
    assert len(cell_text("a" * (LONGEST + 1))) == LONGEST
