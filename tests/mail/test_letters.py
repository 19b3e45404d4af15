"""Every letter can be made, says what it must, and carries what people typed as text."""

import re
from datetime import datetime
from typing import Any

import pytest
from lxml import html

from app.database import transaction
from app.mail.letters import HIDDEN, LINKS, NAMES, Unsendable, Written, as_message, write
from app.mail.outbox import Change, Letter, queue
from app.tables import Candidate, Enrolment, Mail, Organisation, Route, Token, User
from tests.mail.outbox import first_linked, invite, invited
from tests.worlds import BASE_URL

OF_USERS = {Letter.INVITATION, Letter.RESET, Letter.SIGN_IN_ATTEMPTS}


async def made(letter: Letter, *, secret: bool = True, **ids: Any) -> Written:
    await queue(letter, ids.pop("recipient", "iemand@example.org"), **ids)
    [row] = await Mail.select().order_by(Mail.id, ascending=False).limit(1)
    async with transaction():
        return await write(row, secret=secret)


async def everything_of(letter: Letter) -> dict[str, Any]:
    user = await invited()
    ids: dict[str, Any] = {"user": user["id"], "recipient": user["email"]}
    if letter is Letter.NOTHING_TO_RENEW:
        return {"route": 1}
    if letter is Letter.ACCOUNT_CHANGED:
        return ids | {"what": Change.PASSWORD}
    if letter is Letter.NEW_ADDRESS:
        return {"user": user["id"]}
    return ids if letter in OF_USERS else {"enrolment": await first_linked()}


@pytest.mark.parametrize("letter", Letter)
async def test_every_letter_has_a_name_a_subject_a_text_and_html(demo: None, letter: Letter) -> None:
    written = await made(letter, **await everything_of(letter))
    assert letter in NAMES
    assert 10 < len(written.subject) < 78
    assert written.text.startswith("Geachte ")
    assert "\n\n\n" not in written.text
    assert "\n\nMet vriendelijke groet,\n" in written.text
    assert "helpdesk@vakmanschaptechniek.nl" in written.text
    assert not re.search(r"\n{4}|[ \t]\n|[{}]|&\w+;", written.text), written.text
    said = " ".join(re.findall(r"\w+", written.text))
    page = html.fromstring(written.html)
    [body] = page.xpath("//body")
    # The same words, but for headings and what stands in a table.
    told = " ".join(re.findall(r"\w+", " ".join(body.itertext())))
    missing = set(said.lower().split()) - set(told.lower().split())
    assert not missing - {"mijn", "rol"}, missing
    assert page.xpath("//title/text()") == [written.subject]


@pytest.mark.parametrize("letter", Letter)
async def test_nothing_in_it_comes_from_elsewhere_and_every_link_can_be_copied(demo: None, letter: Letter) -> None:
    written = await made(letter, **await everything_of(letter))
    page = html.fromstring(written.html)
    assert not page.xpath("//@src | //link | //img | //script | //form | //@style | //@onclick")
    assert "url(" not in written.html
    for link in page.xpath("//a"):
        shown, address = "".join(link.itertext()), link.get("href")
        assert address in {shown, f"mailto:{shown}", f"tel:{shown.replace(' ', '')}"}
        assert shown in written.text


@pytest.mark.parametrize("letter", Letter)
async def test_no_name_in_it_becomes_markup(demo: None, letter: Letter) -> None:
    evil = "'\"><s>Jan"
    values = await everything_of(letter)
    for table in (Candidate, Enrolment, User):
        await table.update({table.given_name: evil, table.family_name: evil}, force=True)
    await Organisation.update({Organisation.name: evil}, force=True)
    await Route.update({Route.name: evil}, force=True)
    written = await made(letter, **values)
    assert not html.fromstring(written.html).xpath("//s")
    assert "<s>" not in written.html


async def test_an_invitation_has_a_link_that_works_and_ends_the_one_before(demo: None) -> None:
    from app.tables import TokenPurpose
    from app.tokens import find

    ids = await everything_of(Letter.INVITATION)
    first, second = await made(Letter.INVITATION, **ids), await made(Letter.INVITATION, **ids)
    with pytest.raises(Unsendable, match="nieuwere uitnodiging"):
        await write((await Mail.select().order_by(Mail.id))[0], secret=True)
    secrets = [re.findall(rf"{BASE_URL}/activeren/([\w-]+)", written.text)[0] for written in (first, second)]
    assert await find(TokenPurpose.ACTIVATION, secrets[0]) is None
    found = await find(TokenPurpose.ACTIVATION, secrets[1])
    assert found
    assert found["user"] == ids["user"]
    assert "Organisatiebeheerder van Noorderwind Warmtetechniek (demo) (NWT)" in second.text
    assert "anna.smit" in second.text
    assert secrets[1] in second.html


