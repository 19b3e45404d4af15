"""The list of routes: how much stands on each, and their order."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.tables import Enrolment, Profile, Route, Step
from tests.candidates.screen import text
from tests.clients import submit, visitor
from tests.routes.screen import actions, document, focused, order_of_routes, route_id
from tests.sessions import client_of

LIST = "/beheer/routes"


def form(key: int) -> str:
    return f"//form[@action='/beheer/routes/{key}/plaats']"


async def test_each_route_has_its_counts_in_their_order(demo_readonly: None, desk: AsyncClient) -> None:
    page = document(await desk.get(LIST))
    rows = [[text(cell) for cell in row] for row in page.xpath("//tbody/tr")]
    routes = await Route.select().order_by(Route.position)
    assert [int(each) for each in page.xpath("//tbody/tr/@data-id")] == [route["id"] for route in routes]
    for row, route in zip(rows, routes, strict=True):
        counts = [await table.count().where(table.route == route["id"]) for table in (Profile, Step, Enrolment)]
        assert row[1:4] == [str(count) for count in counts]
        assert row[4] == "Open"


async def test_without_routes_it_says_how_to_begin(db: None, application: Any) -> None:
    from tests.candidates.handmade import administrator

    await administrator("beheer")
    page = await (await client_of(application, "beheer")).get(LIST)
    assert "Er zijn nog geen routes" in page.text


async def test_a_route_moves_a_place_and_its_button_keeps_the_focus(demo: None, desk: AsyncClient) -> None:
    key = await route_id("afleverset")
    assert await order_of_routes() == ["co", "warmtepomp", "afleverset", "zonnestroom"]
    answer = await submit(desk, LIST, form(key), richting="omhoog")
    assert await order_of_routes() == ["co", "afleverset", "warmtepomp", "zonnestroom"]
    assert focused(await desk.get(answer.headers["location"])) == (
        "Verplaats Vakmanschap Afleverset omhoog, nu plaats 2 van 4"
    )
    assert (await actions())[-1] == "move_route"


async def test_at_the_end_the_other_button_has_the_focus(demo: None, desk: AsyncClient) -> None:
    key = await route_id("warmtepomp")
    answer = await submit(desk, LIST, form(key), richting="omhoog")
    page = await desk.get(answer.headers["location"])
    assert focused(page) == "Verplaats Vakmanschap Warmtepomp omlaag, nu plaats 1 van 4"
    assert len(document(page).xpath("//button[@disabled]")) == 2


@pytest.mark.parametrize("richting", ["", "opzij"])
async def test_there_are_only_two_ways(demo_readonly: None, desk: AsyncClient, richting: str) -> None:
    assert (await submit(desk, LIST, form(await route_id("co")), richting=richting)).status_code == 400


async def test_the_new_order_is_that_of_the_tabs(demo: None, application: Any, desk: AsyncClient) -> None:
    await submit(desk, LIST, form(await route_id("zonnestroom")), richting="omhoog")
    page = document(await (await client_of(application, "anna.smit")).get("/overzicht"))
    labels = [text(tab).rstrip(" 0123456789") for tab in page.xpath("//nav[contains(@class, 'tabs')]//a")]
    assert labels == ["Alle routes", "Vakmanschap CO", "Warmtepomp", "Zonnestroom", "Afleverset"]


async def test_a_route_closes_and_opens(demo: None, desk: AsyncClient) -> None:
    key = await route_id("co")
    for is_open, word in ((False, "Gesloten"), (True, "Open")):
        answer = await submit(
            desk, f"{LIST}/{key}", f"//form[@action='{LIST}/{key}/aanmelding']", open=str(int(is_open))
        )
        assert answer.headers["location"] == f"{LIST}/{key}?opgeslagen=1"
        [row] = await Route.select(Route.open_for_enrolment).where(Route.id == key)
        assert row["open_for_enrolment"] is is_open
        assert word in text(document(await desk.get(f"{LIST}/{key}")).xpath("//dl")[0])
    assert (await actions())[-2:] == ["close_route", "open_route"]


async def test_others_have_no_access_and_a_visitor_signs_in(demo_readonly: None, application: Any) -> None:
    for username in ("anna.smit", "dirk.visser", "niels.los"):
        assert (await (await client_of(application, username)).get(LIST)).status_code == 403
    assert (await visitor(application).get(LIST)).headers["location"] == "/inloggen?volgende=%2Fbeheer%2Froutes"


async def test_what_is_not_there_is_not_found(demo_readonly: None, desk: AsyncClient) -> None:
    for address in (
        "999",
        "0",
        "-1",
        "co",
        "9" * 30,
        "999/bewerken",
        "999/profielen/nieuw",
        "1/profielen/999/bewerken",
    ):
        assert (await desk.get(f"{LIST}/{address}")).status_code == 404, address


async def test_as_a_fragment_it_is_the_content_only(demo_readonly: None, desk: AsyncClient) -> None:
    answer = await desk.get(LIST, headers={"HX-Request": "true"})
    assert answer.text.startswith("<title>Routes")
    assert "<html" not in answer.text
