"""Aanmeldingen: names and payment of the own organisations, no results."""

import pytest
from httpx import AsyncClient
from lxml import html

from app.tables import Enrolment, Organisation
from tests.clients import sign_in


async def shown(client: AsyncClient, address: str = "/aanmeldingen") -> html.HtmlElement:
    answer = await client.get(address)
    assert answer.status_code == 200
    return html.fromstring(answer.content)


async def linked_to(code: str) -> set[str]:
    organisation = await Organisation.select(Organisation.id).where(Organisation.code == code).first()
    assert organisation
    rows = await Enrolment.select(Enrolment.id).where(Enrolment.organisation == organisation["id"])
    return {str(row["id"]) for row in rows}


async def test_an_enrolment_manager_lands_here(client: AsyncClient) -> None:
    answer = await sign_in(client, "dirk.visser")
    assert answer.headers["location"] == "/aanmeldingen"


async def test_it_lists_the_own_organisation_and_nobody_else(client: AsyncClient) -> None:
    await sign_in(client, "dirk.visser")
    first, second = (
        await shown(client, "/aanmeldingen?per_pagina=100"),
        await shown(client, "/aanmeldingen?per_pagina=100&pagina=2"),
    )
    assert set(first.xpath("//tr/@data-id")) | set(second.xpath("//tr/@data-id")) == await linked_to("NWT")


async def test_results_are_not_shown(client: AsyncClient) -> None:
    await sign_in(client, "dirk.visser")
    page = await shown(client)
    assert not page.xpath("//*[@data-uitslag]")
    assert "heorietoets" not in page.text_content()
    assert {"Betaald", "Nog niet betaald"} >= set(page.xpath("//td[@data-label='Betaling']/span/text()"))


async def test_a_search_narrows_it(client: AsyncClient) -> None:
    await sign_in(client, "dirk.visser")
    page = await shown(client, "/aanmeldingen?trefwoorden=yilmaz")
    assert [row.strip() for row in page.xpath("//tbody//th/text()")] == ["Yılmaz, Özlem"]


async def test_htmx_gets_the_list_alone(client: AsyncClient) -> None:
    await sign_in(client, "dirk.visser")
    answer = await client.get("/aanmeldingen", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert 'id="resultaten"' in answer.text


@pytest.mark.parametrize("query", ["pagina=abc", "sorteer=wachtwoord", "organisatie=ZPI", "trefwoorden=%00"])
async def test_what_cannot_be_read_shows_nobody(client: AsyncClient, query: str) -> None:
    await sign_in(client, "dirk.visser")
    answer = await client.get(f"/aanmeldingen?{query}")
    assert answer.status_code == 400
    assert "data-id" not in answer.text


@pytest.mark.parametrize("username", ["anna.smit", "niels.los", "beheerder"])
async def test_others_have_no_access(client: AsyncClient, username: str) -> None:
    await sign_in(client, username)
    assert (await client.get("/aanmeldingen")).status_code == 403


async def test_a_visitor_is_sent_to_sign_in(client: AsyncClient) -> None:
    answer = await client.get("/aanmeldingen")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen?volgende=%2Faanmeldingen")


async def test_an_enrolment_manager_sees_no_overview(client: AsyncClient) -> None:
    await sign_in(client, "dirk.visser")
    assert [(await client.get(path)).status_code for path in ("/overzicht", "/betaalcodes", "/beheer")] == [403] * 3
