"""Gebruikers: found, invited, changed and closed out."""

from typing import Any

import pytest
from httpx import AsyncClient, Response
from lxml import html

from app.mail.outbox import Change
from app.names import sort_key
from app.tables import Mail, Mandate, Role, Session, User
from tests.account.browser import errors_of
from tests.account.links import told
from tests.clients import post, submit
from tests.paycodes.world import make_organisation
from tests.people.world import deeds, invitation_for, make_invited, make_person, mandate_of
from tests.sessions import client_of

PEOPLE = "/beheer/gebruikers"
NOOR = {"aanhef": "ms", "voornaam": "Noor", "achternaam": "Kuipers", "emailadres": "noor@example.org"}


def listed(answer: Response) -> list[str]:
    return [" ".join(row.text_content().split()) for row in html.fromstring(answer.text).xpath("//tbody//th/a")]


@pytest.fixture
async def beheer(application: Any, db: None) -> AsyncClient:
    """An administrator's browser, among these people."""
    organisation = (await make_organisation("ABC")).id
    await make_person("robin", Role.ADMINISTRATOR)
    anna = await make_person("annazoë", Role.ORGANISATION_MANAGER, Role.ENROLMENT_MANAGER, organisation=organisation)
    await make_person("closed", Role.ENROLMENT_MANAGER, organisation=organisation)
    await User.update({User.active: False}).where(User.username == "closed")
    named: dict[Any, str] = {User.family_name: "Dekker", User.sort_key: sort_key("Annazoë", "de", "Dekker")}
    await User.update(named).where(User.id == anna)
    return await client_of(application, "robin")


async def user(username: str) -> dict[str, Any]:
    row = await User.select().where(User.username == username).first()
    assert row
    return row


FOUND = {
    "": ["Dekker, Annazoë de", "Wit, Closed de", "Wit, Robin de"],
    "trefwoorden=ANNAZOE": ["Dekker, Annazoë de"],
    "trefwoorden=robin@example.org": ["Wit, Robin de"],
    "trefwoorden=de+wit&sorteer=-naam": ["Wit, Robin de", "Wit, Closed de"],
    "rol=aanmeldbeheerder&organisatie=ABC": ["Dekker, Annazoë de", "Wit, Closed de"],
    "rol=beheerder&organisatie=ABC": [],
    "rol=aanmeldbeheerder&status=actief": ["Dekker, Annazoë de"],
    "status=uitgenodigd&trefwoorden=robin": [],
    "sorteer=-ingelogd&status=gedeactiveerd": ["Wit, Closed de"],
}


async def test_people_are_found_by_name_role_and_status(beheer: AsyncClient) -> None:
    for query, found in FOUND.items():
        whole = await beheer.get(f"{PEOPLE}?{query}")
        part = await beheer.get(f"{PEOPLE}?{query}", headers={"HX-Request": "true"})
        assert (listed(whole), listed(part)) == (found, found), query
        assert "<html" not in part.text


async def test_they_are_sorted_as_candidates_are_also_after_a_correction(beheer: AsyncClient) -> None:
    for username, family_name in (("oezlem", "Özkan"), ("ijsbrand", "'t IJzer"), ("zoe00", "Zon")):
        person = await make_person(username)
        await submit(beheer, f"{PEOPLE}/{person}/bewerken", achternaam=family_name, tussenvoegsel="", aanhef="ms")
    names = [name.partition(",")[0] for name in listed(await beheer.get(PEOPLE))]
    assert names == ["Dekker", "Özkan", "'t IJzer", "Wit", "Wit", "Zon"]
    assert [name.partition(",")[0] for name in listed(await beheer.get(f"{PEOPLE}?sorteer=-naam"))] == names[::-1]


async def test_a_filter_that_cannot_be_read_is_said(beheer: AsyncClient) -> None:
    assert (await beheer.get(f"{PEOPLE}?rol=koning&trefwoorden=robin")).status_code == 400


async def test_somebody_is_invited_with_several_roles_and_sending_it_twice_counts_once(beheer: AsyncClient) -> None:
    roles = {"rol_1": "organisatiebeheerder", "rol_2": "aanmeldbeheerder", "organisatie_2": "ABC"}
    answers = [
        await submit(beheer, f"{PEOPLE}/uitnodigen?organisatie=ABC", **NOOR, **roles, formulier="zelfde")
        for _ in range(2)
    ]
    noor = await user("noor@example.org")
    assert {answer.headers["location"] for answer in answers} == {f"{PEOPLE}/{noor['id']}?gedaan=uitgenodigd"}
    assert await Mail.count() == 1
    page = await beheer.get(answers[0].headers["location"])
    for words in ("Organisatiebeheerder van Bedrijf ABC", "Aanmeldbeheerder van Bedrijf ABC", "door Robin de Wit"):
        assert words in page.text
    assert (await deeds(noor["id"])) == ["invite", "give_mandate", "give_mandate", "view"]


