"""Who must have a second factor and has none reaches the pages to set it, the profile and the way out."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx import AsyncClient

from tests.account.factors.people import (
    APP,
    SECURITY,
    closed_addresses,
    confirm,
    give_app,
    make_codes,
    set_app,
    sign_in_with_app,
)
from tests.clients import post, sign_in, submit, visitor
from tests.sessions import client_of
from tests.worlds import PASSWORD

REACHED = ("/profiel", "/profiel/bewerken", "/profiel/bevestigen", SECURITY)
OWED = "/profiel/beveiliging?verplicht=1"


@pytest.fixture
def no_demo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings of a real installation."""
    from app.settings import get_settings

    monkeypatch.setenv("DEMO", "0")
    monkeypatch.setenv("FACTOR_KEY", "only-for-tests-too-0123456789-abcdef")
    get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


async def oblige(code: str) -> None:
    from app.tables import Organisation

    await Organisation.update({Organisation.second_factor_required: True}).where(Organisation.code == code)


async def test_a_demo_offers_it_to_its_administrator(client: AsyncClient, demo: None) -> None:
    assert (await sign_in(client, "beheerder")).headers["location"] == "/beheer"
    assert (await client.get("/beheer")).status_code == 200


async def test_outside_a_demo_an_administrator_sets_it_first(client: AsyncClient, demo: None, no_demo: None) -> None:
    await sign_in(client, "beheerder")
    assert (await client.get("/beheer")).headers["location"] == OWED
    page = (await client.get(OWED)).text
    assert "Stel eerst een tweede stap in." in page
    await set_app(client)
    assert (await client.get("/beheer")).status_code == 200
    assert "Stel eerst een tweede stap in." not in (await client.get(SECURITY)).text
    assert len(await make_codes(client)) == 10


@pytest.mark.parametrize("username", ["anna.smit", "bram.devries", "dirk.visser"])
async def test_an_organisation_can_ask_it_of_who_works_for_it(application: Any, demo: None, username: str) -> None:
    person = await client_of(application, username)
    assert (await person.get("/")).headers["location"] != OWED
    await oblige("NWT")
    assert (await person.get("/")).headers["location"] == OWED
    other = await client_of(application, "carla.jansen")
    assert (await other.get("/overzicht")).status_code == 200


async def test_every_route_leads_to_the_page_to_set_it(application: Any, demo: None) -> None:
    await oblige("NWT")
    anna = await client_of(application, "anna.smit")
    reached = {
        (verb, route.path)
        for route in application.routes
        for handler in getattr(route, "route_handlers", [])
        if handler.opt.get("without_factor")
        for verb in handler.http_methods - {"OPTIONS"}
    }
    assert {path for _, path in reached} == {
        *REACHED,
        "/uitloggen",
        APP,
        f"{APP}/verwijderen",
        f"{SECURITY}/herstelcodes",
        f"{SECURITY}/passkeys/nieuw",
        f"{SECURITY}/passkeys/opties",
        f"{SECURITY}/passkeys/{{passkey:str}}",
        f"{SECURITY}/passkeys/{{passkey:str}}/verwijderen",
        f"{SECURITY}/sessies/beeindigen",
        f"{SECURITY}/sessies/{{session:str}}/beeindigen",
    }
    asked = 0
    for verb, url in closed_addresses():
        if url.startswith(("/profiel", "/uitloggen")):
            continue
        answer = await (post(anna, url, {}) if verb == "POST" else anna.request(verb, url))
        assert (answer.status_code, answer.headers["location"]) == (303, OWED), url
        fragment = await anna.request(verb, url, headers={"HX-Request": "true"})
        assert fragment.headers["hx-redirect"] == OWED, url
        asked += 1
    assert asked > 80
    for path in REACHED:
        assert (await anna.get(path)).status_code == 200, path
    assert (await anna.get("/ondersteuning")).status_code == 200
    assert (await submit(anna, "/profiel", "//header//form")).headers["location"] == "/inloggen?uitgelogd=1"


async def test_the_last_obligatory_factor_stays(application: Any, client: AsyncClient, demo: None) -> None:
    from app.tables import RecoveryCode, SecondFactor

    await oblige("NWT")
    await give_app("anna.smit")
    await sign_in_with_app(client, "anna.smit")
    await confirm(client)
    await make_codes(client)
    answer = await submit(client, f"{APP}/verwijderen")
    assert answer.status_code == 422
    assert "Stel eerst een andere in" in answer.text
    assert await SecondFactor.count() == 1
    assert await RecoveryCode.count() == 10


async def test_an_administrator_sets_the_obligation_on_the_page_of_the_organisation(
    application: Any, client: AsyncClient, demo: None
) -> None:
    from app.tables import Organisation

    nwt = await Organisation.select().where(Organisation.code == "NWT").first()
    assert nwt
    path = f"/beheer/organisaties/{nwt['id']}"
    await sign_in(client, "beheerder")
    assert (await submit(client, f"{path}/bewerken", tweede_stap="1")).status_code == 303
    assert "Verplicht" in (await client.get(path)).text
    async with visitor(application) as other:
        await submit(other, "/inloggen", gebruikersnaam="anna.smit", wachtwoord=PASSWORD)
        assert (await other.get("/overzicht")).headers["location"] == OWED
        assert (await submit(client, f"{path}/bewerken", tweede_stap="")).status_code == 303
        assert (await other.get("/overzicht")).status_code == 200
