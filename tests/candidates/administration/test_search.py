"""Searching persons: the same on both databases, whatever is typed."""

import pytest
from httpx import AsyncClient
from lxml import html

from app.tables import Candidate, Enrolment
from tests.candidates.administration.people import candidate_of
from tests.candidates.handmade import enrol, organisation_of

NAMES = [
    ("Jan", "de", "Vries"),
    ("Noël", "'t", "Hart"),
    ("Özlem", "", "Yılmaz"),
    ("Femke", "van de", "Ven-de Groot"),
    ("Bo", "", "Li"),
    ("Vijf_procent%", "", "%Back\\slash"),
    ("Лев", "", "Толстой"),
    ('O"N', "", 'Quote"d'),
]
JAN, NOEL, OZLEM, FEMKE, BO, SIGNS, LEV, QUOTED = range(8)
FOUND = {
    "vries": [JAN],
    "Vries, Jan de": [JAN],
    "an rie": [JAN],
    "rie an": [JAN],
    "noel": [NOEL],
    "’t Hart": [NOEL],
    "YILMAZ oz": [OZLEM],
    "vende": [FEMKE],
    "kandidaat.4@example.org": [FEMKE],
    "n000-0003": [OZLEM],
    " N0000003 ": [OZLEM],
    "crt 12-34": [JAN],
    "толст": [LEV],
    'quote"d': [QUOTED],
    'o"n': [],
    'o"n quote': [QUOTED],
    "4@example.org li": [],
    "k@e.or": [],
    '" OR "': [],
    "_procent%": [SIGNS],
    "\\slash": [SIGNS],
    "v_ies": [],
    "jan bestaatniet": [],
    "' OR 1=1 --": [],
    "vri*": [],
    "NOT jan": [],
    "{}": [],
    # Shorter than what the index finds by: one of them begins the family name.
    "li": [BO],
    "bo li": [BO],
    "LI, Bo": [BO],
    "v": [JAN, FEMKE],
    "v ja": [JAN],
    "t": [],
    "%": [SIGNS],
    "%%%": [],
    "_": [],
    "\\": [],
    "y oz": [OZLEM],
    "a%": [],
}


async def people(organisation: int) -> list[int]:
    """Their ids, in the order of `NAMES`; Jan has a CRT number."""
    enrolments = await enrol(organisation, NAMES)
    await Candidate.update({Candidate.crt_number: "CRT-1234", Candidate.search_text: "jan de vries crt1234"}).where(
        Candidate.family_name == "Vries"
    )
    rows = await Enrolment.select(Enrolment.candidate).where(Enrolment.id.is_in(enrolments)).order_by(Enrolment.id)
    return [row["candidate"] for row in rows]


async def shown(client: AsyncClient, query: dict[str, str]) -> list[int]:
    answer = await client.get("/beheer/kandidaten", params=query)
    assert answer.status_code == 200
    return [int(each) for each in html.fromstring(answer.content.decode()).xpath("//tbody/tr/@data-id")]


async def test_who_is_found(vera: AsyncClient, abc: int) -> None:
    ids = await people(abc)
    found = {typed: sorted(await shown(vera, {"trefwoorden": typed})) for typed in FOUND}
    assert found == {typed: [ids[place] for place in places] for typed, places in FOUND.items()}


