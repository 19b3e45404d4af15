"""A file is read in chunks, each from where the last row stood: together they are the list, in every order."""

from typing import Any

import pytest

from app.access import Access
from app.candidates import filters as candidates
from app.paycodes import filters as paycodes
from app.tables import Role

ADMINISTRATOR = Access(0, frozenset({Role.ADMINISTRATOR}), ())


async def catalogue() -> Any:
    from app.routes.catalogue import load_catalogue

    return await load_catalogue(ADMINISTRATOR)


async def in_chunks(list_after: Any, filters: Any, most: int) -> list[int]:
    found: list[int] = []
    last = None
    while rows := await list_after(ADMINISTRATOR, filters, last, most):
        assert len(rows) <= most
        found += [row["id"] for row in rows]
        last = rows[-1]
    return found


@pytest.mark.parametrize("sort", candidates.SORTS)
async def test_candidates(demo_readonly: None, sort: str) -> None:
    from app.candidates.workbook import list_after

    filters = candidates.CandidateFilter(catalogue=await catalogue(), organisations=(), sort=sort)
    whole = await in_chunks(list_after, filters, 10_000)
    assert len(whole) > 100
    assert await in_chunks(list_after, filters, 7) == whole


@pytest.mark.parametrize("sort", paycodes.SORTS)
async def test_paycodes_used_or_not(demo_readonly: None, sort: str) -> None:
    from app.paycodes.workbook import list_after

    filters = paycodes.PaycodeFilter(catalogue=await catalogue(), organisations=(), sort=sort)
    whole = await in_chunks(list_after, filters, 10_000)
    assert len(whole) > 50
    assert await in_chunks(list_after, filters, 7) == whole
