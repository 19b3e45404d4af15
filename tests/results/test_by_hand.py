"""An administrator records a result, corrects it, and records the certificate."""

from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient, Response
from lxml import html

from app.results.recording import NewResult, record_results
from app.tables import AuditEvent, Certificate, Enrolment, Outcome, Step, StepResult
from tests.candidates.handmade import administrator, enrol, organisation_of
from tests.clients import post, submit, visitor
from tests.downloads.files import rows_of
from tests.sessions import client_of

PAID, DAY = date(2024, 1, 5), date(2024, 2, 1)


@pytest.fixture
async def jan(db: None) -> int:
    """The enrolment of Jan de Vries at ABC, which kim manages; paid. Beheer is by ada."""
    [jan] = await enrol(await organisation_of("kim", "ABC"))
    await administrator("ada")
    await record(jan, "betaling", Outcome.PASSED, PAID)
    return jan


async def step(slug: str) -> int:
    row = await Step.select(Step.id).where(Step.slug == slug, Step.route.slug == "co").first()
    assert row
    return int(row["id"])


async def record(enrolment: int, slug: str, outcome: Outcome = Outcome.PASSED, day: date = DAY) -> None:
    from app.database import transaction

    async with transaction():
        await record_results([NewResult(enrolment, await step(slug), outcome, day, source="toets")])


async def progress(enrolment: int) -> dict[str, Any]:
    row = await Enrolment.select().where(Enrolment.id == enrolment).first()
    assert row
    return row


def errors(answer: Response) -> str:
    assert answer.status_code == 422
    [found] = html.fromstring(answer.text).xpath("//*[@id='fouten']")
    return str(found.text_content())


async def test_a_result_is_recorded_and_stands_in_the_details(jan: int, application: Any) -> None:
    ada = await client_of(application, "ada")
    page = html.fromstring((await ada.get(f"/deelnames/{jan}")).text)
    assert page.xpath("//a[contains(., 'Uitslag vastleggen')]/@href") == [f"/deelnames/{jan}/uitslagen/nieuw"]
    answer = await submit(ada, f"/deelnames/{jan}/uitslagen/nieuw", uitslag="failed", dag="2024-02-01", plaats="Ede")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/deelnames/{jan}?gedaan=uitslag")
    shown = (await ada.get(answer.headers["location"])).text
    assert "Theorietoets: niet geslaagd" in shown
    assert "De uitslag is vastgelegd." in shown
    fact = await StepResult.select().where(StepResult.outcome == "failed").first()
    assert fact
    assert (fact["place"], fact["source"], fact["day"]) == ("Ede", "handmatig", DAY)
    assert fact["recorded_by"]
    assert (await progress(jan))["progress"] == "ppfo--o"
    event = await AuditEvent.select().where(AuditEvent.action == "record_result").order_by(AuditEvent.id).first()
    assert event


async def test_a_form_that_is_sent_twice_is_one_result(jan: int, application: Any) -> None:
    ada, address = await client_of(application, "ada"), f"/deelnames/{jan}/uitslagen/nieuw"
    found = html.fromstring((await ada.get(address)).text).xpath("//main//form")[0]
    fields = dict(found.form_values()) | {"uitslag": "failed", "dag": "2024-02-01"}
    assert [(await post(ada, address, fields)).status_code for _ in range(2)] == [303, 303]
    assert await StepResult.count().where(StepResult.outcome == "failed") == 1


async def test_what_is_out_of_order_is_said_and_nothing_typed_is_lost(jan: int, application: Any) -> None:
    ada = await client_of(application, "ada")
    told = {"stap": str(await step("praktijkexamen")), "uitslag": "passed", "dag": "2024-02-01", "plaats": "Ede <b>"}
    answer = await submit(ada, f"/deelnames/{jan}/uitslagen/nieuw", **told)
    assert "Theorietoets is nog niet gehaald." in errors(answer)
    form = html.fromstring(answer.text).xpath("//main//form")[0]
    assert told.items() <= dict(form.form_values()).items()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("stap", "", "Kies een stap"),
        ("stap", "999", "Kies een stap"),
        ("uitslag", "withdrawn", "Kies een uitslag"),
        ("dag", "31-02-2024", "Vul een datum in"),
        ("dag", "", "Vul de dag in"),
        ("plaats", "Ede\x00", "niet te lezen"),
        ("plaats", "x" * 121, "te lang"),
        ("dag", "2199-01-01", "in de toekomst"),
    ],
)
async def test_what_cannot_be_read_is_said(jan: int, application: Any, field: str, typed: str, said: str) -> None:
    ada = await client_of(application, "ada")
    answer = await submit(
        ada, f"/deelnames/{jan}/uitslagen/nieuw", **{"uitslag": "passed", "dag": "2024-02-01"} | {field: typed}
    )
    assert said in errors(answer)


