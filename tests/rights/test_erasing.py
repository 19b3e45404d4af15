"""Erasing a person: who it was is nowhere any more, what is counted is, and nobody undoes it."""

import json
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient
from lxml import html
from piccolo.querystring import QueryString

from app.clock import now
from app.disclosures import Disclosed, keep
from app.mail.outbox import Letter, queue
from app.paycodes.codes import grouped
from app.piccolo_app import APP_CONFIG
from app.piccolo_conf import DB
from app.tables import (
    ApiScope,
    AuditEvent,
    Candidate,
    Certificate,
    DisclosureKind,
    Download,
    Enrolment,
    Import,
    ImportKind,
    ImportRow,
    JobState,
    Mail,
    Paycode,
    Step,
    StepResult,
    Token,
    TokenPurpose,
    User,
)
from app.tokens import mint
from tests.api.world import make_key, system
from tests.candidates.handmade import administrator, enrol, linked_to, organisation_of
from tests.clients import post, submit
from tests.sessions import client_of

NAME = ("Wubbo", "van", "Kanariewijk")
EMAIL = "wubbo.kanarie@example.org"


@pytest.fixture
async def organisation(db: None) -> int:
    await administrator("beheer")
    return await organisation_of("kim", "ABC")


@pytest.fixture
async def wubbo(organisation: int) -> int:
    """Somebody of whom there is something everywhere. Gives the enrolment."""
    [enrolment] = await enrol(organisation, [NAME])
    await Candidate.update(
        {Candidate.email: EMAIL, Candidate.email_key: EMAIL, Candidate.crt_number: "KANARIE-1"}
    ).where(Candidate.given_name == NAME[0])
    await Candidate.update({Candidate.birth_date: date(1981, 2, 3)}).where(Candidate.email == EMAIL)
    step = await Step.select(Step.id).where(Step.slug == "theorietoets").first()
    assert step
    first = StepResult(
        enrolment=enrolment,
        step=step["id"],
        outcome="failed",
        day=date(2026, 1, 5),
        place="Huis van Wubbo",
        source="lab",
        source_id="kanarie-7",
        recorded_at=now(),
    )
    await StepResult.insert(first)
    await StepResult.insert(
        StepResult(
            enrolment=enrolment,
            step=step["id"],
            outcome="withdrawn",
            day=date(2026, 1, 5),
            source="lab",
            withdraws=first.id,
            withdrawal_reason="Wubbo was ziek",
            recorded_at=now(),
        )
    )
    await Certificate.insert(
        Certificate(
            enrolment=enrolment, number="KANARIE-2026-1", issued_on=date(2026, 2, 1), valid_until=date(2031, 2, 1)
        )
    )
    await mint(TokenPurpose.OBJECTION, enrolment=enrolment)
    await queue(Letter.ENROLLED, EMAIL, enrolment=enrolment)
    await queue(Letter.NOTHING_TO_RENEW, "Wubbo.Kanarie@example.org", route=1)
    await upload(enrolment)
    await ready(enrolment, organisation)
    return enrolment


async def upload(enrolment: int) -> None:
    """A file that was taken over, and one that waits, with this person among others."""
    user = await User.select(User.id).where(User.username == "kim").first()
    assert user
    file = Import(kind=ImportKind.ENROLMENTS, user=user["id"], file_name="wie.xlsx", file_hash="x", created_at=now())
    await Import.insert(file)
    for place, (email, taken_over) in enumerate(
        ((EMAIL, enrolment), ("WUBBO.Kanarie@example.org", None), ("an@x.nl", None))
    ):
        values = {"Voornaam": "Wubbo" if place < 2 else "An", "E-mailadres": email}
        await ImportRow.insert(ImportRow(import_=file.id, row=place, values=json.dumps(values), enrolment=taken_over))


async def ready(enrolment: int, organisation: int) -> None:
    user = await User.select(User.id).where(User.username == "kim").first()
    assert user
    for own in (True, False):
        download = Download(
            user=user["id"],
            kind="kandidaten",
            file_name="x",
            rows=1,
            created_at=now(),
            state=JobState.READY,
            expires_at=now(),
        )
        await Download.insert(download)
        disclosed = Disclosed((await owner()).access)
        disclosed.add(enrolment if own else enrolment + 1, organisation)
        await keep(DisclosureKind.CANDIDATES, disclosed.parts, download.id)


async def owner() -> Any:
    from app.downloads.owner import load_owner

    user = await User.select(User.id).where(User.username == "kim").first()
    assert user
    return await load_owner(user["id"])


