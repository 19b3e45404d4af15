"""One code: looked up however it is typed, and what happened to it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from lxml import html

from app.access import Access
from app.clock import today
from app.pages import day
from app.paycodes.changing import deactivate, extend, link_batch, reactivate
from app.paycodes.codes import check_sign
from app.tables import AuditEvent, Paycode, Role, User
from tests.clients import submit
from tests.paycodes.desk import desk
from tests.paycodes.page import read
from tests.paycodes.world import ago, make_batch, make_code, make_enrolment, make_organisation, make_route

CODES = "/beheer/batches/codes"
LOOK_UP = f"//form[@action='{CODES}']"
BARE = "EXZA8F5EXG5WU22"
KNOWN, CHECKED = "EXZA8F5EXG5WU22J", BARE + check_sign(BARE)


async def history(robin: AsyncClient, code: Paycode) -> list[str]:
    """What its page tells, without the moments."""
    page = html.fromstring((await robin.get(f"{CODES}/{code.id}")).content)
    return [
        " ".join(read(part) for part in moment.xpath(".//strong|.//p"))
        for moment in page.xpath("//ol[@class='timeline']/li")
    ]


async def test_all_that_happened_to_a_code_stands_in_its_order(application: Any, db: None) -> None:
    robin, route, nwt = await desk(application), await make_route("co", 1), await make_organisation("NWT")
    batch = await make_batch(None, route)
    code = await make_code(batch)
    user = await User.select(User.id).first()
    assert user
    access, until = Access(user["id"], frozenset({Role.ADMINISTRATOR}), ()), today() + timedelta(days=900)
    await deactivate(access, None, batch.id, [code.id], "Niet betaald")
    await reactivate(access, None, batch.id, [code.id])
    await extend(access, None, batch.id, [code.id], until)
    await link_batch(access, None, batch.id, nwt.id)
    by = "Door Robin robin"
    told = [
        f"Uitgegeven In batch #{batch.number}",
        f"Gedeactiveerd {by}. Niet betaald",
        f"Weer te gebruiken {by}",
        f"Verlengd tot en met {day(until)} {by}",
        f"Gekoppeld aan Bedrijf NWT (demo) {by}",
    ]
    assert await history(robin, code) == told
    event = await AuditEvent.select().where(AuditEvent.action == "view_paycode").first()
    assert event
    assert (event["object_type"], event["object_id"], event["organisation"]) == ("paycode", code.id, nwt.id)


async def test_of_a_used_code_it_leads_to_the_enrolment(application: Any, db: None) -> None:
    robin, route = await desk(application), await make_route("co", 1)
    enrolment = await make_enrolment(None, route, "Jan", "de", "Vries")
    batch = await make_batch(None, route)
    code = await make_code(batch, used_at=ago(days=2), used_by=enrolment.id)
    page = html.fromstring((await robin.get(f"{CODES}/{code.id}")).content)
    assert page.xpath("//ol[@class='timeline']//a/@href") == [f"/deelnames/{enrolment.id}"]
    assert not page.xpath("//a[contains(@href, 'wijzigen')]")
    listed = html.fromstring((await robin.get(f"/beheer/batches/{batch.id}")).content)
    [link] = listed.xpath(f"//tbody//a[@href='/deelnames/{enrolment.id}']")
    assert read(link) == "Vries, Jan de"


async def test_what_was_deactivated_before_changes_were_kept_is_told_too(application: Any, db: None) -> None:
    robin, batch = await desk(application), await make_batch(None, await make_route("co", 1))
    inactive = await make_code(batch, deactivated_at=ago(days=2), deactivation_reason="Zoek")
    expired = await make_code(batch, expires_at=ago(days=2))
    assert (await history(robin, inactive))[1:] == ["Gedeactiveerd Zoek"]
    assert (await history(robin, expired))[1:] == ["Verlopen"]
    for key in ("999", "x", "0"):
        assert (await robin.get(f"{CODES}/{key}")).status_code == 404


async def test_a_code_is_found_however_it_is_typed(application: Any, db: None) -> None:
    robin, batch = await desk(application), await make_batch(None, await make_route("co", 1))
    code, other = await make_code(batch, code=KNOWN), await make_code(batch, code="ABCDEFGH0123IJK9")
    # Look-alikes of signs that no code has, the address of a card, and a code of before, which may have any sign.
    typings = {
        "exza 8f5e\txg5w-u22j": code,
        "EXZA–8F5E–XG5W–U22J": code,
        "exzab f5exg5wv22l": code,
        f"https://portaal.example/aanmelden/co#betaalcode={KNOWN}": code,
        "abcd-efgh-0123-ijk9": other,
    }
    for typed, meant in typings.items():
        answer = await submit(robin, "/beheer/batches", LOOK_UP, code=typed)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{CODES}/{meant.id}"), typed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (CHECKED, "Deze betaalcode is niet bekend."),
        ("EXZA-8F5E-XG5W-U22E", "Hier zit waarschijnlijk een typefout in"),
        ("EXZ0-8F5E-XG5W-U22J", "Hier zit waarschijnlijk een typefout in"),
        ("OOOO-OOOO-1111-1111", "Hier zit waarschijnlijk een typefout in"),
        ("EXZA-8F5E-XG5W-U22", "Een betaalcode heeft 16 letters en cijfers."),
        ("", "Een betaalcode heeft 16 letters en cijfers."),
        ("EXZA-8F5E-XG5W-U2\x00½", "Een betaalcode heeft 16 letters en cijfers."),
    ],
)
async def test_one_that_is_not_there_is_told_from_a_typing_error(
    application: Any, db: None, typed: str, said: str
) -> None:
    robin = await desk(application)
    answer = await submit(robin, CODES, LOOK_UP, code=typed)
    assert answer.status_code == 422
    page = html.fromstring(answer.content)
    assert read(page.xpath("//*[@id='fouten']//li")[0]).startswith(said)
    assert page.xpath("//input[@name='code']/@value")[0][:16] == typed[:16]


async def test_what_is_looked_up_stands_in_no_address(application: Any, db: None) -> None:
    robin = await desk(application)
    assert (await robin.get(f"{CODES}?code={KNOWN}")).text.count(KNOWN) == 0
    answers = await asyncio.gather(*(submit(robin, CODES, LOOK_UP, code=KNOWN) for _ in range(2)))
    assert {answer.url.query for answer in answers} == {b""}
