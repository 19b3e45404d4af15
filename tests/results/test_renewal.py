"""A certificate is renewed by a second enrolment, from its start to the new certificate."""

from datetime import date, timedelta
from typing import Any

import pytest
from lxml import html

from app.clock import today
from app.database import transaction
from app.results.certificates import NewCertificate, record_certificates
from app.results.recording import NewResult, Recorded, record_results
from app.results.rederive import rederive
from app.tables import AuditEvent, Certificate, Enrolment, Kind, Mail, Organisation, Outcome, State, Step
from tests.candidates.handmade import administrator, enrol, organisation_of
from tests.clients import submit
from tests.sessions import client_of


@pytest.fixture
async def jan(db: None) -> int:
    """Jan de Vries at ABC, which kim manages, with a certificate on CO that has expired. Beheer is by ada."""
    [jan] = await enrol(await organisation_of("kim", "ABC"))
    await administrator("ada")
    expired = today() - timedelta(days=3)
    await Certificate.insert(Certificate(enrolment=jan, number="CO-1", issued_on=date(2020, 1, 1), valid_until=expired))
    async with transaction():
        await rederive([jan])
    return jan


async def row(enrolment: int) -> dict[str, Any]:
    found = await Enrolment.select().where(Enrolment.id == enrolment).first()
    assert found
    return found


async def passed(renewal: int, slug: str) -> None:
    step = await Step.select(Step.id).where(Step.slug == slug, Step.route.slug == "co").first()
    assert step
    async with transaction():
        [answer] = await record_results([NewResult(renewal, step["id"], Outcome.PASSED, today(), source="toets")])
    assert isinstance(answer, Recorded), answer


def status(page: str) -> str:
    return str(html.fromstring(page).xpath("//main//p/span[contains(@class, 'status')]")[0].text_content())


async def test_a_renewal_ends_verlopen_and_renews_at_its_certificate(jan: int, application: Any) -> None:
    ada, kim = await client_of(application, "ada"), await client_of(application, "kim")
    assert status((await kim.get(f"/deelnames/{jan}")).text) == "Verlopen"
    answer = await submit(ada, f"/deelnames/{jan}/verlengen")
    assert answer.status_code == 303
    renewal = int(answer.headers["location"].split("/")[2].split("?")[0])
    new = await row(renewal)
    assert (new["kind"], new["renews"], new["link_source"]) == ("renewal", jan, "administrator")
    assert (new["organisation"], new["progress"]) == ((await row(jan))["organisation"], "po--ooo")
    assert (await row(jan))["state"] == State.RENEWING
    assert status((await kim.get(f"/deelnames/{jan}")).text) == "Lopend"
    assert [each["template"] for each in await Mail.select()] == ["enrolled"]
    for slug in ("betaling", "theoriemodule", "theorie-examen"):
        await passed(renewal, slug)
    async with transaction():
        await record_certificates([NewCertificate(renewal, "CO-2", today(), follows_route=True)])
    assert (await row(jan))["state"] == State.RENEWED
    assert status((await kim.get(f"/deelnames/{jan}")).text) == "Afgerond"
    assert (await row(renewal))["progress"] == "pp--ppv"


async def test_old_and_new_lead_to_each_other_and_there_is_one_renewal(jan: int, application: Any) -> None:
    ada = await client_of(application, "ada")
    assert f"/deelnames/{jan}/verlengen" in (await ada.get(f"/deelnames/{jan}")).text
    first = await submit(ada, f"/deelnames/{jan}/verlengen")
    assert (await submit(ada, f"/deelnames/{jan}/verlengen")).headers["location"] == first.headers["location"]
    assert await Enrolment.count() == 2
    old, new = (await ada.get(f"/deelnames/{jan}")).text, (await ada.get(first.headers["location"])).text
    assert f"/deelnames/{jan}/verlengen" not in old
    assert "Wordt verlengd met" in old
    assert "De verlenging is gestart." in new
    assert f'Verlengt <a href="/deelnames/{jan}">' in new


async def test_what_cannot_be_linked_or_paid_is_said(jan: int, application: Any) -> None:
    await Organisation.update({Organisation.active: False}, force=True)
    ada = await client_of(application, "ada")
    refused = await submit(ada, f"/deelnames/{jan}/verlengen")
    assert refused.status_code == 422
    assert "niet meer actief" in refused.text
    form = "//main//form[@method='post']"
    page = html.fromstring((await ada.get(f"/deelnames/{jan}/verlengen")).text).xpath(form)[0]
    fields = {name: value for name, value in page.form_values() if name != "koppel"}
    wrong = await ada.post(
        f"/deelnames/{jan}/verlengen", data=fields | {"betaalcode": "AAAA"}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert wrong.status_code == 422
    assert "Deze betaalcode kan" in wrong.text
    assert await Enrolment.count() == 1


async def test_an_open_renewal_of_another_certificate_is_said(jan: int, application: Any) -> None:
    ada = await client_of(application, "ada")
    other = {"id": jan + 1, "number": "AAAA2222", "kind": Kind.RENEWAL, "state": State.RUNNING, "valid_until": None}
    await Enrolment.insert(Enrolment(**(await row(jan)) | other))
    refused = await submit(ada, f"/deelnames/{jan}/verlengen")
    assert refused.status_code == 422
    assert "al aangemeld" in refused.text
    assert await Enrolment.count() == 2
    assert await AuditEvent.count().where(AuditEvent.action == "view", AuditEvent.object_id == jan) == 2


async def test_only_a_certificate_that_can_be_renewed_is(jan: int, application: Any) -> None:
    ada, kim = await client_of(application, "ada"), await client_of(application, "kim")
    [uncertified] = await enrol(None, [("Piet", "", "Smit")])
    [pump] = await enrol(None, [("Nel", "", "Los")], route="warmtepomp", progress="ppppp")
    await Certificate.insert(Certificate(enrolment=pump, number="WP-1", issued_on=date(2020, 1, 1)))
    for enrolment in (uncertified, pump, 99):
        assert (await ada.get(f"/deelnames/{enrolment}/verlengen")).status_code == 404
    assert (await kim.get(f"/deelnames/{jan}/verlengen")).status_code == 403
    assert "verlengen" not in (await kim.get(f"/deelnames/{jan}")).text
