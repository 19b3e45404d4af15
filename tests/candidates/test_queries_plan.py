"""The indexes that carry the Overzicht: no statement of it reads the table from end to end."""

from typing import Any

import pytest

from app.access import Access
from app.candidates.details import NEIGHBOUR
from app.candidates.filters import CandidateFilter
from app.candidates.queries import COUNT_ALL, COUNT_FOUND, ORDERS, PAGES
from app.clock import today
from app.database import transaction
from app.piccolo_conf import DB
from app.routes.catalogue import load_catalogue
from app.security import OrganisationName
from app.tables import Enrolment, Role
from tests.candidates.handmade import enrol, organisation_of

CODES = ("ABC", "DEF", "GHI", "JKL", "MNO", "PQR", "STU", "VWX")
INDEXES = {
    "naam": "ix_enrolment_by_name",
    "aangemeld": "ix_enrolment_by_enrolled",
    "gewijzigd": "ix_enrolment_by_changed",
}


@pytest.fixture
async def managed(db: None) -> list[int]:
    """Eight organisations of five hundred candidates, as the planner knows them in daily life."""
    organisations = [await organisation_of(code.lower(), code) for code in CODES]
    for organisation in organisations:
        await enrol(organisation, [("Jan", "de", f"Vries{place}") for place in range(500)])
    await DB.run_ddl("VACUUM ANALYZE enrolment" if DB.engine_type == "postgres" else "ANALYZE")
    return organisations


async def asked(query: str, *organisations: int) -> tuple[Access, CandidateFilter]:
    access = Access(1, frozenset({Role.ORGANISATION_MANAGER}), organisations)
    names = tuple(OrganisationName(each, str(each), "") for each in organisations)
    return access, CandidateFilter.from_query(query.encode(), await load_catalogue(access), names)


async def plan(statement: str, *values: Any) -> str:
    """Along which indexes; PostgreSQL may not gather rows in a heap first, which it does in a small table."""
    if DB.engine_type == "sqlite":
        rows = await Enrolment.raw(f"EXPLAIN QUERY PLAN {statement}", *values)
        return "\n".join(row["detail"] for row in rows)
    async with transaction():
        await DB.run_ddl("SET LOCAL enable_bitmapscan = off")
        rows = await Enrolment.raw(f"EXPLAIN {statement}", *values)
    return "\n".join(row["QUERY PLAN"] for row in rows)


def covered_by(index: str) -> str:
    """What a plan says of an index that has all that is asked."""
    return f"USING COVERING INDEX {index}" if DB.engine_type == "sqlite" else f"{index} on enrolment"


def assert_covered(told: str, index: str) -> None:
    assert covered_by(index) in told, told
    assert "Seq Scan on enrolment" not in told, told
    assert "SCAN enrolment" not in told, told
    assert DB.engine_type == "sqlite" or "Index Only Scan" in told, told


@pytest.mark.parametrize("sort", ORDERS)
async def test_a_page_walks_the_index_of_its_order(managed: list[int], sort: str) -> None:
    access, filters = await asked(f"sorteer={sort}", managed[0])
    told = await plan(PAGES[sort], filters.narrow(access.enrolments).querystring, 25, 0)
    assert_covered(told, INDEXES[sort.lstrip("-")])


@pytest.mark.parametrize("query", ["trefwoorden=jan", "route=co&status=lopend", "stap=betaling&uitslag=open"])
async def test_a_narrower_page_walks_it_too(managed: list[int], query: str) -> None:
    access, filters = await asked(query, managed[0])
    told = await plan(PAGES["naam"], filters.narrow(access.enrolments).querystring, 25, 0)
    assert "Seq Scan on enrolment" not in told, told
    assert "SCAN enrolment" not in told, told


@pytest.mark.parametrize("managing", [1, 2])
async def test_counts_come_from_their_index(managed: list[int], managing: int) -> None:
    access, filters = await asked("", *managed[:managing])
    told = await plan(COUNT_ALL, today(), today(), filters.narrow_counted(access.enrolments).querystring)
    assert_covered(told, "ix_enrolment_counts")


@pytest.mark.parametrize("query", ["trefwoorden=vries12", "profiel=co/monteur-service-onderhoud", "trefwoorden=jan+de"])
async def test_a_search_counts_along_the_index_that_ends_with_the_text(managed: list[int], query: str) -> None:
    access, filters = await asked(query, managed[0])
    assert filters.searches
    told = await plan(COUNT_FOUND, today(), today(), filters.narrow_counted(access.enrolments).querystring)
    assert_covered(told, "ix_enrolment_by_name")


@pytest.mark.parametrize(("sign", "way"), [(">", "ASC"), ("<", "DESC")])
async def test_the_neighbour_is_one_step_along_the_index(managed: list[int], sign: str, way: str) -> None:
    access, filters = await asked("", managed[0])
    statement = NEIGHBOUR.format(column="sort_key", sign=sign, way=way)
    assert_covered(await plan(statement, filters.narrow(access.enrolments).querystring, 7), "ix_enrolment_by_name")
