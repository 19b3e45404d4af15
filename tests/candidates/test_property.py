"""Any filters together, by whoever looks: what is shown is what the world read by hand says."""

from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.candidates.by_hand import read_world
from tests.candidates.screen import read
from tests.candidates.test_overview import check
from tests.sessions import client_of

MANAGED: dict[str, list[str] | None] = {"anna.smit": ["NWT"], "bram.devries": ["NWT", "ZPI"], "beheerder": None}
ROUTES = ["co", "warmtepomp", "afleverset", "zonnestroom"]
STEPS = ["aanmelding", "betaling", "theorietoets", "praktijkexamen", "praktijktoets", "bewijs"]
WORDS = ["a", "de", "jan", "van", "en", "nwt", "example", "ij", "%", "o a", "jansen", "x"]
SORTS = [f"{sign}{column}" for sign in ("", "-") for column in ("naam", "aangemeld", "gewijzigd")]

day = st.dates(date(2019, 1, 1), date(2026, 12, 31)).map(date.isoformat)
queries = st.fixed_dictionaries(
    {"per_pagina": st.just("100")},
    optional={
        "route": st.sampled_from(ROUTES),
        "trefwoorden": st.sampled_from(WORDS),
        "profiel": st.sampled_from([*ROUTES, "co/monteur-service-onderhoud", "warmtepomp/1e-monteur-warmtepomp"]),
        "stap": st.sampled_from(STEPS),
        "uitslag": st.sampled_from(["open", "ingepland", "geslaagd", "gezakt", "verlopen"]),
        "status": st.sampled_from(["niet-gestart", "lopend", "herkansing", "afgerond", "verloopt", "verlopen"]),
        "vanaf": day,
        "tot": day,
        "sorteer": st.sampled_from(SORTS),
    },
)


@given(st.sampled_from(sorted(MANAGED)), queries, st.sampled_from(["", "NWT", "ZPI"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_selection_shows_what_it_should(
    demo_readonly: None, application: Any, username: str, query: dict[str, str], organisation: str
) -> None:
    if organisation in (MANAGED[username] or ["NWT", "ZPI"]):
        query = query | {"organisatie": organisation}
    answer = await (await client_of(application, username)).get("/overzicht", params=query)
    if query.get("vanaf", "") > query.get("tot", "9"):
        assert (answer.status_code, read(answer).ids) == (400, [])
    else:
        check(read(answer), await read_world(MANAGED[username]), query)
