"""Who was invited chooses a user name and a password, once."""

import asyncio
from datetime import timedelta
from typing import Any

from httpx import AsyncClient, Response
from lxml import html

from app.clock import now
from app.tables import Role, Token, User
from tests.account.browser import errors_of
from tests.clients import post, sign_in, submit, visitor
from tests.people.world import deeds, invitation_for, make_invited, make_person

NEW = "Kwartel&7vijvers"
CHOSEN = {"gebruikersnaam": "noor.k", "nieuw_wachtwoord": NEW, "herhaal_wachtwoord": NEW}


def heading(answer: Response) -> str:
    return str(html.fromstring(answer.content).findtext(".//h1"))


async def test_it_greets_by_first_name_and_lets_in_with_what_was_chosen(client: AsyncClient, db: None) -> None:
    noor = await make_invited()
    link = await invitation_for(noor)
    for _ in range(2):  # looking does not use it up
        page = await client.get(link)
        assert heading(page) == "Welkom, Noor"
        assert "Kuipers" not in page.text
    answer = await submit(client, link, **CHOSEN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/inloggen?geactiveerd=1")
    assert "Uw account is klaar." in (await client.get(answer.headers["location"])).text
    await sign_in(client, "noor.k", NEW)
    assert (await deeds(noor))[-2:] == ["activate", "sign_in"]


async def test_everything_that_is_wrong_is_said_and_the_link_still_works(client: AsyncClient, db: None) -> None:
    link = await invitation_for(await make_invited())
    refused = await submit(client, link, gebruikersnaam="noor", nieuw_wachtwoord="Kuipers!9", herhaal_wachtwoord="x")
    assert refused.status_code == 422
    assert list(errors_of(refused)) == ["gebruikersnaam", "nieuw_wachtwoord", "herhaal_wachtwoord"]
    assert 'value="noor"' in refused.text
    assert "Kuipers!9" not in refused.text
    empty = await submit(client, link, gebruikersnaam="noor.k")
    assert list(errors_of(empty)) == ["nieuw_wachtwoord"]
    assert (await submit(client, link, **CHOSEN)).status_code == 303


async def test_a_user_name_that_somebody_has_in_other_capitals_is_refused(client: AsyncClient, db: None) -> None:
    await make_person("robin", Role.ADMINISTRATOR)
    link = await invitation_for(await make_invited())
    refused = await submit(client, link, **CHOSEN | {"gebruikersnaam": "ROBIN"})
    assert errors_of(refused) == {"gebruikersnaam": "Deze gebruikersnaam is al in gebruik."}
    assert (await submit(client, link, **CHOSEN)).status_code == 303


async def test_a_link_that_works_no_more_says_how_to_get_another_and_not_why(client: AsyncClient, db: None) -> None:
    noor = await make_invited()
    replaced, last = await invitation_for(noor), await invitation_for(noor)
    ends = [await client.get("/activeren/onzin"), await client.get(replaced)]
    await User.update({User.active: False}, force=True)
    ends.append(await client.get(last))
    await User.update({User.active: True}, force=True)
    await Token.update({Token.expires_at: now() - timedelta(seconds=1)}).where(Token.user == noor)
    ends.append(await client.get(last))
    used = await invitation_for(noor)
    assert (await submit(client, used, **CHOSEN)).status_code == 303
    ends.append(await client.get(used))
    assert {(each.status_code, heading(each)) for each in ends} == {(404, "Deze link werkt niet")}
    assert "helpdesk" in ends[0].text
    assert "nieuwe uitnodiging" in ends[0].text


async def test_of_two_who_send_the_form_at_once_one_gets_in(application: Any, db: None) -> None:
    link = await invitation_for(await make_invited())
    async with visitor(application) as one, visitor(application) as two:
        answers = await asyncio.gather(
            submit(one, link, **CHOSEN | {"gebruikersnaam": "eerste"}),
            submit(two, link, **CHOSEN | {"gebruikersnaam": "tweede"}),
        )
    assert sorted(answer.status_code for answer in answers) == [303, 404]


async def test_what_can_be_no_link_is_not_there(client: AsyncClient, db: None) -> None:
    for path in ("/activeren/onzin", "/activeren/%00", "/activeren/" + "a" * 2000):
        assert (await client.get(path)).status_code == 404
    link = await invitation_for(await make_invited())
    fields = dict(html.fromstring((await client.get(link)).content).xpath("//main//form")[0].form_values())
    assert (await post(client, "/activeren/onzin", fields | CHOSEN)).status_code == 404