async def test_what_is_wrong_with_an_invitation_is_said_and_nothing_is_lost(beheer: AsyncClient) -> None:
    typed = NOOR | {"achternaam": "", "rol_1": "aanmeldbeheerder", "rol_2": "beheerder", "organisatie_2": "ABC"}
    refused = await submit(beheer, f"{PEOPLE}/uitnodigen", **typed)
    assert refused.status_code == 422
    assert list(errors_of(refused)) == ["achternaam", "organisatie_1", "organisatie_2"]
    assert 'value="Noor"' in refused.text
    taken = NOOR | {"emailadres": "Robin@example.org", "rol_1": "beheerder"}
    refused = await submit(beheer, f"{PEOPLE}/uitnodigen", **taken)
    assert list(errors_of(refused)) == ["emailadres"]


async def test_an_invitation_is_sent_again_only_until_a_password_is_chosen(beheer: AsyncClient) -> None:
    noor = await make_invited()
    form = "//form[contains(@action, '/uitnodiging')]"
    answer = await submit(beheer, f"{PEOPLE}/{noor}", form)
    assert answer.headers["location"] == f"{PEOPLE}/{noor}?gedaan=opnieuw"
    assert await Mail.count() == 2
    page = html.fromstring((await beheer.get(f"{PEOPLE}/{(await user('robin'))['id']}")).content)
    assert not page.xpath(form)
    fields = dict(page.xpath("//main//form")[0].form_values())
    anna = (await user("annazoë"))["id"]
    again = await beheer.post(f"{PEOPLE}/{anna}/uitnodiging", data={"_csrf": fields["_csrf"]})
    assert again.headers["location"] == f"{PEOPLE}/{anna}?gedaan=niet-opnieuw"
    assert await Mail.count() == 2


async def test_roles_are_given_and_taken_and_count_at_once(application: Any, beheer: AsyncClient) -> None:
    robin, anna = (await user("robin"))["id"], (await user("annazoë"))["id"]
    form = "//form[contains(@action, '/rollen')]"
    administers = (Mandate.user == anna) & (Mandate.role == Role.ADMINISTRATOR)
    refused = await submit(beheer, f"{PEOPLE}/{anna}", form, rol="aanmeldbeheerder")
    assert list(errors_of(refused)) == ["organisatie"]
    asked = await submit(beheer, f"{PEOPLE}/{anna}", form, rol="beheerder")
    assert (asked.status_code, await Mandate.exists().where(administers)) == (200, False)
    assert "ziet en wijzigt dan alles" in asked.text
    question = html.fromstring(asked.text).xpath(form)[0]
    assert (await post(beheer, question.get("action"), dict(question.form_values()))).status_code == 303
    other = await client_of(application, "annazoë")
    assert (await other.get(PEOPLE)).status_code == 200
    take = f"{PEOPLE}/{anna}/rollen/{await mandate_of(anna)}/intrekken"
    assert "Rol van Annazoë de Dekker intrekken?" in (await beheer.get(take)).text
    assert (await submit(beheer, take)).status_code == 303
    assert (await other.get(PEOPLE)).status_code == 303
    assert (await (await client_of(application, "annazoë")).get(PEOPLE)).status_code == 403
    own = await submit(beheer, f"{PEOPLE}/{robin}/rollen/{await mandate_of(robin)}/intrekken")
    assert own.status_code == 422
    assert "uw eigen rol" in own.text
    assert (await beheer.get(f"{PEOPLE}/{anna}/rollen/{await mandate_of(robin)}/intrekken")).status_code == 404


async def test_another_role_asks_to_sign_in_anew_but_of_who_gives_it_to_themselves(
    application: Any, beheer: AsyncClient
) -> None:
    organisation = (await make_organisation("KLM")).id
    kim = await make_person("kim", Role.ENROLMENT_MANAGER, organisation=organisation)
    robin = (await user("robin"))["id"]
    for who, status in ((kim, 303), (robin, 200)):
        other = await client_of(application, "kim") if who == kim else beheer
        asked = await submit(
            beheer,
            f"{PEOPLE}/{who}",
            "//form[contains(@action, '/rollen')]",
            rol="organisatiebeheerder",
            organisatie="KLM",
        )
        question = html.fromstring(asked.text).xpath("//form[contains(@action, '/rollen')]")[0]
        assert (await post(beheer, question.get("action"), dict(question.form_values()))).status_code == 303
        assert (await other.get("/profiel")).status_code == status


