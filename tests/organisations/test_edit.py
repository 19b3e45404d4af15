"""Organisations are made, changed and deactivated."""

import asyncio
import json
from typing import Any

import pytest

from app.enrolment.refusals import OrganisationRefused
from app.tables import AuditEvent, Organisation
from tests.clients import post, submit
from tests.enrolment.world import enrolled, make_active_organisation, make_free_code, make_open_route, row_of
from tests.organisations.desk import LIST, NEW, active_on, desk, errors, form_of, only_organisation
from tests.paycodes.world import make_organisation, make_route


async def deeds() -> list[tuple[str, dict[str, Any]]]:
    rows = await AuditEvent.select().where(AuditEvent.object_type == "organisation").order_by(AuditEvent.id)
    return [(row["action"], json.loads(row["details"])) for row in rows]


async def test_it_is_made_with_a_code_on_chosen_routes(application: Any, db: None) -> None:
    robin = await desk(application)
    for place, slug in enumerate(("co", "warmtepomp", "zonnestroom"), 1):
        await make_route(slug, place)
    answer = await submit(robin, NEW, naam=" Noorder  Wind ", code="nwt", route_co="1", route_zonnestroom="1")
    made = await only_organisation()
    assert answer.headers["location"] == f"{LIST}/{made['id']}?opgeslagen=1"
    assert (made["name"], made["code"], made["active"]) == ("Noorder Wind", "NWT", True)
    assert await active_on(made["id"]) == ["co", "zonnestroom"]
    assert await deeds() == [("make_organisation", {})]
    shown = await robin.get(answer.headers["location"])
    assert "De organisatie is opgeslagen." in shown.text
    assert "Vakmanschap co, Vakmanschap zonnestroom" in shown.text


async def test_left_empty_the_code_is_the_first_that_is_free(application: Any, db: None) -> None:
    robin = await desk(application)
    await make_organisation("NWT")
    proposed = await robin.get(f"{LIST}/voorstel?naam=Noord+West+Techniek", headers={"HX-Request": "true"})
    assert "voorstel <strong>NWE</strong>" in proposed.text
    assert "<h1" not in proposed.text
    assert "voorstel uit de naam" in (await robin.get(f"{LIST}/voorstel")).text
    await submit(robin, NEW, naam="Noord West Techniek")
    assert await Organisation.exists().where(Organisation.code == "NWE")


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(application: Any, db: None) -> None:
    robin = await desk(application)
    await make_route("co", 1)
    answer = await submit(robin, NEW, naam="", code="N1", route_co="1", route_elders="1")
    assert answer.status_code == 422
    assert errors(answer) == ["veld-naam-fout", "veld-code-fout"]
    assert 'value="N1"' in answer.text
    assert 'name="route_co" value="1" checked' in answer.text
    assert not await Organisation.exists()


@pytest.mark.parametrize("address", ["nieuw", "{}/bewerken"])
async def test_a_code_that_another_has_is_refused(application: Any, db: None, address: str) -> None:
    robin = await desk(application)
    await make_organisation("ABC")
    url = f"{LIST}/{address}".format((await make_organisation("DEF")).id)
    answer = await submit(robin, url, naam="Nieuw", code="ABC")
    assert answer.status_code == 422
    assert "Een andere organisatie heeft deze code al." in answer.text
    assert await Organisation.count() == 2


async def test_a_form_sent_twice_at_once_makes_one(application: Any, db: None) -> None:
    robin = await desk(application)
    fields = await form_of(robin, NEW) | {"naam": "Zuiderpoort"}
    answers = await asyncio.gather(post(robin, NEW, fields), post(robin, NEW, fields))
    assert {answer.headers["location"] for answer in answers} == {
        f"{LIST}/{(await only_organisation())['id']}?opgeslagen=1"
    }


async def test_two_without_a_code_at_once_both_get_one(application: Any, db: None) -> None:
    robin = await desk(application)
    forms = [await form_of(robin, NEW) | {"naam": "Zuiderpoort"} for _ in range(3)]
    answers = await asyncio.gather(*(post(robin, NEW, form) for form in forms))
    assert [answer.status_code for answer in answers] == [303] * 3
    assert sorted(await Organisation.select(Organisation.code).output(as_list=True)) == ["ZUD", "ZUE", "ZUI"]


async def test_it_is_changed_with_its_routes(application: Any, db: None) -> None:
    robin = await desk(application)
    first, _ = await make_route("co", 1), await make_route("warmtepomp", 2)
    key = await make_active_organisation("ABC", first)
    url = f"{LIST}/{key}/bewerken"
    fields = await form_of(robin, url) | {"code": "xyz", "route_warmtepomp": "1"}
    assert fields.pop("route_co") == "1"
    await post(robin, url, fields)
    assert (await only_organisation())["code"] == "XYZ"
    assert await active_on(key) == ["warmtepomp"]
    assert (await submit(robin, url, code="", route_warmtepomp="")).status_code == 422
    await submit(robin, url, route_warmtepomp="")
    assert await active_on(key) == []
    assert await deeds() == [
        ("change_organisation", {"fields": "code,routes"}),
        ("change_organisation", {"fields": "routes"}),
    ]


async def test_deactivated_after_asking_its_code_links_nobody_new(application: Any, db: None) -> None:
    robin, route = await desk(application), await make_open_route()
    key = await make_active_organisation("ABC", route)
    url = f"{LIST}/{key}/status"
    assert "De code ABC koppelt dan niemand meer" in (await robin.get(url)).text
    fields = await form_of(robin, url)
    for _ in range(2):
        answer = await post(robin, url, fields | {"antwoord": "inactief"})
        assert answer.headers["location"] == f"{LIST}/{key}?inactief=1"
    with pytest.raises(OrganisationRefused):
        await enrolled(route, organisation=key)
    by_code = await enrolled(route, code=await make_free_code(route, key))
    assert (await row_of(by_code.id))["organisation"] is None
    await submit(robin, url, antwoord="actief")
    assert (await only_organisation())["active"]
    assert (await submit(robin, url, antwoord="ooit")).status_code == 400
    assert [action for action, _ in await deeds()] == ["deactivate_organisation", "activate_organisation"]


async def test_what_is_not_there_is_not_found(application: Any, db: None) -> None:
    robin = await desk(application)
    for part in ("999", "x", "999/bewerken", "999/status", "999/mandaten/1/intrekken"):
        assert (await robin.get(f"{LIST}/{part}")).status_code == 404
