"""Batches under Beheer, through their pages."""

import asyncio
from typing import Any

from httpx import AsyncClient
from lxml import html

from app.clock import today
from app.tables import Batch, Organisation, Paycode
from tests.clients import post, submit
from tests.paycodes.desk import desk
from tests.paycodes.world import ago, kept, make_batch, make_code, make_enrolment, make_organisation, make_route

NEW = "/beheer/batches/nieuw"


async def test_a_batch_is_issued_found_and_shown(application: Any, db: None) -> None:
    robin = await desk(application)
    await make_route("co", 1, "monteur")
    await make_organisation("NWT")
    answer = await submit(robin, NEW, aantal="5", profiel="co/monteur", organisatie="NWT", referentie="Noord")
    assert answer.status_code == 303
    shown = await robin.get(answer.headers["location"])
    assert shown.text.count("data-status=") == 5
    for words in ("noord", "bedrijf nwt"):
        listed = await robin.get(f"/beheer/batches?trefwoorden={words}&organisatie=NWT&route=co")
        assert "1 resultaat" in listed.text
    assert "1 resultaat" not in (await robin.get("/beheer/batches?trefwoorden=zuid")).text


async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(application: Any, db: None) -> None:
    robin = await desk(application)
    await make_route("co", 1)
    answer = await submit(robin, NEW, aantal="10001", profiel="xx", organisatie="ZZZ", geldig="ooit", contact="Kim")
    assert answer.status_code == 422
    errors = html.fromstring(answer.content).xpath("//p[@class='error']/@id")
    assert errors == [f"veld-{name}-fout" for name in ("aantal", "profiel", "organisatie", "geldig")]
    assert 'value="10001"' in answer.text
    assert not await Batch.exists()


async def test_a_form_sent_twice_at_once_issues_once(application: Any, db: None) -> None:
    robin = await desk(application)
    await make_route("co", 1)
    page = html.fromstring((await robin.get(NEW)).content)
    fields = dict(page.xpath("//main//form[@method='post']")[0].form_values()) | {"aantal": "3", "profiel": "co"}
    answers = await asyncio.gather(post(robin, NEW, fields), post(robin, NEW, fields))
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert (await Batch.count(), await Paycode.count()) == (1, 3)


async def test_codes_are_changed_after_asking(application: Any, db: None) -> None:
    robin = await desk(application)
    batch = await make_batch(None, await make_route("co", 1))
    one, two = await make_code(batch), await make_code(batch)
    url = f"/beheer/batches/{batch.id}/wijzigen?wat="
    assert (await submit(robin, f"{url}deactiveren&code={one.id}")).status_code == 422
    assert (await submit(robin, f"{url}deactiveren&code={one.id}", reden="Kwijt")).status_code == 303
    inactive = Paycode.deactivated_at.is_not_null()
    assert await Paycode.select(Paycode.id).where(inactive).output(as_list=True) == [one.id]
    assert (await submit(robin, f"{url}activeren")).status_code == 303
    assert (await submit(robin, f"{url}verlengen&code={two.id}", geldig="01-01-2031")).status_code == 303
    assert not await Paycode.exists().where(inactive)


async def test_a_batch_of_nobody_is_linked_on_request(application: Any, db: None) -> None:
    robin = await desk(application)
    batch = await make_batch(None, await make_route("co", 1))
    await make_code(batch)
    organisation: Organisation = await make_organisation("NWT")
    answer = await submit(robin, f"/beheer/batches/{batch.id}/wijzigen?wat=koppelen", organisatie="NWT")
    assert answer.status_code == 303
    assert await Paycode.exists().where(Paycode.organisation == organisation.id)


async def test_what_is_not_there_is_not_found(application: Any, db: None) -> None:
    robin = await desk(application)
    for part in ("999", "x", "999/wijzigen?wat=activeren"):
        assert (await robin.get(f"/beheer/batches/{part}")).status_code == 404


async def test_a_batch_is_found_by_one_of_its_codes_however_it_is_typed(application: Any, db: None) -> None:
    """And by a reference that looks like a code."""
    robin, route = await desk(application), await make_route("co", 1)
    code = await make_code(await make_batch(None, route), code="EXZA8F5EXG5WU22J")
    await make_code(await make_batch(None, route))
    other = await make_batch(None, route, reference="Inkoop 2026 Q4 AB")
    for typed, batch in (("exza 8f5e-xg5w u22j", code.batch), ("inkoop 2026 q4 ab", other.id)):
        assert await found(robin, typed) == [batch], typed


async def found(robin: AsyncClient, typed: str) -> list[int]:
    listed = await robin.get("/beheer/batches", params={"trefwoorden": typed})
    return [int(key) for key in html.fromstring(listed.content).xpath("//tbody/tr/@data-id")]


