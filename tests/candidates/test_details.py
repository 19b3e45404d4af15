"""Details: least data, every attempt, where the link came from, and back to the same selection."""

from datetime import date
from typing import Any

import pytest
from lxml import html

from app.tables import (
    AuditEvent,
    Candidate,
    Certificate,
    Enrolment,
    LinkSource,
    Organisation,
    Paycode,
    StepResult,
    User,
)
from tests.candidates.by_hand import read_world
from tests.candidates.handmade import administrator, enrol, organisation_of
from tests.candidates.screen import read, text
from tests.clients import visitor
from tests.sessions import client_of


async def one_of_nwt(**wanted: Any) -> dict[str, Any]:
    """An enrolment of NWT of which these columns have these values."""
    nwt = await Organisation.select(Organisation.id).where(Organisation.code == "NWT").first()
    assert nwt
    conditions = [getattr(Enrolment, name) == value for name, value in wanted.items()]
    row = (
        await Enrolment.select().where(Enrolment.organisation == nwt["id"], *conditions).order_by(Enrolment.id).first()
    )
    assert row, f"the demo world has none with {wanted}"
    return dict(row)


def facts(page: str) -> dict[str, str]:
    document = html.fromstring(page)
    return {text(term): text(term.getnext()) for term in document.xpath("//dl[contains(@class, 'facts')]//dt")}


async def test_it_tells_the_person_the_route_and_the_link(demo_readonly: None, application: Any) -> None:
    row = await one_of_nwt(state="completed", link_source=LinkSource.WEBSITE)
    anna = await client_of(application, "anna.smit")
    told = facts((await anna.get(f"/deelnames/{row['id']}")).text)
    assert told["Aanmeldnummer"] == f"{row['number'][:4]}-{row['number'][4:]}"
    assert told["Organisatie"] == "Noorderwind Warmtetechniek (demo), NWT"
    assert told["Gekoppeld"] == "met de organisatiecode, bij de aanmelding op de website"
    assert {"Naam", "E-mailadres", "Profiel", "Vakmanschapsroute", "Gekoppeld op", "Geldig tot"} <= set(told)


async def test_birth_date_and_register_number_stay_out(demo: None, application: Any) -> None:
    row = await one_of_nwt(state="completed")
    await Candidate.update({Candidate.birth_date: date(1987, 6, 5), Candidate.crt_number: "CRT-987654"}).where(
        Candidate.id == row["candidate"]
    )
    anna = await client_of(application, "anna.smit")
    page = (await anna.get(f"/deelnames/{row['id']}")).text
    assert not [secret for secret in ("05-06-1987", "1987", "CRT-987654") if secret in page]


async def test_every_attempt_stands_on_the_timeline_in_order(demo_readonly: None, application: Any) -> None:
    row = await one_of_nwt(state="resit")
    results = await StepResult.select().where(StepResult.enrolment == row["id"])
    codes = await Paycode.count().where(Paycode.used_by == row["id"])
    anna = await client_of(application, "anna.smit")
    page = html.fromstring((await anna.get(f"/deelnames/{row['id']}")).text)
    days = [text(each) for each in page.xpath("//ol[@class='timeline']//*[@class='when']")]
    assert len(days) == 1 + len(results) + codes
    assert days == sorted(days, key=lambda day: day[6:] + day[3:5] + day[:2])
    assert "niet geslaagd" in text(page.xpath("//ol[@class='timeline']")[0])


async def test_a_withdrawn_result_says_so_and_why(demo: None, application: Any) -> None:
    row = await one_of_nwt(state="resit")
    wrong = await StepResult.select().where(StepResult.enrolment == row["id"], StepResult.outcome == "failed").first()
    assert wrong
    await StepResult.insert(
        StepResult(
            **{name: wrong[name] for name in ("enrolment", "step", "attempt", "day", "source", "recorded_at")},
            outcome="passed",
            withdraws=wrong["id"],
            withdrawal_reason="verkeerde kandidaat",
        )
    )
    anna = await client_of(application, "anna.smit")
    assert "ingetrokken: verkeerde kandidaat" in (await anna.get(f"/deelnames/{row['id']}")).text


async def test_the_certificate_is_told_with_its_validity(demo_readonly: None, application: Any) -> None:
    row = await one_of_nwt(state="completed")
    certificate = await Certificate.select().where(Certificate.enrolment == row["id"]).first()
    anna = await client_of(application, "anna.smit")
    told = facts((await anna.get(f"/deelnames/{row['id']}")).text)
    assert certificate
    assert told["Nummer"] == certificate["number"]
    assert told["Behaald op"] == f"{certificate['issued_on']:%d-%m-%Y}"
    until = certificate["valid_until"]
    assert told["Geldig tot"] == (f"{until:%d-%m-%Y}" if until else "Zonder einddatum")


async def test_a_link_by_paycode_names_the_batch_and_the_code_that_was_used(
    demo_readonly: None, application: Any
) -> None:
    row = await one_of_nwt(link_source=LinkSource.PAYCODE)
    code = await Paycode.select(Paycode.code, Paycode.batch.number).where(Paycode.used_by == row["id"]).first()
    anna = await client_of(application, "anna.smit")
    page = (await anna.get(f"/deelnames/{row['id']}")).text
    assert code
    assert f"#{code['batch.number']}" in facts(page)["Gekoppeld"]
    assert "-".join(code["code"][place : place + 4] for place in range(0, 16, 4)) in page


