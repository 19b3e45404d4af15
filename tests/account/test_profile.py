"""The own account on one page."""

import pytest
from httpx import AsyncClient
from lxml import html

from tests.clients import sign_in


async def test_the_account_is_shown(client: AsyncClient, demo_readonly: None) -> None:
    await sign_in(client, "anna.smit")
    page = await client.get("/profiel")
    text = " ".join(html.fromstring(page.content).find(".//main").text_content().split())
    for words in ("Anna Smit", "anna.smit@nwt.example", "anna.smit", "Laatst ingelogd"):
        assert words in text
    assert "Organisatiebeheerder van Noorderwind Warmtetechniek (demo) (NWT)" in text


@pytest.mark.parametrize(
    ("username", "words"),
    [
        ("dirk.visser", "Aanmeldbeheerder van Noorderwind Warmtetechniek (demo) (NWT)"),
        ("beheerder", "Beheerder bij Vakmanschap Techniek"),
        ("niels.los", "Organisatiebeheerder, nog zonder organisatie"),
    ],
)
async def test_everybody_sees_the_own_roles(
    client: AsyncClient, demo_readonly: None, username: str, words: str
) -> None:
    await sign_in(client, username)
    assert words in (await client.get("/profiel")).text


async def test_a_visitor_goes_to_sign_in(client: AsyncClient, demo_readonly: None) -> None:
    for url in ("/profiel", "/profiel/bewerken", "/profiel/beveiliging"):
        answer = await client.get(url)
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/inloggen?volgende={url.replace('/', '%2F')}",
        )


async def test_it_is_a_page_and_a_fragment(client: AsyncClient, demo_readonly: None) -> None:
    await sign_in(client, "anna.smit")
    for url in ("/profiel", "/profiel/bewerken", "/profiel/beveiliging"):
        page = await client.get(url)
        fragment = await client.get(url, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
        assert "<html" in page.text
        assert "<html" not in fragment.text
        assert "<h1>" in fragment.text
        assert page.headers["vary"].startswith("HX-Request, HX-Request-Type")
