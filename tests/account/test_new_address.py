"""Another e-mail address counts once it is confirmed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient, Response
from lxml import html

from app.account.new_address import REQUESTS
from app.clock import now
from app.mail.letters import Unsendable
from app.mail.outbox import Change, Letter
from app.tables import AuditEvent, TokenPurpose, User
from app.tokens import find
from tests.account.browser import errors_of, fields_of
from tests.account.links import last_letter, letters, link_in, told
from tests.clients import post, sign_in, submit, visitor
from tests.worlds import PASSWORD

EDIT = "/profiel/bewerken"
OLD, NEW = "anna.smit@nwt.example", "anna@voorbeeld.nl"


async def move(client: AsyncClient, email: str = NEW, **more: str) -> Response:
    return await submit(client, EDIT, emailadres=email, huidig_wachtwoord=PASSWORD, **more)


async def address() -> str:
    row = await User.select(User.email).where(User.username == "anna.smit").first()
    assert row
    return str(row["email"])


async def profile(client: AsyncClient) -> str:
    return " ".join(html.fromstring((await client.get("/profiel")).content).find(".//main").text_content().split())


async def test_it_counts_when_its_reader_confirms_it(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    answer = await move(client, voornaam="Anne")
    assert answer.headers["location"] == "/profiel?opgeslagen=1"
    assert await address() == OLD
    assert f"Er gaat een mail met een link naar {NEW}." in await profile(client)
    assert "Anne Smit" in await profile(client)
    assert await letters(Letter.NEW_ADDRESS) == [NEW]
    assert await told() == [(Change.EMAIL_ASKED, OLD)]
    link = await link_in(Letter.NEW_ADDRESS)
    assert NEW in (await client.get(link)).text
    assert await address() == OLD  # looking changes nothing
    answer = await submit(client, link)
    assert answer.headers["location"] == "/profiel?bevestigd=1"
    assert "Uw e-mailadres is gewijzigd." in (await client.get(answer.headers["location"])).text
    assert await address() == NEW
    assert "Bevestig uw nieuwe e-mailadres" not in await profile(client)
    assert await told() == [(Change.EMAIL_ASKED, OLD), (Change.EMAIL, OLD)]
    actions = await AuditEvent.select(AuditEvent.action).order_by(AuditEvent.id).output(as_list=True)
    assert actions == ["sign_in", "password_check", "profile_change", "ask_email_change", "email_change"]


async def test_the_letter_says_nothing_of_whose_account_it_is(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await move(client)
    written = await last_letter(Letter.NEW_ADDRESS)
    assert written.text.startswith("Geachte heer of mevrouw,")
    assert not any(word in written.text + written.html for word in ("Smit", "anna.smit", OLD, "Noorderwind"))


async def test_only_who_is_signed_in_to_the_account_confirms_it(
    client: AsyncClient, application: Any, demo: None
) -> None:
    await sign_in(client, "anna.smit")
    await move(client)
    link = await link_in(Letter.NEW_ADDRESS)
    async with visitor(application) as stranger, visitor(application) as carla:
        assert (await stranger.get(link)).headers["location"].startswith("/inloggen?volgende=")
        await sign_in(carla, "carla.jansen")
        fields = await fields_of(carla, EDIT)
        assert [(await carla.get(link)).status_code, (await post(carla, link, fields)).status_code] == [404, 404]
    assert await address() == OLD
    assert (await submit(client, link)).status_code == 303  # and it was not used up


async def test_a_link_works_once_for_a_day_and_only_the_last(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await move(client, "eerste@voorbeeld.nl")
    replaced = await link_in(Letter.NEW_ADDRESS)
    await move(client)
    link = await link_in(Letter.NEW_ADDRESS)
    assert (await client.get(replaced)).status_code == 404
    with time_machine.travel(now() + timedelta(hours=25)):
        assert await find(TokenPurpose.EMAIL, link.rsplit("/", 1)[1]) is None
    fields = await fields_of(client, link)
    statuses = [each.status_code for each in await asyncio.gather(*(post(client, link, fields) for _ in range(8)))]
    assert sorted(statuses) == [303, *[404] * 7]
    ended = await client.get(link)
    assert (ended.status_code, ended.headers["referrer-policy"]) == (404, "no-referrer")
    assert "Uw e-mailadres is niet gewijzigd." in ended.text


async def test_an_address_that_somebody_took_meanwhile_is_not_given_twice(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await move(client)
    link = await link_in(Letter.NEW_ADDRESS)
    taken: dict[Any, Any] = {User.email: NEW.title(), User.email_key: NEW}
    await User.update(taken).where(User.username == "carla.jansen")
    assert (await submit(client, link)).status_code == 404
    assert await address() == OLD


async def test_a_password_chosen_meanwhile_ends_it(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await move(client)
    link, new = await link_in(Letter.NEW_ADDRESS), "Kwartel&7vijvers"
    passwords = {"nieuw_wachtwoord": new, "herhaal_wachtwoord": new, "huidig_wachtwoord": PASSWORD}
    await submit(client, EDIT, **passwords)
    assert (await client.get(link)).status_code == 404
    with pytest.raises(Unsendable):
        await last_letter(Letter.NEW_ADDRESS)
    assert "Bevestig uw nieuwe e-mailadres" not in await profile(client)


async def test_both_at_once_are_changed(client: AsyncClient, demo: None) -> None:
    new = "Kwartel&7vijvers"
    await sign_in(client, "anna.smit")
    await move(client, nieuw_wachtwoord=new, herhaal_wachtwoord=new)
    assert (await submit(client, await link_in(Letter.NEW_ADDRESS))).status_code == 303
    assert await address() == NEW


async def test_a_link_for_a_password_that_went_to_the_old_address_ends(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    await move(client)
    confirm = await link_in(Letter.NEW_ADDRESS)
    await submit(client, "/wachtwoord-vergeten", gebruikersnaam="anna.smit")
    reset = await link_in(Letter.RESET)
    await submit(client, confirm)
    assert (await client.get(reset)).status_code == 404


async def test_nobodys_mailbox_is_filled(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    for n in range(REQUESTS.most):
        await move(client, f"{n}@voorbeeld.nl")
    refused = await move(client, "zesde@voorbeeld.nl", voornaam="Anne")
    assert list(errors_of(refused)) == ["emailadres"]
    assert "zesde@voorbeeld.nl" in refused.text
    assert "Anne" in refused.text
    assert len(await letters(Letter.NEW_ADDRESS)) == REQUESTS.most


async def test_what_an_administrator_changes_the_old_address_hears(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "beheerder")
    ids = {row["username"]: row["id"] for row in await User.select(User.id, User.username)}
    page = f"/beheer/gebruikers/{ids['anna.smit']}/bewerken"
    assert (await submit(client, page, emailadres=NEW)).status_code == 303
    assert await told() == [(Change.EMAIL, OLD)]
    own = await submit(client, f"/beheer/gebruikers/{ids['beheerder']}/bewerken", emailadres=NEW + ".example")
    assert errors_of(own) == {
        "emailadres": "Uw eigen e-mailadres wijzigt u bij Bewerk profiel: dat vraagt uw wachtwoord."
    }
