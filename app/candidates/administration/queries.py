"""Who is found: one page of persons, of at most two thousand, in the time that a page may take among a million."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from app.access import Access
from app.candidates.administration.filters import MOST, CandidateSearch
from app.paging import Page, Row, Slice
from app.piccolo_conf import DB
from app.tables import Candidate, Enrolment
from app.text import key

Other = TypeVar("Other")

# Three ways to as many as are counted, the first two in the order of their names; of enrolments first the ids, along an
# index. What the index of parts of text finds comes as it comes, so that it can stop.
BY_NAME = """
SELECT {way} AS way, id, sort_key FROM (
    SELECT candidate.id, candidate.sort_key FROM candidate WHERE {{}} ORDER BY candidate.sort_key LIMIT {{}}
) AS one
"""
BY_ENROLMENT = """
SELECT {way} AS way, enrolment.candidate AS id, enrolment.sort_key FROM (
    SELECT enrolment.id FROM enrolment WHERE {{}} ORDER BY enrolment.sort_key, enrolment.id LIMIT {{}}
) AS one
JOIN enrolment ON enrolment.id = one.id
"""
BY_INDEX = {
    "postgres": "SELECT {way} AS way, candidate.id, candidate.sort_key FROM candidate WHERE {{}} LIMIT {{}}",
    "sqlite": """
        SELECT {way} AS way, candidate.id, candidate.sort_key
        FROM ix_candidate_search CROSS JOIN candidate ON candidate.id = ix_candidate_search.rowid
        WHERE {{}} LIMIT {{}}
    """,
}
FOUND = "WITH found AS MATERIALIZED ({ways})"
TOTAL = """
(SELECT COUNT(DISTINCT id) FROM found) AS total,
(SELECT MAX(rows) FROM (SELECT COUNT(*) AS rows FROM found GROUP BY way) AS reached) AS reached
"""
PAGE = f"""
SELECT candidate.id, candidate.given_name, candidate.name_particle, candidate.family_name, candidate.email,
    candidate.birth_date, candidate.crt_number, {TOTAL}
FROM (SELECT DISTINCT id, sort_key FROM found ORDER BY sort_key, id LIMIT {{}} OFFSET {{}}) AS chosen
JOIN candidate ON candidate.id = chosen.id
ORDER BY candidate.sort_key, candidate.id
"""  # noqa: S608
COUNT = f"SELECT {TOTAL}"


@dataclass(frozen=True)
class FoundPage(Page[Row]):
    more: bool = False
    """There are more than are counted."""

    def of(self, rows: Sequence[Other]) -> "FoundPage[Other]":
        """The same page, with these for its rows."""
        return FoundPage(rows, self.slice, self.more)

    @property
    def count_line(self) -> str:
        return f"Meer dan {super().count_line}" if self.more else super().count_line

    @property
    def most(self) -> str:
        return f"{self.total:_}".replace("_", ".")


@dataclass(frozen=True)
class Found:
    page: FoundPage[dict[str, Any]]
    enrolments: Mapping[int, Sequence[dict[str, Any]]]
    """Of each person on the page: route, and code of the organisation."""
    without: Mapping[str, int]
    """When nobody is found: filter → how many there would be without it."""


async def find_candidates(access: Access, filters: CandidateSearch) -> Found:
    """One page; a page past the end is the last page."""
    filters = await _exactly(access, filters)
    part = Slice(filters.number, filters.size, MOST)
    rows = await _page(access, filters, part)
    if not rows and filters.number > 1:
        part = Slice.of(filters.number, filters.size, await _count(access, filters))
        rows = await _page(access, filters, part)
    if not rows:
        return Found(FoundPage([], Slice.of(1, filters.size, 0)), {}, await _without_each(access, filters))
    total, reached = rows[0]["total"], rows[0]["reached"]
    page = FoundPage(rows, Slice(part.number, part.size, min(total, MOST)), more=max(total, reached) > MOST)
    return Found(page, await _enrolments(access, [row["id"] for row in rows]), {})


async def _exactly(access: Access, filters: CandidateSearch) -> CandidateSearch:
    """The same selection; of those alone who have the very number or e-mail address that was typed."""
    ids: list[int] = []
    if number := filters.enrolment_number:
        numbered = access.enrolments & (Enrolment.number == number)
        ids = await Enrolment.select(Enrolment.candidate).where(numbered).output(as_list=True)
    elif "@" in filters.keywords:
        addressed = access.candidates & (Candidate.email_key == key(filters.keywords))
        ids = await Candidate.select(Candidate.id).where(addressed).limit(MOST).output(as_list=True)
    return filters.but(candidates=tuple(ids))


async def _page(access: Access, filters: CandidateSearch, part: Slice) -> list[dict[str, Any]]:
    """Of as many as are counted; each row tells how many that are, and how far one of the ways to them went."""
    size = max(0, min(part.size, MOST - part.offset))
    return await _of_found(access, filters, PAGE, size, part.offset)


async def _count(access: Access, filters: CandidateSearch) -> int:
    [row] = await _of_found(access, filters, COUNT)
    return min(int(row["total"]), MOST)


async def _of_found(access: Access, filters: CandidateSearch, statement: str, *values: int) -> list[dict[str, Any]]:
    one = BY_INDEX[DB.engine_type] if filters.by_index else BY_ENROLMENT if filters.by_enrolment else BY_NAME
    ways = filters.ways(access.candidates)
    found = " UNION ALL ".join(f"SELECT * FROM ({one.format(way=way)}) AS way" for way in range(len(ways)))  # noqa: S608
    sought = [value for way in ways for value in (way.querystring, MOST + 1)]
    rows: list[dict[str, Any]] = await Candidate.raw(FOUND.format(ways=found) + statement, *sought, *values)
    return rows


async def _without_each(access: Access, filters: CandidateSearch) -> dict[str, int]:
    """Where that is worth dropping the filter for: not when it leaves more than are counted."""
    names = list(filters.words())
    if filters.errors or len(names) < 2:
        return {}
    found = {name: await _count(access, filters.without(name)) for name in names}
    return {name: total for name, total in found.items() if total < MOST}


async def _enrolments(access: Access, candidates: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    rows = (
        await Enrolment.select(
            Enrolment.candidate, Enrolment.route.label.as_alias("route"), Enrolment.organisation.code.as_alias("code")
        )
        .where(access.enrolments & Enrolment.candidate.is_in(list(candidates)))
        .order_by(Enrolment.candidate, Enrolment.enrolled_at, Enrolment.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["candidate"], []).append(row)
    return found