async def test_a_paycode_of_another_organisation_is_not_told(demo: None, application: Any) -> None:
    zpi = await Organisation.select(Organisation.id).where(Organisation.code == "ZPI").first()
    used = await Paycode.select(Paycode.code, Paycode.used_by).where(Paycode.used_by.is_not_null()).first()
    assert zpi
    assert used
    await Enrolment.update({Enrolment.organisation: zpi["id"]}).where(Enrolment.id == used["used_by"])
    carla = await client_of(application, "carla.jansen")
    page = await carla.get(f"/deelnames/{used['used_by']}")
    assert page.status_code == 200
    assert used["code"][:4] + "-" not in page.text


async def test_back_leads_to_the_same_selection_and_neighbours_stay_in_it(
    demo_readonly: None, application: Any
) -> None:
    selection = {"route": "co", "status": "lopend", "sorteer": "-aangemeld"}
    query = "route=co&status=lopend&sorteer=-aangemeld"
    ids = [each.id for each in (await read_world(["NWT"])).found(selection)]
    anna = await client_of(application, "anna.smit")
    walked = [ids[0]]
    while next_one := _link(await anna.get(f"/deelnames/{walked[-1]}?{query}"), "next"):
        walked.append(int(next_one.split("?")[0].rsplit("/", 1)[1]))
        assert next_one.endswith(f"?{query}")
    assert walked == ids
    last = await anna.get(f"/deelnames/{ids[-1]}?{query}")
    assert _link(last, "prev") == f"/deelnames/{ids[-2]}?{query}"
    assert f'href="/overzicht?{query.replace("&", "&amp;")}"' in last.text


def _link(answer: Any, rel: str) -> str:
    found = html.fromstring(answer.text).xpath(f"//a[@rel='{rel}']/@href")
    return found[0] if found else ""


@pytest.mark.parametrize("sort", ["naam", "-naam", "aangemeld", "-gewijzigd"])
async def test_neighbours_with_the_same_name_are_each_met_once(db: None, application: Any, sort: str) -> None:
    ids = await enrol(await organisation_of("kim", "ABC"), [("Jan", "de", "Vries")] * 5)
    kim = await client_of(application, "kim")
    walked = [read(await kim.get(f"/overzicht?sorteer={sort}")).ids[0]]
    while following := _link(await kim.get(f"/deelnames/{walked[-1]}?sorteer={sort}"), "next"):
        walked.append(int(following.split("?")[0].rsplit("/", 1)[1]))
    assert sorted(walked) == ids


async def test_neighbours_are_never_of_another_organisation(db: None, application: Any) -> None:
    [jan] = await enrol(await organisation_of("kim", "ABC"))
    await enrol(await organisation_of("els", "DEF"), [("Aad", "", "Aa"), ("Zus", "", "Zz")])
    kim = await client_of(application, "kim")
    page = await kim.get(f"/deelnames/{jan}")
    assert (_link(page, "prev"), _link(page, "next")) == ("", "")


async def test_looking_is_written_down_without_a_name(demo: None, application: Any) -> None:
    row = await one_of_nwt()
    anna = await client_of(application, "anna.smit")
    await anna.get(f"/deelnames/{row['id']}")
    who = await User.select(User.id).where(User.username == "anna.smit").first()
    [event] = await AuditEvent.select().where(AuditEvent.action == "view", AuditEvent.object_id == row["id"])
    assert who
    assert (event["actor"], event["organisation"]) == (who["id"], row["organisation"])
    assert row["family_name"] not in str(event)


async def test_an_administrator_sees_who_is_linked_nowhere(db: None, application: Any) -> None:
    await organisation_of("kim", "ABC")
    [jan] = await enrol(None)
    await administrator("beheer")
    page = await (await client_of(application, "beheer")).get(f"/deelnames/{jan}")
    assert page.status_code == 200
    assert "Ontkoppel kandidaat" not in page.text


async def test_as_a_fragment_it_is_the_content_only(demo_readonly: None, application: Any) -> None:
    row = await one_of_nwt()
    anna = await client_of(application, "anna.smit")
    answer = await anna.get(f"/deelnames/{row['id']}", headers={"HX-Request": "true"})
    assert answer.text.startswith("<title>")
    assert "<html" not in answer.text


async def test_a_stranger_finds_nothing(demo_readonly: None, application: Any) -> None:
    row = await one_of_nwt()
    for username in ("carla.jansen", "eva.bakker", "niels.los"):
        assert (await (await client_of(application, username)).get(f"/deelnames/{row['id']}")).status_code == 404


async def test_an_enrolment_manager_may_not_look(demo_readonly: None, application: Any) -> None:
    row = await one_of_nwt()
    assert (await (await client_of(application, "dirk.visser")).get(f"/deelnames/{row['id']}")).status_code == 403


async def test_a_visitor_is_sent_to_sign_in_and_back(demo_readonly: None, application: Any) -> None:
    answer = await visitor(application).get("/deelnames/1?status=lopend")
    assert answer.headers["location"] == "/inloggen?volgende=%2Fdeelnames%2F1%3Fstatus%3Dlopend"
