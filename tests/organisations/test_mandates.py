"""Who looks after an organisation: given and taken away, and told who did that."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from lxml import html

from app.tables import AuditEvent, Mandate, Role, User
from tests.clients import post, submit
from tests.organisations.desk import LIST, desk, errors
from tests.paycodes.world import make_manager, make_organisation
from tests.sessions import client_of

GIVE = "//form[contains(@action, '/mandaten')]"
MANAGER, ENROLS = Role.ORGANISATION_MANAGER, Role.ENROLMENT_MANAGER


@pytest.fixture
async def robin(application: Any, db: None) -> AsyncClient:
    """With one organisation, the first."""
    client = await desk(application)
    await make_organisation("ABC")
    return client


async def ask(client: AsyncClient, who: str, role: str = MANAGER) -> Response:
    """The form with what is wrong, or the question."""
    return await submit(client, f"{LIST}/1", GIVE, wie=who, rol=role)


async def give(client: AsyncClient, who: str, role: str = MANAGER) -> Response:
    asked = await ask(client, who, role)
    if asked.status_code == 422:
        return asked
    form = html.fromstring(asked.content).xpath(GIVE)[0]
    return await post(client, form.get("action"), dict(form.form_values()) | {"antwoord": "ja"})


async def held() -> list[tuple[int, str]]:
    mandates = Mandate.select(Mandate.user, Mandate.role).where(Mandate.organisation == 1)
    return [(row["user"], row["role"]) for row in await mandates.order_by(Mandate.id)]


async def actions() -> list[str]:
    taken = AuditEvent.select(AuditEvent.action).where(AuditEvent.organisation == 1).order_by(AuditEvent.id)
    found: list[str] = await taken.output(as_list=True)
    return found


@pytest.mark.parametrize("who", ["Anna", " anna@EXAMPLE.org "])
async def test_given_by_user_name_or_address_it_works_at_once(application: Any, robin: AsyncClient, who: str) -> None:
    anna = await make_manager("anna")
    client = await client_of(application, "anna")
    answer = await give(robin, who)
    assert answer.headers["location"] == f"{LIST}/1?gegeven=1#beheerders"
    assert await held() == [(anna.id, MANAGER)]
    assert (await client.get("/overzicht")).status_code == 303  # to more than before: signs in anew
    anew = await client_of(application, "anna")
    assert "Bedrijf ABC (demo), ABC" in (await anew.get("/overzicht")).text
    shown = (await robin.get(answer.headers["location"])).text
    assert "gegeven door Robin robin" in shown
    assert "De rol is gegeven." in shown
    assert await actions() == ["give_mandate"]


async def test_it_is_asked_first_of_whom_and_what_that_opens(robin: AsyncClient) -> None:
    await make_manager("anna")
    asked = await ask(robin, "ANNA", ENROLS)
    assert asked.status_code == 200
    for words in (
        "deze rol geven?",
        "anna@example.org",
        "Aanmeldbeheerder van Bedrijf ABC",
        "meldt dan kandidaten aan",
    ):
        assert words in asked.text
    assert await held() == []


async def test_who_has_it_keeps_it_as_it_was(robin: AsyncClient) -> None:
    await make_manager("anna")
    await give(robin, "anna", ENROLS)
    assert "had-al" in (await give(robin, "anna", ENROLS)).headers["location"]
    assert len(await held()) == len(await actions()) == 1


async def test_who_is_nobody_or_may_not_come_in_is_refused(robin: AsyncClient) -> None:
    await make_manager("anna")
    await User.update({User.active: False}).where(User.username == "anna")
    for who, sentence in (("", "Vul een "), ("kim", "U kunt deze persoon uitnodigen."), ("anna", "gedeactiveerd")):
        answer = await give(robin, who)
        assert (answer.status_code, errors(answer)) == (422, ["veld-wie-fout"])
        assert sentence in answer.text
    assert errors(await give(robin, "robin", Role.ADMINISTRATOR)) == ["veld-rol-fout"]
    assert await held() == []


async def test_nobody_gets_in_by_the_address_of_another_as_user_name(robin: AsyncClient) -> None:
    await make_manager("bram@example.org")
    assert (await give(robin, "bram@example.org")).status_code == 422


async def test_taken_away_after_asking_it_is_over_with_the_next_request(application: Any, robin: AsyncClient) -> None:
    await make_manager("anna", await make_organisation("DEF"))
    await give(robin, "anna")
    client = await client_of(application, "anna")
    mandate = await Mandate.select(Mandate.id).where(Mandate.organisation == 1).first()
    assert mandate
    url = f"{LIST}/1/mandaten/{mandate['id']}/intrekken"
    assert "geen organisatiebeheerder meer: niemand ziet dan" in (await robin.get(url)).text
    answer = await submit(robin, url)
    assert answer.headers["location"] == f"{LIST}/1?ingetrokken=1#beheerders"
    assert (await client.get("/overzicht?organisatie=ABC")).status_code == 303
    anew = await client_of(application, "anna")
    assert "organisatie=ABC" not in (await anew.get("/overzicht")).text
    assert (await anew.get("/overzicht?organisatie=ABC")).status_code == 400
    assert (await robin.get(url)).status_code == 404
    assert await actions() == ["give_mandate", "take_mandate"]


async def test_that_of_another_organisation_is_not_there(robin: AsyncClient) -> None:
    await make_manager("anna", await make_organisation("DEF"))
    other = await Mandate.select(Mandate.id).where(Mandate.organisation == 2).first()
    assert other
    assert (await robin.get(f"{LIST}/1/mandaten/{other['id']}/intrekken")).status_code == 404