async def test_with_and_without_an_organisation(vera: AsyncClient, abc: int) -> None:
    ids = await people(abc)
    [free] = await enrol(None, [("Jan", "de", "Vries")])
    await organisation_of("els", "DEF")
    unlinked = await candidate_of(free)
    expected: list[tuple[dict[str, str], list[int]]] = [
        ({"organisatie": "ABC"}, ids),
        ({"organisatie": "DEF"}, []),
        ({"organisatie": "geen"}, [unlinked]),
        ({"trefwoorden": "vries"}, [ids[JAN], unlinked]),
        ({"trefwoorden": "vries", "organisatie": "ABC"}, [ids[JAN]]),
        ({"trefwoorden": "vries", "organisatie": "geen"}, [unlinked]),
        ({"trefwoorden": "v", "organisatie": "ABC"}, [ids[JAN], ids[FEMKE]]),
        ({"trefwoorden": "v", "organisatie": "geen"}, [unlinked]),
        ({"trefwoorden": "N0000001", "organisatie": "ABC"}, [ids[JAN]]),
        ({"trefwoorden": "N0000001", "organisatie": "DEF"}, []),
        ({}, [*ids, unlinked]),
    ]
    for query, wanted in expected:
        assert sorted(await shown(vera, query)) == wanted, query


async def test_a_person_with_more_enrolments_stands_there_once(vera: AsyncClient, abc: int) -> None:
    [first] = await enrol(abc)
    person = await candidate_of(first)
    await enrol(abc, route="warmtepomp", candidate=person)
    await enrol(None, route="zonnestroom", candidate=person)
    for query in ({}, {"organisatie": "ABC"}, {"organisatie": "geen"}, {"trefwoorden": "vries", "organisatie": "ABC"}):
        answer = await vera.get("/beheer/kandidaten", params=query)
        assert "1 resultaat - Toon 1 - 1" in answer.text, query
    assert "Zonnestroom zonder organisatie" in answer.text


async def test_they_stand_by_name_and_a_page_past_the_end_is_the_last(vera: AsyncClient, abc: int) -> None:
    await enrol(None, [("A", "", f"N{place:02}") for place in range(30)])
    first, last = await shown(vera, {}), await shown(vera, {"pagina": "99"})
    assert first + last == await Candidate.select(Candidate.id).order_by(Candidate.sort_key).output(as_list=True)
    assert await shown(vera, {"trefwoorden": "kandidaat", "pagina": "2"}) == last


async def test_more_than_are_counted_is_said_so(vera: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.candidates.administration.queries.MOST", 20)
    await enrol(None, [("A", "", f"Naam{place:02}") for place in range(30)])
    for query in ({}, {"trefwoorden": "naam"}, {"organisatie": "geen"}):
        answer = await vera.get("/beheer/kandidaten", params=query)
        assert "Maak de zoekopdracht nauwer" in answer.text
        assert len(await shown(vera, query)) == 20
        assert len(await shown(vera, query | {"pagina": "4"})) == 20


async def test_who_changes_or_goes_is_found_as_they_are_now(abc: int) -> None:
    from app.access import Access
    from app.candidates.administration.filters import CandidateSearch
    from app.candidates.administration.queries import find_candidates
    from app.tables import Role

    async def found(typed: str) -> list[int]:
        filters = CandidateSearch.from_query(f"trefwoorden={typed}".encode(), ())
        rows = (await find_candidates(Access(1, frozenset({Role.ADMINISTRATOR}), ()), filters)).page.rows
        return [row["id"] for row in rows]

    [first] = await enrol(None)
    person = await candidate_of(first)
    await Candidate.update({Candidate.search_text: "piet bakker"}).where(Candidate.id == person)
    assert (await found("vries"), await found("bakker")) == ([], [person])
    await Enrolment.delete(force=True)
    await Candidate.delete(force=True)
    assert await found("bakker") == []


async def test_only_what_changes_comes_for_htmx(vera: AsyncClient, abc: int) -> None:
    await people(abc)
    answer = await vera.get("/beheer/kandidaten?trefwoorden=vries", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert 'id="resultaten"' in answer.text


@pytest.mark.parametrize("query", ["pagina=abc", "sorteer=email", "organisatie=ZZZ", "trefwoorden=%00"])
async def test_what_cannot_be_read_shows_nobody(vera: AsyncClient, abc: int, query: str) -> None:
    await people(abc)
    answer = await vera.get(f"/beheer/kandidaten?{query}")
    assert answer.status_code == 400
    assert "data-id" not in answer.text