async def test_a_post_without_fields_is_shown_again(jan: int, application: Any) -> None:
    ada = await client_of(application, "ada")
    token = html.fromstring((await ada.get(f"/deelnames/{jan}")).text).xpath("//input[@name='_csrf']/@value")[0]
    for address in ("nieuw", "1/corrigeren", "bewijs"):
        answer = await post(ada, f"/deelnames/{jan}/uitslagen/{address}", {"_csrf": token})
        assert answer.status_code == 422, address


async def test_only_administrators_record(jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    page = (await kim.get(f"/deelnames/{jan}")).text
    assert "/uitslagen/" not in page
    for address in ("nieuw", "1/corrigeren", "bewijs"):
        assert (await kim.get(f"/deelnames/{jan}/uitslagen/{address}")).status_code == 403
        async with visitor(application) as nobody:
            assert (await nobody.get(f"/deelnames/{jan}/uitslagen/{address}")).status_code == 303


async def test_who_opens_a_form_is_on_record_as_in_the_details(jan: int, application: Any) -> None:
    ada = await client_of(application, "ada")
    for seen, address in enumerate(("nieuw", "1/corrigeren", "bewijs"), start=1):
        assert (await ada.get(f"/deelnames/{jan}/uitslagen/{address}")).status_code == 200
        events = await AuditEvent.select().where(AuditEvent.action == "view", AuditEvent.object_id == jan)
        assert len(events) == seen, address
        assert {each["actor"] is not None and each["organisation"] is not None for each in events} == {True}


async def test_what_is_not_there_is_not_found(jan: int, application: Any) -> None:
    ada = await client_of(application, "ada")
    [other] = await enrol(None, [("Piet", "", "Smit")])
    for address in (f"{other}/uitslagen/1/corrigeren", f"{jan}/uitslagen/99/corrigeren", "99/uitslagen/nieuw"):
        assert (await ada.get(f"/deelnames/{address}")).status_code == 404, address


# Corrections


async def correct(ada: AsyncClient, jan: int, fact: int, **values: str) -> Response:
    return await submit(ada, f"/deelnames/{jan}/uitslagen/{fact}/corrigeren", **values)


async def test_a_correction_shows_both_and_why(jan: int, application: Any) -> None:
    await record(jan, "theorietoets", Outcome.FAILED)
    ada = await client_of(application, "ada")
    [link] = html.fromstring((await ada.get(f"/deelnames/{jan}")).text).xpath("//a[contains(@href, '/2/corrigeren')]")
    assert link.text_content() == "Corrigeren: Theorietoets: niet geslaagd"
    answer = await correct(ada, jan, 2, uitslag="passed", reden="Verwisseld met een naamgenoot")
    assert answer.status_code == 303
    shown = (await ada.get(f"/deelnames/{jan}")).text
    assert "ingetrokken: Verwisseld met een naamgenoot" in shown
    assert "Theorietoets: geslaagd" in shown
    assert f"/deelnames/{jan}/uitslagen/2/corrigeren" not in shown
    assert (await ada.get(f"/deelnames/{jan}/uitslagen/2/corrigeren")).status_code == 404
    assert (await progress(jan))["progress"] == "ppvo--o"


async def test_a_result_may_only_be_taken_away(jan: int, application: Any) -> None:
    await record(jan, "theorietoets", Outcome.FAILED)
    ada = await client_of(application, "ada")
    assert "Vul in waarom" in errors(await correct(ada, jan, 2, uitslag="intrekken"))
    assert (await correct(ada, jan, 2, uitslag="intrekken", reden="Andere kandidaat")).status_code == 303
    assert (await progress(jan))["progress"] == "ppoo--o"
    assert "Theorietoets: uitslag ingetrokken" in (await ada.get(f"/deelnames/{jan}")).text


async def test_what_others_follow_on_is_not_taken_away(jan: int, application: Any) -> None:
    await record(jan, "theorietoets")
    ada = await client_of(application, "ada")
    assert "Hierop volgt Theorietoets" in errors(await correct(ada, jan, 1, uitslag="intrekken", reden="Dubbel"))


# Certificates


@pytest.fixture
async def passed(jan: int) -> int:
    await record(jan, "theorietoets")
    await record(jan, "praktijkexamen", day=date(2024, 3, 1))
    return jan


async def certificate(enrolment: int) -> dict[str, Any]:
    row = await Certificate.select().where(Certificate.enrolment == enrolment).first()
    assert row
    return row


async def test_a_certificate_is_proposed_from_the_route(passed: int, application: Any) -> None:
    ada = await client_of(application, "ada")
    address = f"/deelnames/{passed}/uitslagen/bewijs"
    form = dict(html.fromstring((await ada.get(address)).text).xpath("//main//form")[0].form_values())
    assert (form["behaald_op"], form["geldig_tot"]) == ("2024-03-01", "2029-03-01")
    assert (await submit(ada, address, nummer="CO-1", behaald_op="2024-03-05", crt_op="2024-03-06")).status_code == 303
    row = await certificate(passed)
    assert (row["number"], row["valid_until"], row["crt_registered_on"]) == ("CO-1", date(2029, 3, 5), date(2024, 3, 6))
    assert (await progress(passed))["state"] == "completed"
    assert "in CRT op 06-03-2024" in (await ada.get("/overzicht")).text


async def test_a_certificate_is_corrected_and_leaves_a_trace(passed: int, application: Any) -> None:
    ada, address = await client_of(application, "ada"), f"/deelnames/{passed}/uitslagen/bewijs"
    await submit(ada, address, nummer="CO-1")
    assert "Wijzig bewijs" in (await ada.get(f"/deelnames/{passed}")).text
    assert (await submit(ada, address, geldig_tot="", vakpaspoort_op="2024-03-09")).status_code == 303
    row = await certificate(passed)
    assert (row["valid_until"], row["skills_passport_on"]) == (None, date(2024, 3, 9))
    event = await AuditEvent.select().where(AuditEvent.action == "correct_certificate").first()
    assert event
    assert "valid_until skills_passport_on" in str(event["details"])
    assert "Vakpaspoort op 09-03-2024" in (await ada.get("/overzicht")).text


async def test_the_days_of_both_registers_stand_in_the_details_the_list_and_the_workbook(
    passed: int, application: Any
) -> None:
    ada, kim = await client_of(application, "ada"), await client_of(application, "kim")
    days = {"crt_op": "2024-03-06", "vakpaspoort_op": "2024-03-09"}
    await submit(ada, f"/deelnames/{passed}/uitslagen/bewijs", nummer="CO-1", **days)
    details = html.fromstring((await kim.get(f"/deelnames/{passed}")).text).text_content()
    assert "in het Centraal Register Techniek op 06-03-2024" in details
    assert "in het Vakpaspoort op 09-03-2024" in details
    [tip] = html.fromstring((await kim.get("/overzicht")).text).xpath("//tbody//*[@data-stap='bewijs']/span")
    assert "in CRT op 06-03-2024" in tip.text_content()
    assert "in Vakpaspoort op 09-03-2024" in tip.text_content()
    [row] = rows_of((await kim.get("/overzicht.xlsx")).content)
    assert (row["CRT op"], row["Vakpaspoort op"]) == (date(2024, 3, 6), date(2024, 3, 9))


async def test_a_certificate_before_the_last_test_is_refused(jan: int, application: Any) -> None:
    ada = await client_of(application, "ada")
    answer = await submit(ada, f"/deelnames/{jan}/uitslagen/bewijs", nummer="CO-1", behaald_op="2024-03-01")
    assert "Theorietoets is nog niet gehaald." in errors(answer)
    assert await Certificate.count() == 0


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("nummer", "", "Vul het nummer in"),
        ("nummer", "TAKEN", "al van een ander bewijs"),
        ("behaald_op", "2024-02-28", "pas gehaald"),
        ("geldig_tot", "2024-03-01", "langer geldig"),
        ("crt_op", "2024-02-28", "vóór de dag"),
        ("vakpaspoort_op", "2199-01-01", "in de toekomst"),
    ],
)
@pytest.mark.parametrize("is_new", [True, False])
async def test_a_certificate_that_cannot_be_is_refused(
    passed: int, application: Any, field: str, typed: str, said: str, is_new: bool
) -> None:
    [other] = await enrol(None, [("Piet", "", "Smit")])
    await Certificate.insert(Certificate(enrolment=other, number="TAKEN", issued_on=DAY))
    if not is_new:
        await Certificate.insert(Certificate(enrolment=passed, number="OWN", issued_on=date(2024, 3, 2)))
    ada = await client_of(application, "ada")
    answer = await submit(
        ada, f"/deelnames/{passed}/uitslagen/bewijs", **{"nummer": "CO-1", "behaald_op": "2024-03-01"} | {field: typed}
    )
    assert said in errors(answer)
    assert await Certificate.count() == (1 if is_new else 2)
