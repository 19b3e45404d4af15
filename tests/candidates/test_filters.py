"""A selection is its own address: read, written and read again it is the same."""

from datetime import date
from functools import partial
from typing import Any
from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from app.candidates.filters import OUTCOMES, SORTS, CandidateFilter
from app.candidates.status import Status
from app.paging import SIZES
from app.routes.catalogue import Catalogue, ProfileEntry, RouteEntry, StepEntry
from app.tables import Purpose
from app.viewer import OrganisationName

CATALOGUE = Catalogue(
    tuple(
        RouteEntry(
            id=key,
            slug=slug,
            name=slug,
            label=slug,
            offered=True,
            steps=(
                StepEntry(1, "aanmelding", "Aanmelding", False, Purpose.REGISTRATION),
                StepEntry(2, test, test, False, Purpose.TEST),
            ),
            profiles=(ProfileEntry(key, f"{slug}/monteur", "Monteur"),),
        )
        for key, (slug, test) in enumerate([("co", "praktijkexamen"), ("warmtepomp", "praktijktoets")], 1)
    )
)
ORGANISATIONS = (OrganisationName(1, "ABC", "A & B"), OrganisationName(2, "DEF", "D"))

asked = st.fixed_dictionaries(
    {},
    optional={
        "route": st.sampled_from(["", "co", "warmtepomp"]),
        "keywords": st.text(st.characters(exclude_categories=["C", "Z"]), max_size=20).map(partial(normalize, "NFC")),
        "organisation": st.sampled_from(["", "ABC", "DEF"]),
        "profile": st.sampled_from(["", "co", "warmtepomp/monteur"]),
        "step": st.sampled_from(["", "aanmelding", "praktijktoets"]),
        "outcome": st.sampled_from(["", *OUTCOMES]),
        "status": st.sampled_from(["", *map(str, Status)]),
        "since": st.none() | st.dates(date(1900, 1, 1), date(2000, 1, 1)),
        "until": st.none() | st.dates(date(2000, 1, 1), date(2199, 12, 31)),
        "sort": st.sampled_from(SORTS),
        "size": st.sampled_from(SIZES),
        "number": st.integers(1, 10**17),
    },
)


def read(query: str) -> CandidateFilter:
    return CandidateFilter.from_query(query.encode(), CATALOGUE, ORGANISATIONS)


@given(asked)
def test_back_and_forth_it_stays_the_same(values: dict[str, Any]) -> None:
    selection = CandidateFilter(catalogue=CATALOGUE, organisations=ORGANISATIONS, **values)
    again = read(selection.query(number=selection.number))
    assert again.errors == {}
    assert again.query(number=again.number) == selection.query(number=selection.number)
    assert again.words().keys() == selection.words().keys()


@given(asked)
def test_another_filter_starts_at_page_one(values: dict[str, Any]) -> None:
    selection = CandidateFilter(catalogue=CATALOGUE, organisations=ORGANISATIONS, **values)
    assert "&pagina=" not in "&" + selection.query(status="lopend")
    assert read(selection.query(status="lopend")).status == "lopend"


def test_without_anything_the_address_is_bare() -> None:
    assert read("").query() == ""
    assert read("sorteer=naam&per_pagina=25&pagina=1").query() == ""


def test_words_say_what_is_on() -> None:
    said = read("organisatie=ABC&profiel=co&stap=aanmelding&uitslag=open&tot=2026-04-22").words()
    assert list(said.values()) == [
        "Organisatie: A & B",
        "Profiel: co (alle profielen)",
        "Stap: Aanmelding",
        "Uitslag: Nog niet gestart",
        "Aangemeld tot en met 22-04-2026",
    ]
