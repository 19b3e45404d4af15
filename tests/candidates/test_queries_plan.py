"""The indexes that carry the Overzicht: no statement of it reads the table from end to end."""

from itertools import product
from typing import Any

import pytest

from app.access import Access
from app.candidates.details import NEIGHBOUR
from app.candidates.filters import CandidateFilter
from app.candidates.queries import COUNT_ALL, COUNT_FOUND, PAGES
from app.clock import today
from app.database import SQLite, transaction
from app.piccolo_conf import DB
from app.routes.catalogue import load_catalogue
from app.tables import Enrolment, Role
from app.viewer import OrganisationName
from tests.candidates.handmade import enrol, organisation_of

CODES = ("ABC", "DEF", "GHI", "JKL", "MNO", "PQR", "STU", "VWX")
INDEXES = {
    "naam": "ix_enrolment_by_name",
    "aangemeld": "ix_enrolment_by_enrolled",
    "gewijzigd": "ix_enrolment_by_changed",
}


@pytest.fixture
async def managed(db: None) -> list[int]:
    """Eight organisations of five hundred candidates, in the order in which they come: through each other."""
    organisations = [await organisation_of(code.lower(), code) for code in CODES]
    for start in range(0, 500, 50):
        for organisation in organisations:
            await enrol(organisation, [("Jan", "de", f"Vries{place}") for place in range(start, start + 50)])
    if isinstance(DB, SQLite):
        await DB.run_ddl("ANALYZE")
    else:
        connection = await DB.connect(as_owner=True)
        await connection.execute("VACUUM ANALYZE enrolment")
        await connection.close()
    return organisations


async def asked(query: str, *organisations: int) -> tuple[Access, CandidateFilter]:
    access = Access(1, frozenset({Role.ORGANISATION_MANAGER}), organisations)
    names = tuple(OrganisationName(each, str(each), "") for each in organisations)
    return access, CandidateFilter.from_query(query.encode(), await load_catalogue(access), names)


async def plan(statement: str, *values: Any) -> str:
    """Along which indexes. A table as small as here PostgreSQL would rather read whole: that is put aside."""
    if DB.engine_type == "sqlite":
        rows = await Enrolment.raw(f"EXPLAIN QUERY PLAN {statement}", *values)
        return "\n".join(row["detail"] for row in rows)
    async with transaction():
        await DB.run_ddl("SET LOCAL enable_seqscan = off")
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


async def test_a_page_walks_the_index_of_its_order(managed: list[int]) -> None:
    for sort, statement in PAGES.items():
        access, filters = await asked(f"sorteer={sort}", managed[0])
        told = await plan(statement, filters.narrow(access.enrolments).querystring, 25, 0)
        assert_covered(told, INDEXES[sort.lstrip("-")])


async def test_a_narrower_page_reads_no_more(managed: list[int]) -> None:
    for query in ("trefwoorden=jan", "route=co&status=lopend", "stap=betaling&uitslag=open"):
        access, filters = await asked(query, managed[0])
        told = await plan(PAGES["naam"], filters.narrow(access.enrolments).querystring, 25, 0)
        assert "Seq Scan on enrolment" not in told, told
        assert "SCAN enrolment" not in told, told


async def test_counts_come_from_their_index(managed: list[int]) -> None:
    for managing, query in product((1, 2), ("", "profiel=co/monteur-service-onderhoud")):
        access, filters = await asked(query, *managed[:managing])
        assert not filters.searches
        counted = filters.narrow_counted(access.enrolments).querystring
        assert_covered(await plan(COUNT_ALL, today(), today(), counted), "ix_enrolment_alike")


async def test_a_search_counts_along_the_index_that_ends_with_the_text(managed: list[int]) -> None:
    for query in ("trefwoorden=vries12", "trefwoorden=jan+de"):
        access, filters = await asked(query, managed[0])
        assert filters.searches
        counted = filters.narrow_counted(access.enrolments).querystring
        assert_covered(await plan(COUNT_FOUND, today(), today(), counted), "ix_enrolment_by_name")


async def test_the_neighbour_is_one_step_along_the_index(managed: list[int]) -> None:
    access, filters = await asked("", managed[0])
    for sign, way in ((">", "ASC"), ("<", "DESC")):
        statement = NEIGHBOUR.format(column="sort_key", sign=sign, way=way)
        told = await plan(statement, filters.narrow(access.enrolments).querystring, 7)
        assert_covered(told, "ix_enrolment_by_name")
