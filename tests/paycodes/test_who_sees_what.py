"""The cast asks for Betaalcodes: everybody sees the own organisations' codes, and names of who is linked there."""

from typing import Any

from httpx import AsyncClient

from app.tables import Organisation, Role
from tests.paycodes.page import show
from tests.paycodes.world import (
    ago,
    at,
    make_batch,
    make_code,
    make_enrolment,
    make_manager,
    make_organisation,
    make_route,
)
from tests.sessions import client_of


async def test_a_visitor_is_sent_to_sign_in(client: AsyncClient, demo_readonly: None) -> None:
    answer = await client.get("/betaalcodes?status=gebruikt")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/inloggen?volgende=%2Fbetaalcodes%3Fstatus%3Dgebruikt"


async def test_an_enrolment_manager_may_not(application: Any, demo_readonly: None) -> None:
    async with await client_of(application, "dirk.visser") as dirk:
        assert (await dirk.get("/betaalcodes")).status_code == 403


async def test_a_stranger_sees_none_of_them(application: Any, demo_readonly: None) -> None:
    async with await client_of(application, "anna.smit") as anna, await client_of(application, "carla.jansen") as carla:
        hers = set((await show(anna, per_pagina=100)).codes)
        others = await show(carla, per_pagina=100)
        assert hers
        assert others.codes
        assert hers.isdisjoint(others.codes)
        # Neither by the code itself, nor by an organisation that is not hers.
        assert (await show(carla, trefwoorden=hers.pop())).count_line == "0 resultaten"
        assert (await show(carla, organisatie="NWT")).answer.status_code == 400


async def test_without_codes_it_says_how_to_get_them(application: Any, demo_readonly: None) -> None:
    async with await client_of(application, "eva.bakker") as eva:
        page = await show(eva)
    assert page.count_line == "0 resultaten"
    assert page.texts("//*[@class='empty']//h3") == ["Er zijn nog geen betaalcodes"]
    assert "BRG" in page.texts("//*[@class='empty']//p")[0]
    assert page.root.xpath("//*[@class='empty']//a/@href") == ["/ondersteuning"]


async def test_a_manager_of_nothing_sees_nothing(application: Any, db: None) -> None:
    batch = await make_batch(None, await make_route("co", 1))
    await make_code(batch)
    await make_code(await make_batch(await make_organisation("EEN"), await make_route("wp", 2)))
    await make_manager("niemand")
    async with await client_of(application, "niemand") as client:
        page = await show(client)
    assert page.count_line == "0 resultaten"
    assert page.texts("//*[@class='empty']//h3") == ["U beheert nog geen organisatie"]


async def test_an_administrator_sees_all_organisations(application: Any, demo_readonly: None) -> None:
    async with await client_of(application, "beheerder") as beheerder:
        page = await show(beheerder, trefwoorden="3K2R1S", sorteer="code")
        options = page.root.xpath("//select[@name='organisatie']/option/@value")
        one = await show(beheerder, organisatie="VAK")
    assert page.count_line == one.count_line == "5 resultaten - Toon 1 - 5"
    assert len(options) - 1 == await Organisation.count()


async def test_a_name_shows_only_where_that_enrolment_is_linked(application: Any, db: None) -> None:
    own, other = await make_organisation("EEN"), await make_organisation("TWE")
    route = await make_route("co", 1)
    batch = await make_batch(own, route, created_at=at(2026, 1, 1))
    for organisation, name in ((own, "Eigen"), (other, "Vreemd"), (None, "Los")):
        user = await make_enrolment(organisation, route, name, "van", "Kandidaat")
        await make_code(batch, used_at=ago(days=1), used_by=user.id)
    await make_manager("manager", own)
    await make_manager("baas", role=Role.ADMINISTRATOR)

    async with await client_of(application, "manager") as manager:
        page = await show(manager)
        assert sorted(row[6] for row in page.rows) == [
            "Kandidaat, Eigen van",
            "andere kandidaat",
            "andere kandidaat",
        ]
        links = page.root.xpath("//tbody//td[@data-label='Gebruikt door']/a/@href")
        assert [link.rpartition("/")[0] for link in links] == ["/deelnames"]
        assert b"Vreemd" not in page.answer.content
        assert (await show(manager, trefwoorden="eigen")).count_line == "1 resultaat - Toon 1 - 1"
        # The name of somebody else's candidate, their mail address and their number find nothing.
        assert (await show(manager, trefwoorden="vreemd")).count_line == "0 resultaten"
        assert (await show(manager, trefwoorden="los.kandidaat@example.org")).count_line == "0 resultaten"
    async with await client_of(application, "baas") as baas:
        assert (await show(baas, trefwoorden="vreemd")).count_line == "1 resultaat - Toon 1 - 1"