async def everything() -> str:
    """All that stands in any table, but for what only hashes."""
    found = []
    for table in APP_CONFIG.table_classes:
        name = table._meta.tablename
        found += [str(row) for row in await DB.run_querystring(QueryString(f'SELECT * FROM "{name}"'))]
    return "\n".join(found).casefold()


async def erase(client: AsyncClient, address: str) -> Any:
    return await submit(client, f"{address}/wissen", zeker="1")


async def candidate_of(enrolment: int) -> int:
    row = await Enrolment.select(Enrolment.candidate).where(Enrolment.id == enrolment).first()
    assert row
    return int(row["candidate"])


async def test_nothing_anywhere_says_who_it_was(wubbo: int, application: Any) -> None:
    before = await everything()
    assert all(word in before for word in ("wubbo", "kanarie", "1981"))
    client = await client_of(application, "beheer")
    answer = await erase(client, f"/beheer/kandidaten/{await candidate_of(wubbo)}")
    assert answer.status_code == 303
    after = await everything()
    for word in ("wubbo", "kanarie", "1981", "ziek"):
        assert word not in after
    assert "an@x.nl" in after


async def test_what_is_counted_stays(wubbo: int, organisation: int, application: Any) -> None:
    before = await Enrolment.select(Enrolment.state, Enrolment.progress).where(Enrolment.id == wubbo).first()
    await erase(await client_of(application, "beheer"), f"/beheer/kandidaten/{await candidate_of(wubbo)}")
    assert await Enrolment.select(Enrolment.state, Enrolment.progress).where(Enrolment.id == wubbo).first() == before
    assert await StepResult.select(StepResult.outcome, StepResult.day, StepResult.withdrawal_reason).order_by(
        StepResult.id
    ) == [
        {"outcome": "failed", "day": date(2026, 1, 5), "withdrawal_reason": ""},
        {"outcome": "withdrawn", "day": date(2026, 1, 5), "withdrawal_reason": "gewist"},
    ]
    certificate = await Certificate.select(Certificate.issued_on, Certificate.valid_until).first()
    assert certificate == {"issued_on": date(2026, 2, 1), "valid_until": date(2031, 2, 1)}
    assert await linked_to(wubbo) == organisation
    assert (await Mail.count(), await Token.count(), await Download.count()) == (0, 0, 1)


async def test_the_lists_show_nobody_and_find_the_number(wubbo: int, application: Any) -> None:
    key = await candidate_of(wubbo)
    await erase(await client_of(application, "beheer"), f"/beheer/kandidaten/{key}")
    kim = await client_of(application, "kim")
    row = await Enrolment.select(Enrolment.number, Enrolment.sort_key).where(Enrolment.id == wubbo).first()
    assert row
    page = (await kim.get("/overzicht")).text
    assert ">verwijderde kandidaat<" in page
    assert "verwijderde kandidaat," not in page
    assert ">1 resultaat - Toon 1 - 1<" in (await kim.get(f"/overzicht?trefwoorden={grouped(row['number'])}")).text
    assert ">0 resultaten<" in (await kim.get("/overzicht?trefwoorden=kanariewijk")).text
    assert (await kim.get(f"/deelnames/{wubbo}")).status_code == 200
    beheer = await client_of(application, "beheer")
    assert ">0 resultaten<" in (await beheer.get("/beheer/kandidaten?trefwoorden=kanariewijk")).text
    assert "verwijderde kandidaat" in (await beheer.get(f"/beheer/kandidaten/{key}")).text


async def test_a_system_that_reads_hears_that_it_must_erase_too(
    wubbo: int, organisation: int, application: Any
) -> None:
    since = now().isoformat().replace("+00:00", "Z")
    await erase(await client_of(application, "beheer"), f"/beheer/kandidaten/{await candidate_of(wubbo)}")
    hr = system(application, await make_key(ApiScope.ENROLMENTS_READ, organisation=organisation))
    [item] = (await hr.get(f"/api/v1/enrolments?changed_since={since}")).json()["items"]
    assert (item["given_name"], item["family_name"], item["email"]) == ("", "verwijderde kandidaat", "")
    assert item["certificate"]["number"].startswith("gewist-")


async def test_it_is_on_record_without_the_name(wubbo: int, application: Any) -> None:
    key = await candidate_of(wubbo)
    client = await client_of(application, "beheer")
    await erase(client, f"/beheer/kandidaten/{key}")
    [event] = await AuditEvent.select().where(AuditEvent.action == "erase")
    assert (event["object_type"], event["object_id"]) == ("candidate", key)
    assert json.loads(event["details"]) == {"erased": [wubbo]}
    assert "wiste verwijderde kandidaat" in (await client.get("/beheer/logboek?soort=erase")).text


