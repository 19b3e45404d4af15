"""A route goes only while nothing refers to it."""

import pytest
from httpx import AsyncClient

from app.clock import now
from app.tables import Organisation, OrganisationRoute, Profile, Purpose, Route, Step
from tests.candidates.handmade import enrol
from tests.clients import post, submit
from tests.routes.screen import actions, document, route_id


async def empty_route() -> int:
    route = Route(slug="leeg", name="Lege route", label="Leeg", position=9)
    await route.save()
    await Profile.insert(Profile(route=route.id, slug="monteur", name="Monteur", position=1))
    await Step.insert(
        Step(route=route.id, slug="aanmelding", name="Aanmelding", position=1, purpose=Purpose.REGISTRATION)
    )
    key: int = route.id
    return key


async def test_it_asks_first_and_then_goes_with_all_that_is_its_own(demo: None, desk: AsyncClient) -> None:
    key = await empty_route()
    address = f"/beheer/routes/{key}/verwijderen"
    assert "Wilt u de route Lege route verwijderen?" in (await desk.get(address)).text
    answer = await submit(desk, address)
    assert answer.headers["location"] == "/beheer/routes?verwijderd=1"
    assert not await Route.exists().where(Route.id == key)
    assert not await Step.exists().where(Step.route == key)
    assert (await actions())[-1] == "delete_route"
    assert (await desk.get(f"/beheer/routes/{key}")).status_code == 404


async def test_in_use_it_is_not_even_asked(demo_readonly: None, desk: AsyncClient) -> None:
    page = document(await desk.get(f"/beheer/routes/{await route_id('co')}/verwijderen"))
    assert page.xpath("//main//form") == []
    assert "in gebruik" in page.text_content()


@pytest.mark.parametrize("reference", ["enrolment", "organisation"])
async def test_what_refers_to_it_meanwhile_keeps_it_whole(demo: None, desk: AsyncClient, reference: str) -> None:
    key = await empty_route()
    page = document(await desk.get(f"/beheer/routes/{key}/verwijderen"))
    if reference == "enrolment":
        await enrol(None, route="leeg", progress="p", at=[now()])
    else:
        organisation = await Organisation.select(Organisation.id).first()
        assert organisation
        await OrganisationRoute.insert(OrganisationRoute(organisation=organisation["id"], route=key))
    answer = await post(desk, f"/beheer/routes/{key}/verwijderen", dict(page.xpath("//main//form")[0].form_values()))
    assert answer.status_code == 422
    assert "Verwijderen kan niet" in answer.text
    assert await Step.count().where(Step.route == key) == 1
    assert await Profile.count().where(Profile.route == key) == 1
    assert "delete_route" not in await actions()
