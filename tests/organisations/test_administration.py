"""Beheer: what there is and what waits."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.access import Access
from app.database import recorded_statements
from app.organisations.administration import count_everything
from app.tables import Role
from tests.candidates.administration.people import candidate_of
from tests.candidates.handmade import administrator, enrol, organisation_of
from tests.clients import sign_in
from tests.paycodes.page import show
from tests.sessions import client_of

LISTS = (
    "/beheer/kandidaten",
    "/beheer/kandidaten?organisatie=geen",
    "/beheer/gebruikers",
    "/beheer/gebruikers?status=uitgenodigd",
    "/overzicht",
    "/beheer/organisaties",
    "/beheer/batches",
    "/betaalcodes?status=te-gebruiken",
    "/beheer/berichten?status=te-verzenden",
    "/beheer/berichten?status=mislukt",
)


async def test_an_administrator_lands_here(client: AsyncClient) -> None:
    answer = await sign_in(client, "beheerder")
    assert answer.headers["location"] == "/beheer"


async def test_each_number_is_that_of_the_list_it_leads_to(client: AsyncClient) -> None:
    await sign_in(client, "beheerder")
    tiles = (await show(client, "/beheer")).root.xpath("//*[contains(@class, 'tiles')]//a")
    numbers = {tile.get("href"): int(tile.findtext("strong")) for tile in tiles}
    assert len(numbers) == len(tiles) == 12
    for href in LISTS:
        first, *_ = (await show(client, href)).count_line.split()
        assert int(first.replace(".", "")) == numbers[href], href


async def test_who_has_two_enrolments_without_an_organisation_waits_once(db: None, application: Any) -> None:
    await organisation_of("kim", "ABC")
    await administrator("ada")
    ada = await client_of(application, "ada")
    [first] = await enrol(None)
    await enrol(None, route="warmtepomp", candidate=await candidate_of(first))
    await enrol(None, [("Piet", "", "Smit")])
    tiles = (await show(ada, "/beheer")).root.xpath("//a[@href='/beheer/kandidaten?organisatie=geen']")
    assert [tile.findtext("strong") for tile in tiles] == ["2"]
    assert (await show(ada, "/beheer/kandidaten?organisatie=geen")).count_line == "2 resultaten - Toon 1 - 2"


async def test_it_asks_the_database_once(client: AsyncClient) -> None:
    await sign_in(client, "beheerder")
    with recorded_statements() as statements:
        await client.get("/beheer")
    assert len(statements) == 2  # the other says who asks


async def test_others_see_no_number(demo_readonly: None) -> None:
    counts = await count_everything(Access(1, frozenset({Role.ORGANISATION_MANAGER}), ()))
    assert not any(vars(counts).values())


async def test_it_has_every_menu_of_an_administrator(client: AsyncClient) -> None:
    await sign_in(client, "beheerder")
    page = (await client.get("/beheer")).text
    assert all(f'href="{path}"' in page for path in ("/overzicht", "/betaalcodes", "/beheer"))


@pytest.mark.parametrize("username", ["anna.smit", "dirk.visser", "niels.los"])
async def test_others_have_no_access(client: AsyncClient, username: str) -> None:
    await sign_in(client, username)
    assert (await client.get("/beheer")).status_code == 403


async def test_a_visitor_is_sent_to_sign_in(client: AsyncClient) -> None:
    assert (await client.get("/beheer")).headers["location"] == "/inloggen?volgende=%2Fbeheer"
