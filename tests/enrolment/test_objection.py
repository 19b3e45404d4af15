"""Objecting to a link, by the link in the mail: it asks first, it ends the link, and nobody undoes that."""

from datetime import timedelta
from typing import Any

import time_machine
from httpx import AsyncClient
from lxml import html

from app.clock import now
from app.tables import AuditEvent, Enrolment, Mail, TokenPurpose, UnlinkCause, Unlinking
from app.tokens import mint
from tests.candidates.handmade import enrol, linked_to, organisation_of
from tests.clients import post, submit, visitor
from tests.sessions import client_of


async def linked() -> tuple[int, str]:
    """An enrolment that is linked to ABC, which kim manages, and the address in the mail."""
    [enrolment] = await enrol(await organisation_of("kim", "ABC"))
    return enrolment, f"/bezwaar/{await mint(TokenPurpose.OBJECTION, enrolment=enrolment)}"


async def test_the_page_says_what_is_linked_and_changes_nothing(client: AsyncClient, db: None) -> None:
    enrolment, address = await linked()
    for _ in range(2):
        answer = await client.get(address)
        assert answer.status_code == 200
        assert "Organisatie ABC" in answer.text
        assert "Vakmanschap CO" in answer.text
    assert await linked_to(enrolment) is not None
    assert await Unlinking.count() == 0


async def test_objecting_ends_the_link_and_is_confirmed_once(client: AsyncClient, db: None) -> None:
    enrolment, address = await linked()
    fields = {"_csrf": await token_on(client, address)}
    for _ in range(2):
        answer = await post(client, address, fields)
        assert (answer.status_code, answer.headers["location"]) == (303, address)
    assert await linked_to(enrolment) is None
    row = await Unlinking.select(Unlinking.cause, Unlinking.unlinked_by).first()
    assert row == {"cause": UnlinkCause.OBJECTION, "unlinked_by": None}
    assert await Mail.select(Mail.template, Mail.recipient) == [
        {"template": "link_ended", "recipient": f"kandidaat.{enrolment}@example.org"}
    ]
    assert await AuditEvent.count().where(AuditEvent.action == "object_to_link") == 1
    assert "Uw bezwaar is verwerkt" in (await client.get(address)).text


async def test_the_organisation_cannot_undo_it(application: Any, db: None) -> None:
    enrolment, address = await linked()
    async with visitor(application) as candidate:
        await submit(candidate, address)
    kim = await client_of(application, "kim")
    assert "Vries" not in (await kim.get("/ontkoppeld")).text
    answer = await post(kim, f"/deelnames/{enrolment}/herstellen", {"_csrf": await token_on(kim, "/profiel/bewerken")})
    assert answer.status_code == 404
    assert await linked_to(enrolment) is None


async def test_what_the_organisation_ended_itself_becomes_final(application: Any, db: None) -> None:
    enrolment, address = await linked()
    kim = await client_of(application, "kim")
    await submit(kim, f"/deelnames/{enrolment}/ontkoppelen")
    async with visitor(application) as candidate:
        assert "is al beëindigd" in (await candidate.get(address)).text
        await submit(candidate, address)
        assert "Uw bezwaar is verwerkt" in (await candidate.get(address)).text
    assert "Vries" not in (await kim.get("/ontkoppeld")).text


async def test_without_a_link_there_is_nothing_to_object_to(client: AsyncClient, db: None) -> None:
    enrolment, address = await linked()
    await Enrolment.update(
        {Enrolment.organisation: None, Enrolment.link_source: None, Enrolment.linked_at: None}
    ).where(Enrolment.id == enrolment)
    answer = await client.get(address)
    assert "is niet gekoppeld" in answer.text
    assert '<form method="post"' not in answer.text


async def test_an_address_that_was_never_sent_or_is_too_old_is_not_there(client: AsyncClient, db: None) -> None:
    _, address = await linked()
    assert (await client.get("/bezwaar/onzin")).status_code == 404
    with time_machine.travel(now() + timedelta(days=91), tick=False):
        assert (await client.get(address)).status_code == 404


async def test_without_the_token_of_the_form_nothing_ends(client: AsyncClient, db: None) -> None:
    enrolment, address = await linked()
    assert (await post(client, address, {})).status_code == 403
    assert await linked_to(enrolment) is not None


async def token_on(client: AsyncClient, address: str) -> str:
    """Of a form on this page."""
    page = html.fromstring((await client.get(address)).content)
    return str(page.xpath("//input[@name='_csrf']/@value")[0])
