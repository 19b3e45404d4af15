"""Profiles of a route: add, rename, order, and remove while unused."""

from typing import Any

from httpx import AsyncClient

from app.tables import Enrolment, Profile
from tests.candidates.screen import text
from tests.clients import post, submit
from tests.routes.screen import actions, document, errors_of, focused, route_id
from tests.sessions import client_of


async def names(route: int) -> list[str]:
    mine = Profile.select(Profile.name).where(Profile.route == route)
    return await mine.order_by(Profile.position).output(as_list=True)


async def profile_id(route: int, name: str) -> int:
    row = await Profile.select(Profile.id).where(Profile.route == route, Profile.name == name).first()
    assert row
    return int(row["id"])


async def test_a_new_profile_stands_last_with_a_name_of_its_own_in_addresses(demo: None, desk: AsyncClient) -> None:
    route = await route_id("warmtepomp")
    for _ in range(2):
        answer = await submit(desk, f"/beheer/routes/{route}/profielen/nieuw", naam="Monteur  Warmtepomp")
        assert answer.headers["location"] == f"/beheer/routes/{route}?opgeslagen=1#profielen"
    rows = await Profile.select().where(Profile.route == route).order_by(Profile.position)
    assert [row["slug"] for row in rows[-2:]] == ["monteur-warmtepomp-2", "monteur-warmtepomp-3"]
    assert rows[-1]["name"] == "Monteur Warmtepomp"
    assert (await actions())[-1] == "make_profile"


async def test_it_has_a_name(demo_readonly: None, desk: AsyncClient) -> None:
    answer = await submit(desk, f"/beheer/routes/{await route_id('co')}/profielen/nieuw", naam=" ")
    assert errors_of(answer) == {"naam": "Vul de naam van het profiel in."}


async def test_a_renamed_profile_keeps_its_address(demo: None, application: Any, desk: AsyncClient) -> None:
    route = await route_id("co")
    key = await profile_id(route, "Monteur Service & Onderhoud")
    await submit(desk, f"/beheer/routes/{route}/profielen/{key}/bewerken", naam="Monteur S&O")
    anna = await client_of(application, "anna.smit")
    assert "Profiel: Monteur S&amp;O" in (await anna.get("/overzicht?profiel=co/monteur-service-onderhoud")).text
    assert (await actions())[-1] == "rename_profile"


async def test_it_moves_and_its_button_keeps_the_focus(demo: None, desk: AsyncClient) -> None:
    route = await route_id("co")
    before = await names(route)
    key = await profile_id(route, before[2])
    form = f"//form[@action='/beheer/routes/{route}/profielen/{key}/plaats']"
    answer = await submit(desk, f"/beheer/routes/{route}", form, richting="omlaag")
    assert await names(route) == [*before[:2], before[3], before[2], *before[4:]]
    assert focused(await desk.get(answer.headers["location"])) == f"Verplaats {before[2]} omlaag, nu plaats 4 van 6"


async def test_an_unused_profile_goes_after_a_question(demo: None, desk: AsyncClient) -> None:
    route = await route_id("co")
    await submit(desk, f"/beheer/routes/{route}/profielen/nieuw", naam="Vergissing")
    key = await profile_id(route, "Vergissing")
    await submit(desk, f"/beheer/routes/{route}/profielen/{key}/verwijderen")
    assert "Vergissing" not in await names(route)
    assert (await actions())[-1] == "delete_profile"


async def test_one_in_use_stays(demo: None, desk: AsyncClient) -> None:
    enrolled = await Enrolment.select(Enrolment.profile, Enrolment.route).where(Enrolment.profile.is_not_null()).first()
    assert enrolled
    address = f"/beheer/routes/{enrolled['route']}/profielen/{enrolled['profile']}/verwijderen"
    page = document(await desk.get(f"/beheer/routes/{enrolled['route']}"))
    assert page.xpath(f"//a[@href='{address}']") == []
    form = document(await desk.get(address)).xpath("//main//form")[0]
    answer = await post(desk, address, dict(form.form_values()))
    assert answer.status_code == 422
    assert "hoort bij deelnames of betaalcodes" in text(document(answer).xpath("//main")[0])
    assert await Profile.exists().where(Profile.id == enrolled["profile"])


async def test_a_profile_is_found_on_its_own_route_only(demo_readonly: None, desk: AsyncClient) -> None:
    other = await Profile.select(Profile.id).where(Profile.route == await route_id("zonnestroom")).first()
    assert other
    route = await route_id("co")
    assert (await desk.get(f"/beheer/routes/{route}/profielen/{other['id']}/bewerken")).status_code == 404