async def test_a_batch_is_found_by_its_organisation_with_or_without_signs(application: Any, db: None) -> None:
    robin, route = await desk(application), await make_route("co", 1)
    cafe = await kept(Organisation(code="CFZ", name="Café Zürich", created_at=ago(days=9)))
    batch = await make_batch(cafe, route, reference="Noord")
    await make_batch(await make_organisation("NWT"), route, reference="Noord")
    for typed in ("café", "CAFE zurich", "cfz", "noord cfz", f"zürich #{batch.number}"):
        assert await found(robin, typed) == [batch.id], typed
    assert await found(robin, "cafe nwt") == []


async def one_of_each(batch: Batch) -> dict[str, Paycode]:
    enrolment = await make_enrolment(None, await make_route("x", 2), "Jan", "de", "Vries")
    return {
        "free": await make_code(batch),
        "used": await make_code(batch, used_at=ago(days=1), used_by=enrolment.id),
        "inactive": await make_code(batch, deactivated_at=ago(days=1)),
        "expired": await make_code(batch, expires_at=ago(days=1)),
    }


async def test_codes_are_chosen_on_the_page_but_for_used_ones(application: Any, db: None) -> None:
    robin, batch = await desk(application), await make_batch(None, await make_route("co", 1))
    codes = await one_of_each(batch)
    url = f"/beheer/batches/{batch.id}"
    form = html.fromstring((await robin.get(url)).content).xpath("//form[@method='get']")[0]
    boxes = form.xpath(".//input[@type='checkbox']/@value")
    assert boxes == [str(codes[name].id) for name in ("free", "inactive", "expired")]
    assert form.xpath(".//button/@value") == ["verlengen", "activeren", "deactiveren"]
    chosen = f"{url}/wijzigen?kies=1&wat=deactiveren&code={codes['free'].id}&code={codes['expired'].id}"
    assert "Deactiveer deze 2 codes?" in (await robin.get(chosen)).text
    answer = await submit(robin, chosen, reden="Kwijt")
    assert "2 betaalcodes zijn gedeactiveerd." in (await robin.get(answer.headers["location"])).text
    kept_free = Paycode.deactivated_at.is_null()
    assert await Paycode.select(Paycode.id).where(kept_free).output(as_list=True) == [codes["used"].id]


async def test_none_chosen_is_not_all_of_them_and_there_is_a_limit(application: Any, db: None) -> None:
    robin, batch = await desk(application), await make_batch(None, await make_route("co", 1))
    code = await make_code(batch)
    url = f"/beheer/batches/{batch.id}"
    for codes, said in (("", "Kies eerst een of meer codes."), ("&code=1" * 101, "Kies ten hoogste 100 codes")):
        answer = await robin.get(f"{url}/wijzigen?kies=1&wat=deactiveren{codes}")
        assert answer.status_code == 303
        assert said in (await robin.get(answer.headers["location"])).text
    sent = await submit(robin, f"{url}/wijzigen?wat=activeren&code={code.id}", codes=",".join(["1"] * 101))
    assert sent.status_code == 400


async def test_a_code_of_another_batch_cannot_be_chosen(application: Any, db: None) -> None:
    robin, route = await desk(application), await make_route("co", 1)
    batch, other = await make_batch(None, route), await make_code(await make_batch(None, route))
    url = f"/beheer/batches/{batch.id}/wijzigen?wat=deactiveren&code={other.id}"
    assert (await robin.get(url)).status_code == 404


async def test_the_page_says_what_was_changed_and_offers_what_there_is(application: Any, db: None) -> None:
    robin, batch = await desk(application), await make_batch(None, await make_route("co", 1))
    await make_code(batch)
    url = f"/beheer/batches/{batch.id}"
    answer = await submit(robin, f"{url}/wijzigen?wat=verlengen", geldig=today().isoformat())
    assert "Er is niets gewijzigd" in (await robin.get(answer.headers["location"])).text
    offered = (await robin.get(url)).text
    assert ("Activeer alle inactieve" in offered, "Deactiveer alle" in offered) == (False, True)
    answer = await submit(robin, f"{url}/wijzigen?wat=deactiveren", reden="Kwijt")
    assert "1 betaalcode is gedeactiveerd." in (await robin.get(answer.headers["location"])).text
    offered = (await robin.get(url)).text
    assert ("Activeer alle inactieve" in offered, "Deactiveer alle" in offered) == (True, False)
    await make_organisation("NWT")
    answer = await submit(robin, f"{url}/wijzigen?wat=koppelen", organisatie="NWT")
    assert "De batch is gekoppeld" in (await robin.get(answer.headers["location"])).text
    assert (await robin.get(f"{url}?gedaan=onzin&codes=x&gekozen=y")).status_code == 200
