"""The number of statements of a page is fixed, whatever the size of what it shows."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.database import recorded_statements
from tests.candidates.by_hand import read_world
from tests.candidates.handmade import enrol, organisation_of
from tests.sessions import client_of

MOST = 6
OVERVIEWS = ["", "?route=co", "?trefwoorden=jan&status=lopend&vanaf=2020-01-01", "?pagina=3", "?sorteer=-gewijzigd"]


async def selects(client: AsyncClient, url: str, status: int = 200) -> list[str]:
    """What is read for this page; what is written (last seen, the audit) does not count."""
    with recorded_statements() as statements:
        answer = await client.get(url)
    assert answer.status_code == status
    return [each for each in statements if each.lstrip().upper().startswith(("SELECT", "WITH"))]


@pytest.mark.parametrize("username", ["anna.smit", "bram.devries", "eva.bakker", "niels.los", "beheerder"])
@pytest.mark.parametrize("query", [*OVERVIEWS, "?trefwoorden=bestaatniet&status=lopend&route=co&stap=bewijs"])
async def test_overzicht_takes_at_most_six(demo_readonly: None, application: Any, username: str, query: str) -> None:
    assert len(await selects(await client_of(application, username), f"/overzicht{query}")) <= MOST


async def test_a_refused_selection_takes_no_more(demo_readonly: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    assert len(await selects(anna, "/overzicht?pagina=abc&vanaf=x", 400)) <= MOST


@pytest.mark.parametrize("query", OVERVIEWS)
async def test_three_or_three_hundred_candidates_take_the_same(db: None, application: Any, query: str) -> None:
    organisation = await organisation_of("kim", "ABC")
    await enrol(organisation, [("Jan", "de", "Vries")] * 3)
    kim = await client_of(application, "kim")
    few = await selects(kim, f"/overzicht{query}")
    await enrol(organisation, [("Jan", "de", "Vries")] * 300)
    assert len(await selects(kim, f"/overzicht{query}")) == len(few)


async def test_details_take_the_same_for_everybody(demo_readonly: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    everybody = (await read_world(["NWT"])).found({})
    taken = {len(await selects(anna, f"/deelnames/{each.id}?status=lopend")) for each in everybody[::6]}
    assert len(taken) == 1
    assert taken.pop() <= 10
