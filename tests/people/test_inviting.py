"""Who is invited has an account that only its owner gets into."""

import asyncio

import pytest

from app.people.inviting import InvitationRefused, Invitee, invite
from app.people.mandates import Wanted
from app.tables import AuditEvent, Mail, Mandate, Role, Salutation, User
from tests.paycodes.world import make_organisation
from tests.people.world import make_person, request_by

JAN = Invitee(Salutation.MR, "Jan", "de", "Vries", "Jan@example.org")


async def test_the_account_has_its_mandates_and_no_password_and_a_letter_waits(db: None) -> None:
    robin, organisation = await make_person("robin", Role.ADMINISTRATOR), (await make_organisation("ABC")).id
    wanted = [Wanted(Role.ORGANISATION_MANAGER, organisation), Wanted(Role.ENROLMENT_MANAGER, organisation)]
    jan = await invite(await request_by(robin), JAN, [*wanted, *wanted])
    columns = (User.username, User.email_key, User.active, User.password_hash)
    assert await User.select(*columns).where(User.id == jan) == [
        {"username": "Jan@example.org", "email_key": "jan@example.org", "active": True, "password_hash": None}
    ]
    assert await Mandate.count().where((Mandate.user == jan) & (Mandate.given_by == robin)) == 2
    [letter] = await Mail.select()
    assert (letter["template"], letter["recipient"], letter["user"]) == ("invitation", "Jan@example.org", jan)
    assert await AuditEvent.count().where(AuditEvent.action == "invite") == 1


@pytest.mark.parametrize("column", [User.email_key, User.username_key])
async def test_an_address_that_somebody_has_is_refused_and_nothing_is_left(db: None, column: object) -> None:
    robin = await make_person("robin", Role.ADMINISTRATOR)
    await User.update({column: "jan@example.org"}).where(User.id == await make_person("kim"))  # type: ignore[dict-item]
    with pytest.raises(InvitationRefused, match="al een account"):
        await invite(await request_by(robin), JAN, [Wanted(Role.ADMINISTRATOR)])
    assert await User.count() == 2
    assert not await Mail.exists()
    assert await Mandate.count() == 1


async def test_of_two_at_once_one_is_invited(db: None) -> None:
    request = await request_by(await make_person("robin", Role.ADMINISTRATOR))
    ends = await asyncio.gather(*(invite(request, JAN, []) for _ in range(2)), return_exceptions=True)
    assert {type(end) for end in ends} == {int, InvitationRefused}
    assert await Mail.count() == 1
