"""Unlink: asked first, settled once, and the numbers follow."""

import asyncio
from typing import Any

from app.tables import AuditEvent, Candidate, Enrolment, Organisation, Unlinking
from tests.candidates.clicks import FRAGMENT, send, unlink
from tests.candidates.handmade import enrol, linked_to, organisation_of
from tests.candidates.screen import read
from tests.clients import post, visitor
from tests.sessions import client_of


async def test_it_asks_first_naming_whom_which_route_and_what_it_means(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    answer = await kim.get(f"/deelnames/{jan}/ontkoppelen?route=co")
    for said in ("Jan de Vries", "Vakmanschap CO", "Organisatie ABC", "30 dagen", "/overzicht?route=co"):
        assert said in answer.text
    assert answer.text.startswith("<!doctype html>")
    assert "data-hx-post" not in answer.text
    assert await linked_to(jan) is not None


async def test_the_question_fits_in_a_dialog(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    answer = await kim.get(f"/deelnames/{jan}/ontkoppelen?status=lopend", headers=FRAGMENT)
    assert answer.text.startswith("<h2")
    assert f'data-hx-post="/deelnames/{jan}/ontkoppelen?status=lopend"' in answer.text


async def test_without_javascript_it_ends_on_the_list_of_unlinked(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    answer = await unlink(kim, jan)
    assert (answer.status_code, answer.headers["location"]) == (303, "/ontkoppeld?gedaan=ontkoppeld")
    assert "De kandidaat is ontkoppeld." in (await kim.get(answer.headers["location"])).text
    assert await linked_to(jan) is None


async def test_what_was_linked_is_kept_and_who_did_it_is_written_down(jan: int, application: Any) -> None:
    before = await Enrolment.select().where(Enrolment.id == jan).first()
    await unlink(await client_of(application, "kim"), jan)
    [kept] = await Unlinking.select()
    assert before
    assert [kept[each] for each in ("enrolment", "organisation", "link_source", "linked_at")] == [
        before[each] for each in ("id", "organisation", "link_source", "linked_at")
    ]
    [event] = await AuditEvent.select().where(AuditEvent.action == "unlink")
    assert (event["object_id"], event["organisation"], event["actor"]) == (
        jan,
        before["organisation"],
        kept["unlinked_by"],
    )


async def test_a_fragment_has_the_rest_the_numbers_and_a_way_back(demo: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    before = read(await anna.get("/overzicht?route=co"))
    gone = before.ids[3]
    answer = await unlink(anna, gone, "?route=co", **FRAGMENT)
    after = read(answer)
    assert answer.status_code == 200
    assert gone not in after.ids
    assert (after.total, after.tiles["Alle"]) == (before.total - 1, before.tiles["Alle"] - 1)
    assert after.tabs["Alle routes"] == before.tabs["Alle routes"] - 1
    assert sum(after.heads["aanmelding"].values()) == sum(before.heads["aanmelding"].values()) - 1
    assert f"/deelnames/{gone}/herstellen?route=co" in answer.text
    assert "is ontkoppeld." in answer.text


async def test_the_last_row_of_a_last_page_leaves_the_page_before(db: None, application: Any) -> None:
    ids = await enrol(await organisation_of("kim", "ABC"), [("A", "", f"N{place:02}") for place in range(26)])
    kim = await client_of(application, "kim")
    seen = read(await unlink(kim, ids[-1], "?pagina=2", **FRAGMENT))
    assert seen.count_line == "25 resultaten - Toon 1 - 25"


async def test_other_enrolments_go_along_when_chosen(db: None, application: Any) -> None:
    organisation = await organisation_of("kim", "ABC")
    [first] = await enrol(organisation)
    row = await Enrolment.select(Enrolment.candidate).where(Enrolment.id == first).first()
    assert row
    [second] = await enrol(organisation, route="warmtepomp", candidate=row["candidate"])
    [third] = await enrol(organisation, route="zonnestroom", candidate=row["candidate"])
    kim = await client_of(application, "kim")
    question = await kim.get(f"/deelnames/{first}/ontkoppelen")
    assert f'value="{second}"' in question.text
    assert f'value="{third}"' in question.text
    answer = await send(kim, f"/deelnames/{first}/ontkoppelen", third, **FRAGMENT)
    assert read(answer).ids == [second]
    assert "Jan de Vries (Vakmanschap CO, Vakmanschap Zonnestroom) is ontkoppeld." in answer.text


async def test_of_what_is_chosen_all_must_be_ours_or_nothing_happens(jan: int, application: Any) -> None:
    [foreign] = await enrol(await organisation_of("els", "DEF"))
    kim = await client_of(application, "kim")
    answer = await send(kim, f"/deelnames/{jan}/ontkoppelen", foreign)
    assert answer.status_code == 404
    assert await linked_to(jan) is not None
    assert await linked_to(foreign) is not None
    assert not await Unlinking.exists()


async def test_twice_is_harmless_and_answers_the_same(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    answers = [await send(kim, f"/deelnames/{jan}/ontkoppelen", **FRAGMENT) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("Jan de Vries is ontkoppeld." in answer.text for answer in answers)
    assert await Unlinking.count() == 1
    assert await AuditEvent.count().where(AuditEvent.action == "unlink") == 1


async def test_twenty_at_once_unlink_once(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    question = await kim.get(f"/deelnames/{jan}/ontkoppelen")
    token = question.text.split('name="_csrf" value="')[1].split('"')[0]
    url = f"/deelnames/{jan}/ontkoppelen"
    answers = await asyncio.gather(*(post(kim, url, {"_csrf": token}, **FRAGMENT) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert await Unlinking.count() == 1
    assert await AuditEvent.count().where(AuditEvent.action == "unlink") == 1
    assert await linked_to(jan) is None


async def test_a_stranger_finds_nothing_and_changes_nothing(jan: int, application: Any) -> None:
    await organisation_of("els", "DEF")
    els = await client_of(application, "els")
    assert (await els.get(f"/deelnames/{jan}/ontkoppelen")).status_code == 404
    assert (await send(els, f"/deelnames/{jan}/ontkoppelen")).status_code == 404
    assert await linked_to(jan) is not None


async def test_a_visitor_is_sent_to_sign_in(jan: int, application: Any) -> None:
    async with visitor(application) as nobody:
        asked = await nobody.get(f"/deelnames/{jan}/ontkoppelen")
        pressed = await post(nobody, f"/deelnames/{jan}/ontkoppelen", {})
    assert asked.headers["location"] == f"/inloggen?volgende=%2Fdeelnames%2F{jan}%2Fontkoppelen"
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/inloggen")
    assert await linked_to(jan) is not None


async def test_an_enrolment_manager_may_not(demo: None, application: Any) -> None:
    dirk = await client_of(application, "dirk.visser")
    nwt = await Organisation.select(Organisation.id).where(Organisation.code == "NWT").first()
    assert nwt
    one = await Enrolment.select(Enrolment.id).where(Enrolment.organisation == nwt["id"]).first()
    assert one
    assert (await send(dirk, f"/deelnames/{one['id']}/ontkoppelen")).status_code == 403
    assert await linked_to(one["id"]) == nwt["id"]


async def test_without_a_token_of_this_session_nothing_happens(jan: int, application: Any) -> None:
    await organisation_of("els", "DEF")
    kim, els = await client_of(application, "kim"), await client_of(application, "els")
    theirs = (await els.get("/ondersteuning")).text.split('name="_csrf" value="')[1].split('"')[0]
    for fields in ({}, {"_csrf": theirs}, {"_csrf": "00"}, {"_csrf": "\x00é"}):
        assert (await post(kim, f"/deelnames/{jan}/ontkoppelen", fields)).status_code == 403
    assert await linked_to(jan) is not None


async def test_results_and_the_person_stay(demo: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    gone = read(await anna.get("/overzicht?status=afgerond")).ids[0]
    before = await Enrolment.select().where(Enrolment.id == gone).first()
    people = await Candidate.count()
    await unlink(anna, gone)
    after = await Enrolment.select().where(Enrolment.id == gone).first()
    assert before
    assert after
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"organisation", "link_source", "linked_at", "linked_by", "changed_at"}
    assert await Candidate.count() == people
