"""An enrolment manager enrols one candidate: for the own organisations, on routes where their code is active."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from lxml import html

from app.enrolment.by_hand import NOT_ACTIVE
from app.enrolment.enrolling import CodeRefused, NoFreeCode, NothingToRenew
from app.paycodes.codes import new_code
from app.tables import AuditEvent, Enrolment, LinkSource, Mail, Organisation, OrganisationRoute, Role, User
from tests.account.browser import errors_of
from tests.clients import post, submit
from tests.enrolment.test_website import PERSON, post_bytes, shown
from tests.enrolment.world import (
    certify,
    code_row,
    enrolled,
    make_active_organisation,
    make_free_code,
    make_open_route,
    make_renewable,
)
from tests.paycodes.world import make_manager, make_organisation
from tests.sessions import client_of

CHOSEN = PERSON | {"organisatie": "ABC", "profiel": "co/monteur"}


async def dirk_enrols_for(*organisations: int) -> User:
    found = await Organisation.objects().where(Organisation.id.is_in(list(organisations)))
    return await make_manager("dirk", *found, role=Role.ENROLMENT_MANAGER)


async def fill_in(client: AsyncClient, **values: Any) -> Response:
    return await submit(client, "/aanmeldingen/nieuw", **(CHOSEN | values))


async def test_a_candidate_is_enrolled_linked_and_told(application: Any, db: None) -> None:
    organisation = await make_active_organisation("ABC", await make_open_route())
    dirk = await dirk_enrols_for(organisation)
    client = await client_of(application, "dirk")
    answer = await fill_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/aanmeldingen?aangemeld=1")
    row = await Enrolment.select().first()
    assert row is not None
    linked = (row["organisation"], row["link_source"], row["linked_by"])
    assert linked == (organisation, LinkSource.ENROLMENT_MANAGER, dirk.id)
    assert await Mail.select(Mail.template, Mail.enrolment) == [{"template": "enrolled", "enrolment": row["id"]}]
    assert await AuditEvent.select(AuditEvent.action, AuditEvent.actor) == [{"action": "enrol", "actor": dirk.id}]
    page = await client.get(answer.headers["location"])
    assert "De kandidaat is aangemeld" in page.text
    assert "Vries, Jan de" in page.text


async def test_a_free_code_is_assigned_when_asked(application: Any, db: None) -> None:
    route = await make_open_route()
    organisation = await make_active_organisation("ABC", route)
    await dirk_enrols_for(organisation)
    client = await client_of(application, "dirk")
    none_left = await fill_in(client, vrije_betaalcode="1")
    assert (none_left.status_code, errors_of(none_left)) == (422, {"vrije_betaalcode": NoFreeCode.sentence})
    assert shown(none_left)["vrije_betaalcode"] == "1"
    code = await make_free_code(route, organisation)
    assert (await fill_in(client, vrije_betaalcode="1")).status_code == 303
    assert (await code_row(code))["used_by"] is not None


async def test_a_typed_code_pays_and_a_wrong_one_is_refused(application: Any, db: None) -> None:
    route = await make_open_route()
    await dirk_enrols_for(await make_active_organisation("ABC", route))
    client = await client_of(application, "dirk")
    refused = await fill_in(client, betaalcode=new_code())
    assert errors_of(refused) == {"betaalcode": CodeRefused.sentence}
    assert shown(refused).items() >= CHOSEN.items()
    code = await make_free_code(route)
    assert list(errors_of(await fill_in(client, betaalcode=code, vrije_betaalcode="1"))) == ["betaalcode"]
    assert (await fill_in(client, betaalcode=code)).status_code == 303
    assert (await code_row(code))["used_at"] is not None


async def test_all_that_is_missing_is_said_at_once(application: Any, db: None) -> None:
    route = await make_open_route()
    organisations = [await make_active_organisation(code, route) for code in ("ABC", "DEF")]
    await dirk_enrols_for(*organisations)
    client = await client_of(application, "dirk")
    answer = await submit(client, "/aanmeldingen/nieuw")
    assert answer.status_code == 422
    wrong = ["organisatie", "profiel", "aanhef", "voornaam", "achternaam", "emailadres"]
    assert list(errors_of(answer)) == wrong


@pytest.mark.parametrize("code", ["DEF", "XYZ", "abc", "1", "\x00"])
async def test_an_organisation_that_is_not_theirs_is_not_there(application: Any, db: None, code: str) -> None:
    route = await make_open_route()
    await make_active_organisation("DEF", route)
    await dirk_enrols_for(await make_active_organisation("ABC", route))
    assert (await fill_in(await client_of(application, "dirk"), organisatie=code)).status_code == 404
    assert await Enrolment.count() == 0


async def test_only_routes_that_their_code_is_active_on_are_offered(application: Any, db: None) -> None:
    route, other = await make_open_route(), await make_open_route("warmtepomp", 2)
    both = [await make_active_organisation("ABC", route), (await make_organisation("DEF")).id]
    await dirk_enrols_for(*both)
    client = await client_of(application, "dirk")
    page = html.fromstring((await client.get("/aanmeldingen/nieuw")).content)
    assert page.xpath("//select[@name='profiel']//option/@value") == ["", "co/monteur"]
    elsewhere = await fill_in(client, profiel=f"{other.slug}/monteur")
    assert list(errors_of(elsewhere)) == ["profiel"]
    assert errors_of(await fill_in(client, organisatie="DEF")) == {"organisatie": NOT_ACTIVE}
    await OrganisationRoute.delete(force=True)
    assert "op geen enkele vakmanschapsroute actief" in (await client.get("/aanmeldingen/nieuw")).text


async def test_who_is_enrolled_already_is_told_so_and_not_enrolled_again(application: Any, db: None) -> None:
    route = await make_open_route()
    await dirk_enrols_for(await make_active_organisation("ABC", route))
    await enrolled(route)
    answer = await fill_in(await client_of(application, "dirk"))
    assert (answer.status_code, await Enrolment.count()) == (422, 1)
    assert "al aangemeld" in answer.text


async def test_a_renewal_renews_or_says_that_there_is_nothing_to_renew(application: Any, db: None) -> None:
    route = await make_open_route()
    await make_renewable(route)
    await dirk_enrols_for(await make_active_organisation("ABC", route))
    client = await client_of(application, "dirk")
    assert errors_of(await fill_in(client, soort="verlenging")) == {"soort": NothingToRenew.sentence}
    jan = await enrolled(route)
    await certify(jan.id)
    assert (await fill_in(client, soort="verlenging")).status_code == 303
    assert await Enrolment.count().where(Enrolment.renews == jan.id) == 1


async def test_one_form_sent_twice_counts_once(application: Any, db: None) -> None:
    await dirk_enrols_for(await make_active_organisation("ABC", await make_open_route()))
    client = await client_of(application, "dirk")
    page = html.fromstring((await client.get("/aanmeldingen/nieuw")).content)
    fields = dict(page.xpath("//main//form[@method='post']")[0].form_values()) | CHOSEN
    assert [(await post(client, "/aanmeldingen/nieuw", fields)).status_code for _ in range(2)] == [303, 303]
    assert (await Enrolment.count(), await Mail.count()) == (1, 1)


async def test_whatever_is_typed_is_answered(application: Any, db: None) -> None:
    await dirk_enrols_for(await make_active_organisation("ABC", await make_open_route()))
    client = await client_of(application, "dirk")
    for typed in (b"\x00", b"\xff", b"x" * 5000, "١٢٣".encode()):
        sent: dict[str, Any] = {"profiel": typed, "betaalcode": typed, "voornaam": typed, "soort": typed}
        assert (await post_bytes(client, "/aanmeldingen/nieuw", CHOSEN | sent)).status_code == 422


@pytest.mark.parametrize("username", ["anna.smit", "niels.los", "beheerder"])
async def test_others_have_no_access(application: Any, demo_readonly: None, username: str) -> None:
    client = await client_of(application, username)
    assert (await client.get("/aanmeldingen/nieuw")).status_code == 403


async def test_a_visitor_is_sent_to_sign_in(client: AsyncClient, demo_readonly: None) -> None:
    answer = await client.get("/aanmeldingen/nieuw")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen?volgende=%2Faanmeldingen%2Fnieuw")