async def test_an_administrator_signs_somebody_out_everywhere(application: Any, beheer: AsyncClient) -> None:
    anna = (await user("annazoë"))["id"]
    others = [await client_of(application, "annazoë") for _ in range(2)]
    assert "Log overal uit" in (await beheer.get(f"{PEOPLE}/{anna}")).text
    answer = await submit(beheer, f"{PEOPLE}/{anna}/uitloggen")
    assert "De gebruiker is overal uitgelogd." in (await beheer.get(answer.headers["location"])).text
    assert [(await each.get("/profiel")).status_code for each in others] == [303, 303]
    assert (await deeds(anna))[-2:] == ["sign_out_user", "view"]
    robin = (await user("robin"))["id"]
    assert "blijft ingelogd in deze browser" in (await beheer.get(f"{PEOPLE}/{robin}/uitloggen")).text
    await submit(beheer, f"{PEOPLE}/{robin}/uitloggen")
    assert (await beheer.get(PEOPLE)).status_code == 200


async def test_who_is_deactivated_is_out_at_once_and_comes_back(application: Any, beheer: AsyncClient) -> None:
    anna, robin = (await user("annazoë"))["id"], (await user("robin"))["id"]
    other = await client_of(application, "annazoë")
    assert "Nu ingelogd" in (page := await beheer.get(f"{PEOPLE}/{anna}")).text
    assert "In 1 browser" in page.text
    assert (await submit(beheer, f"{PEOPLE}/{anna}/deactiveren")).status_code == 303
    assert (await other.get("/profiel")).status_code == 303
    assert not await Session.exists().where(Session.user == anna)
    assert await Mandate.count().where(Mandate.user == anna) == 2
    back = await submit(beheer, f"{PEOPLE}/{anna}", "//form[contains(@action, '/activeren')]")
    assert back.headers["location"] == f"{PEOPLE}/{anna}?gedaan=geactiveerd"
    assert (await user("annazoë"))["active"]
    assert await deeds(anna) == ["view", "deactivate_user", "view", "reactivate_user"]
    own = await submit(beheer, f"{PEOPLE}/{robin}/deactiveren")
    assert own.status_code == 422
    assert "uw eigen account" in own.text


async def test_a_corrected_name_leaves_the_user_name_and_a_taken_address_is_refused(beheer: AsyncClient) -> None:
    anna = (await user("annazoë"))["id"]
    edit = f"{PEOPLE}/{anna}/bewerken"
    assert (await submit(beheer, edit, voornaam="Zoë", emailadres="zoe@example.org")).status_code == 303
    changed = await user("annazoë")
    assert (changed["given_name"], changed["email_key"]) == ("Zoë", "zoe@example.org")
    refused = await submit(beheer, edit, emailadres="ROBIN@example.org")
    assert errors_of(refused) == {"emailadres": "Dit e-mailadres is al in gebruik."}
    assert errors_of(await submit(beheer, edit, voornaam="")) == {"voornaam": "Vul een voornaam in."}
    assert await told() == [(Change.EMAIL, "annazoë@example.org")]  # and nobody is invited
    assert await Mail.count() == 1


async def test_at_another_address_somebody_is_invited_anew_and_the_old_link_ends(beheer: AsyncClient) -> None:
    noor = await make_invited()
    link = await invitation_for(noor)
    assert (await submit(beheer, f"{PEOPLE}/{noor}/bewerken", emailadres="kuipers@example.org")).status_code == 303
    assert (await user("kuipers@example.org"))["id"] == noor
    letters = await Mail.select(Mail.recipient).order_by(Mail.id).output(as_list=True)
    assert letters == ["noor@example.org", "kuipers@example.org"]
    assert (await beheer.get(link)).status_code == 404


async def test_who_is_not_there_is_not_found(beheer: AsyncClient) -> None:
    for path in ("999", "x", "999/bewerken", "999/deactiveren", "999/rollen/1/intrekken"):
        assert (await beheer.get(f"{PEOPLE}/{path}")).status_code == 404


async def test_a_name_that_is_markup_stays_text(beheer: AsyncClient) -> None:
    evil, anna = "\"'><img src=x onerror=a>", (await user("annazoë"))["id"]
    await User.update({User.given_name: evil, User.email: evil}).where(User.id == anna)
    mandate = await mandate_of(anna, Role.ENROLMENT_MANAGER)
    for path in ("", f"/{anna}", f"/{anna}/bewerken", f"/{anna}/deactiveren", f"/{anna}/rollen/{mandate}/intrekken"):
        text = (await beheer.get(PEOPLE + path)).text
        assert "<img" not in text, path
        assert "onerror=a" in text, path
