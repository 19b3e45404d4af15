"""Pages of a list: which one, what the count line says, which numbers lead elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.paging import Page, Slice


def page(number: int, total: int, size: int = 25) -> Page[int]:
    part = Slice.of(number, size, total)
    return Page(range(part.offset, min(part.offset + size, total)), part)


@pytest.mark.parametrize(
    ("number", "total", "line"),
    [
        (1, 0, "0 resultaten"),
        (7, 0, "0 resultaten"),
        (1, 1, "1 resultaat - Toon 1 - 1"),
        (1, 5, "5 resultaten - Toon 1 - 5"),
        (2, 26, "26 resultaten - Toon 26 - 26"),
        (3, 50, "50 resultaten - Toon 26 - 50"),
        (10**18, 120, "120 resultaten - Toon 101 - 120"),
    ],
)
def test_the_count_line_is_the_manuals(number: int, total: int, line: str) -> None:
    assert page(number, total).count_line == line


@pytest.mark.parametrize(
    ("number", "pages", "links"),
    [
        (1, 1, []),
        (1, 2, [1, 2]),
        (1, 5, [1, 2, None, 5]),
        (3, 5, [1, 2, 3, 4, 5]),
        (4, 5, [1, 2, 3, 4, 5]),
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (4, 9, [1, 2, 3, 4, 5, None, 9]),
        (9, 9, [1, None, 8, 9]),
    ],
)
def test_near_pages_and_both_ends_are_linked(number: int, pages: int, links: list[int | None]) -> None:
    assert page(number, 25 * pages).links == links


@given(st.integers(1, 10**20), st.integers(0, 10_000), st.sampled_from([25, 50, 100]))
def test_any_number_is_a_page_of_the_list(number: int, total: int, size: int) -> None:
    found = page(number, total, size)
    assert 1 <= found.number <= found.slice.pages
    assert found.rows or not total
    numbers = [each for each in found.links if each is not None]
    assert numbers == sorted(set(numbers))
    assert all(1 <= each <= found.slice.pages for each in numbers)