@pytest.mark.parametrize("what", Change)
async def test_whatever_opens_an_account_has_words_when_it_changes(demo: None, what: Change) -> None:
    user = await invited()
    written = await made(Letter.ACCOUNT_CHANGED, user=user["id"], recipient=user["email"], what=what)
    assert written.subject in written.text
    assert "Was u dit niet?" in written.text


async def test_who_is_linked_reads_to_whom_and_how_to_object(demo: None) -> None:
    enrolment = await first_linked()
    written = await made(Letter.ENROLLED, enrolment=enrolment)
    row = await Enrolment.select(Enrolment.organisation.name).where(Enrolment.id == enrolment).first()
    assert row
    assert f"gekoppeld aan {row['organisation.name']}" in written.text
    assert f"{BASE_URL}/mijn-gegevens/" in written.text
    assert "maakt u daar bezwaar" in written.text
    await Enrolment.update(
        {Enrolment.organisation: None, Enrolment.link_source: None, Enrolment.linked_at: None}
    ).where(Enrolment.id == enrolment)
    alone = await made(Letter.ENROLLED, enrolment=enrolment)
    assert "niet aan een organisatie gekoppeld" in alone.text
    assert f"{BASE_URL}/mijn-gegevens/" in alone.text
    assert "bezwaar" not in alone.text + alone.html


@pytest.mark.parametrize("letter", LINKS)
async def test_without_its_secret_nothing_is_made(demo: None, letter: Letter) -> None:
    before = await Token.count()
    written = await made(letter, secret=False, **await everything_of(letter))
    assert HIDDEN in written.text
    assert HIDDEN in html.fromstring(written.html).text_content()
    assert BASE_URL + "/" + LINKS[letter][1] not in written.text + written.html
    assert await Token.count() == before


async def test_names_stand_in_it_as_they_are(demo: None) -> None:
    enrolment = await first_linked()
    row = (
        await Enrolment.select(Enrolment.candidate, Enrolment.organisation, Enrolment.route)
        .where(Enrolment.id == enrolment)
        .first()
    )
    assert row
    await Candidate.update({Candidate.salutation: "neutral", Candidate.family_name: "<b>O'Neil & Zn"}).where(
        Candidate.id == row["candidate"]
    )
    await Organisation.update({Organisation.name: '<script>alert("x")</script>'}).where(
        Organisation.id == row["organisation"]
    )
    await Route.update({Route.name: "Route {{ 7*7 }} 100% «ü»"}).where(Route.id == row["route"])
    written = await made(Letter.ENROLLED, enrolment=enrolment)
    assert "<b>O'Neil & Zn," in written.text
    assert '<script>alert("x")</script>' in written.text
    assert written.subject.endswith("Route {{ 7*7 }} 100% «ü»")
    page = html.fromstring(written.html)
    assert not page.xpath("//script | //b")
    assert '<script>alert("x")</script>' in page.text_content()


@pytest.mark.parametrize(
    "name",
    ["Jan\r\nBcc: boef@example.org", "Jan\nBcc: boef@example.org", 'Jan" <boef@example.org>', "Zoë, Yılmaz; <x@y>"],
)
async def test_no_name_makes_a_header_or_an_address(demo: None, name: str) -> None:
    written = Written("iemand@example.org", name, "Onderwerp", "Tekst", "<p>Tekst</p>")
    try:
        sent = as_message(written).as_bytes()
    except ValueError:
        return
    assert b"\r\nBcc:" not in sent
    from email import message_from_bytes
    from email.policy import SMTP

    [address] = message_from_bytes(sent, policy=SMTP)["To"].addresses
    assert address.addr_spec == "iemand@example.org"
    assert address.display_name == name


async def test_a_letter_says_where_it_comes_from_and_that_no_person_wrote_it(demo: None) -> None:
    message = as_message(await made(Letter.RESIT_PAID, enrolment=await first_linked()))
    assert message["From"] == "Evenementenportaal <noreply@testserver.local>"
    assert message["Reply-To"] == "helpdesk@vakmanschaptechniek.nl"
    assert message["Auto-Submitted"] == "auto-generated"
    assert re.fullmatch(r"<[^<>\s]+@testserver\.local>", message["Message-ID"])
    assert isinstance(message["Date"].datetime, datetime)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


async def test_an_invitation_that_waited_too_long_is_not_made(demo: None) -> None:
    user = await invite()
    changes: tuple[tuple[dict[Any, Any], str], ...] = (
        ({User.active: False}, "niet meer actief"),
        ({User.email: "nieuw@example.org"}, "ander e-mailadres"),
        ({User.password_hash: "x"}, "al een wachtwoord"),
    )
    for change, why in changes:
        [before] = await User.select(User.active, User.email, User.password_hash).where(User.id == user["id"])
        await User.update(change).where(User.id == user["id"])
        with pytest.raises(Unsendable, match=why):
            await write((await Mail.select())[0], secret=True)
        await User.update({getattr(User, name): value for name, value in before.items()}).where(User.id == user["id"])