async def test_it_is_asked_first_and_said_what_goes_and_stays(wubbo: int, application: Any) -> None:
    address = f"/beheer/kandidaten/{await candidate_of(wubbo)}"
    client = await client_of(application, "beheer")
    assert f'href="{address}/wissen"' in (await client.get(address)).text
    page = (await client.get(f"{address}/wissen")).text
    for words in (
        "1 bericht en 1 persoonlijke link",
        "1 deelname met 2 uitslagen",
        "geen wettelijke termijn",
        "afschrift",
    ):
        assert words in page
    assert "Organisatie ABC, ABC volgt de deelname" in page
    answer = await submit(client, f"{address}/wissen")
    assert answer.status_code == 422
    assert "Zet een vinkje" in answer.text
    assert "kanariewijk" in await everything()


async def test_who_was_erased_stays_nobody(wubbo: int, application: Any) -> None:
    """Neither a form that was open, nor another record of the same person, gives a name back."""
    key = await candidate_of(wubbo)
    [other] = await enrol(None, [NAME], route="zonnestroom")
    client, address = await client_of(application, "beheer"), f"/beheer/kandidaten/{key}"
    merging = f"/beheer/kandidaten/{await candidate_of(other)}/samenvoegen/{key}"
    edit, merge = html.fromstring((await client.get(f"{address}/bewerken")).content), await client.get(merging)
    typed = dict(edit.xpath("//main//form")[0].form_values()) | {"voornaam": "Wubbo"}
    agreed = dict(html.fromstring(merge.content).xpath("//main//form[@method='post']")[0].form_values())
    await erase(client, address)
    assert (await post(client, f"{address}/bewerken", typed)).status_code == 404
    assert (await post(client, merging, agreed)).status_code == 404
    assert (await client.get(f"{address}/wissen")).status_code == 404
    row = await Candidate.select(Candidate.family_name, Candidate.given_name).where(Candidate.id == key).first()
    assert row == {"family_name": "verwijderde kandidaat", "given_name": ""}


async def test_the_code_that_was_used_was_used_by_nobody(demo: None, application: Any) -> None:
    own = await Enrolment.select(Enrolment.id).where(Enrolment.organisation.code == "NWT").output(as_list=True)
    used = await Paycode.select(Paycode.code, Paycode.used_by).where(Paycode.used_by.is_in(own)).first()
    assert used
    await erase(await client_of(application, "beheerder"), f"/beheer/kandidaten/{await candidate_of(used['used_by'])}")
    anna = await client_of(application, "anna.smit")
    page = html.fromstring((await anna.get(f"/betaalcodes?trefwoorden={used['code']}")).content)
    [row] = page.xpath("//tbody/tr")
    assert "verwijderde kandidaat" in row.text_content()
    assert "1 resultaat" in page.xpath("string(//*[@id='aantal'])")


async def test_a_fact_forgets_only_of_who_was_erased(wubbo: int) -> None:
    with pytest.raises(Exception, match="tr_step_result_never_changes_but_forgets"):
        await StepResult.update({StepResult.place: "", StepResult.source_id: None}).where(
            StepResult.source_id == "kanarie-7"
        )


# Accounts


async def test_of_an_account_only_its_number_stays(organisation: int, application: Any) -> None:
    client, kim = await client_of(application, "beheer"), await client_of(application, "kim")
    user = await User.select(User.id).where(User.username == "kim").first()
    assert user
    address = f"/beheer/gebruikers/{user['id']}"
    assert (await kim.get("/overzicht")).status_code == 200
    page = (await client.get(f"{address}/wissen")).text
    assert "1 rol, 1 sessie" in page
    assert (await erase(client, address)).headers["location"] == "/beheer/gebruikers?gedaan=gewist"
    assert "kim@example.org" not in await everything()
    assert (await kim.get("/overzicht")).status_code == 303
    assert (await client.get(address)).status_code == 404
    row = await User.select(User.family_name, User.active, User.password_hash).where(User.id == user["id"]).first()
    assert row == {"family_name": "verwijderde gebruiker", "active": False, "password_hash": None}


async def test_nobody_erases_the_own_account_or_the_last_administrator(organisation: int, application: Any) -> None:
    client = await client_of(application, "beheer")
    user = await User.select(User.id).where(User.username == "beheer").first()
    assert user
    answer = await submit(client, f"/beheer/gebruikers/{user['id']}/wissen", zeker="1")
    assert answer.status_code == 422
    assert "uw eigen account niet wissen" in answer.text
