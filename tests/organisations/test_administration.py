"""Beheer: what there is and what waits."""

import re

import pytest
from httpx import AsyncClient

from app.tables import Enrolment, Organisation
from tests.clients import sign_in


async def test_an_administrator_lands_here(client: AsyncClient) -> None:
    answer = await sign_in(client, "beheerder")
    assert answer.headers["location"] == "/beheer"


async def test_the_numbers_are_those_of_the_database(client: AsyncClient) -> None:
    await sign_in(client, "beheerder")
    said = " ".join(re.sub(r"<[^>]+>", " ", (await client.get("/beheer")).text).split())
    linked = await Enrolment.count().where(Enrolment.organisation.is_not_null())
    organisations = await Organisation.count()
    assert f"{linked} gekoppelde deelnames" in said
    assert f"{organisations} organisaties" in said


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
