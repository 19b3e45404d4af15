"""/ontkoppeld: what was unlinked here in thirty days, name and route and no more."""

from typing import Any

from app.tables import Enrolment
from tests.candidates.clicks import send, unlink
from tests.candidates.handmade import enrol, organisation_of
from tests.clients import visitor
from tests.sessions import client_of


async def test_who_was_unlinked_stands_on_the_list_the_last_first(db: None, application: Any) -> None:
    ids = await enrol(await organisation_of("kim", "ABC"), [("Ada", "", "Een"), ("Bo", "van", "Twee")])
    kim = await client_of(application, "kim")
    for each in ids:
        await unlink(kim, each)
    page = (await kim.get("/ontkoppeld")).text
    assert "2 resultaten - Toon 1 - 2" in page
    assert page.index("Twee, Bo van") < page.index("Een, Ada")
    assert "Kim Kim" in page


async def test_it_tells_name_and_route_and_nothing_else_of_the_person(demo: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    row = await Enrolment.select().where(Enrolment.state == "completed").first()
    assert row
    await unlink(anna, row["id"])
    page = (await anna.get("/ontkoppeld")).text
    assert row["family_name"] in page
    for secret in (row["number"], row["number"][:4] + "-" + row["number"][4:], "@nwt.example", "Afgerond"):
        assert secret not in page
    assert (await anna.get(f"/deelnames/{row['id']}")).status_code == 404


async def test_what_came_back_is_no_longer_on_it(db: None, application: Any) -> None:
    [jan] = await enrol(await organisation_of("kim", "ABC"))
    kim = await client_of(application, "kim")
    await unlink(kim, jan)
    await send(kim, f"/deelnames/{jan}/herstellen")
    assert "Niemand is de afgelopen 30 dagen ontkoppeld" in (await kim.get("/ontkoppeld")).text


async def test_another_organisation_does_not_see_it(db: None, application: Any) -> None:
    [jan] = await enrol(await organisation_of("kim", "ABC"))
    await unlink(await client_of(application, "kim"), jan)
    await organisation_of("els", "DEF")
    els = await client_of(application, "els")
    assert "Vries" not in (await els.get("/ontkoppeld")).text


async def test_it_has_pages(db: None, application: Any) -> None:
    ids = await enrol(await organisation_of("kim", "ABC"), [("A", "", f"Naam{place:02}") for place in range(26)])
    kim = await client_of(application, "kim")
    await send(kim, f"/deelnames/{ids[0]}/ontkoppelen", *ids)
    assert "26 resultaten - Toon 1 - 25" in (await kim.get("/ontkoppeld")).text
    assert "26 resultaten - Toon 26 - 26" in (await kim.get("/ontkoppeld?pagina=99")).text


async def test_a_visitor_is_sent_to_sign_in(demo_readonly: None, application: Any) -> None:
    answer = await visitor(application).get("/ontkoppeld")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen?volgende=%2Fontkoppeld")


async def test_an_enrolment_manager_may_not_look(demo_readonly: None, application: Any) -> None:
    assert (await (await client_of(application, "dirk.visser")).get("/ontkoppeld")).status_code == 403
