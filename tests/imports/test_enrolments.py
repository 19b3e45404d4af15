"""Candidates come in by file: checked, shown, confirmed, enrolled, told by mail."""

import json
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from tests.imports.files import ENROLMENTS, as_csv, as_xlsx, confirmed, faults, said, settled, upload, uploaded
from tests.imports.people import people, person
from tests.sessions import client_of


@pytest.fixture
async def dirk(demo: None, application: Any) -> AsyncClient:
    """Who enrols for NWT."""
    return await client_of(application, "dirk.visser")


async def organisation(code: str = "NWT") -> int:
    from app.tables import Organisation

    row = await Organisation.select(Organisation.id).where(Organisation.code == code).first()
    assert row
    return int(row["id"])


async def free_codes(count: int) -> None:
    """So many codes of NWT for the route, and no other."""
    from app.clock import now, today
    from app.database import transaction
    from app.paycodes.issuing import NewBatch, issue_batch
    from app.tables import Paycode, Route

    await Paycode.update({Paycode.deactivated_at: now()}).where(Paycode.used_at.is_null())
    route = await Route.select(Route.id).where(Route.slug == "afleverset").first()
    assert route
    until = today() + timedelta(days=30)
    async with transaction():
        await issue_batch(None, NewBatch(count, route["id"], until, organisation=await organisation()), by=None)


async def enrolments() -> list[dict[str, Any]]:
    from app.tables import Enrolment

    columns = (Enrolment.id, Enrolment.organisation, Enrolment.link_source, Enrolment.linked_by, Enrolment.progress)
    return list(await Enrolment.select(*columns).where(Enrolment.search_text.like("%ximena.%")).order_by(Enrolment.id))


async def test_a_file_is_checked_shown_and_taken_over(dirk: AsyncClient) -> None:
    from app.mail.outbox import Letter
    from app.tables import AuditEvent, LinkSource, Mail

    address = await uploaded(dirk, ENROLMENTS, as_xlsx(people(3)), "nieuw.xlsx")
    assert "Alle rijen zijn goed" in said(await settled(dirk, address))
    assert await enrolments() == []
    assert "3 kandidaten overgenomen" in said(await confirmed(dirk, address))
    made = await enrolments()
    assert {(row["organisation"], row["link_source"]) for row in made} == {
        (await organisation(), LinkSource.ENROLMENT_MANAGER.value)
    }
    letters = await Mail.select(Mail.enrolment).where(Mail.template == Letter.ENROLLED.value).output(as_list=True)
    assert sorted(letters) == [row["id"] for row in made]
    events = await AuditEvent.select(AuditEvent.action).where(AuditEvent.actor == made[0]["linked_by"])
    actions = [event["action"] for event in events]
    assert actions.count("enrol") == 3
    assert set(actions) == {"enrol", "import_upload", "import_confirm", "import_take_over", "view_import"}


async def test_who_looks_at_the_rows_is_on_record(dirk: AsyncClient, application: Any) -> None:
    from app.tables import AuditEvent

    async def views() -> list[dict[str, Any]]:
        columns = (AuditEvent.organisation, AuditEvent.details)
        return list(await AuditEvent.select(*columns).where(AuditEvent.action == "view_import"))

    address = await uploaded(dirk, ENROLMENTS, as_csv([*people(51), person(60, Voornaam="")]))
    await dirk.get(ENROLMENTS)
    assert await views() == [], "how far it is tells of nobody"
    await settled(dirk, address)
    await dirk.get(f"{address}?pagina=2")
    await dirk.get(f"{address}?toon=fouten")
    assert {view["organisation"] for view in await views()} == {await organisation()}
    assert [json.loads(view["details"])["rows"] for view in await views()] == [50, 2, 1]
    log = await (await client_of(application, "beheerder")).get("/beheer/logboek")
    assert "bekeek rijen van bestand bestand.csv" in " ".join(log.text.split())


async def test_every_row_says_what_is_wrong_with_it(dirk: AsyncClient) -> None:
    rows = [
        person(1, Aanhef="Dr.", Voornaam="", E_mailadres="geen adres", Geboortedatum="31-02-1990"),
        person(2, Route="Vakmanschap Onzin"),
        person(3, Profiel="Dakdekker"),
        person(4, Profiel=""),
        person(5, Betaalcode="ABCD-ABCD-ABCD-ABCD"),
        person(6),
        person(6, Aanhef="Neutraal"),
    ]
    told = faults(await settled(dirk, await uploaded(dirk, ENROLMENTS, as_csv(rows))))
    assert all(words in told[2] for words in ("Kies een aanhef", "voornaam", "geldig e-mailadres", "geboortedatum"))
    assert told[3] == "Deze vakmanschapsroute is er niet, of is gesloten voor aanmelding."
    assert told[4] == "Dit profiel hoort niet bij deze vakmanschapsroute."
    assert told[5].startswith("Vul een profiel")
    assert "betaalcode kan voor deze aanmelding niet" in told[6]
    assert told[8] == "Hetzelfde staat al in rij 7."
    assert 7 not in told


async def test_the_same_file_again_makes_no_doubles(dirk: AsyncClient) -> None:
    content = as_csv(people(3))
    await settled(dirk, first := await uploaded(dirk, ENROLMENTS, content))
    await confirmed(dirk, first)
    page = await settled(dirk, await uploaded(dirk, ENROLMENTS, content))
    assert "Dit bestand is al eerder overgenomen" in said(page)
    assert "3 rijen hebben een fout" in said(page)
    assert all("al aangemeld" in words for words in faults(page).values())
    assert len(await enrolments()) == 3


async def test_who_the_organisation_knows_is_remarked_on_and_nobody_else(dirk: AsyncClient) -> None:
    from app.tables import Enrolment

    await settled(dirk, first := await uploaded(dirk, ENROLMENTS, as_csv(people(2))))
    await confirmed(dirk, first)
    elsewhere = (await enrolments())[1]["id"]
    await Enrolment.update({Enrolment.organisation: await organisation("ZPI")}).where(Enrolment.id == elsewhere)
    rows = [person(number, Route="zonnestroom", Profiel="monteur zonnestroom") for number in (1, 2)]
    page = await settled(dirk, await uploaded(dirk, ENROLMENTS, as_csv(rows)))
    assert faults(page) == {2: "Al bekend bij uw organisatie."}


async def test_free_codes_are_assigned_as_far_as_they_go(dirk: AsyncClient) -> None:
    from app.tables import Paycode

    await free_codes(2)
    address = await uploaded(dirk, ENROLMENTS, as_csv(people(3)), betaalcodes="1")
    page = await settled(dirk, address)
    told = faults(page)
    assert "geen vrije betaalcode" in told.pop(4)
    assert set(told.values()) == {"Krijgt een vrije betaalcode."}
    assert "2 kandidaten overgenomen" in said(await confirmed(dirk, address))
    made = {row["id"] for row in await enrolments()}
    paid = await Paycode.select(Paycode.used_by).where(Paycode.used_by.is_in(list(made))).output(as_list=True)
    assert set(paid) == made
    assert all(row["progress"][1] == "p" for row in await enrolments())


async def test_a_named_code_pays_and_is_nobody_elses(dirk: AsyncClient) -> None:
    from app.tables import Paycode

    await free_codes(2)
    code = await Paycode.select(Paycode.code).order_by(Paycode.id, ascending=False).first()
    assert code
    rows = [person(1), person(2, Betaalcode=code["code"].lower()), person(3, Betaalcode=code["code"])]
    address = await uploaded(dirk, ENROLMENTS, as_csv(rows), betaalcodes="1")
    assert list(faults(await settled(dirk, address)).items())[-1] == (4, "Hetzelfde staat al in rij 3.")
    assert "2 kandidaten overgenomen" in said(await confirmed(dirk, address))
    assert [row["progress"][1] for row in await enrolments()] == ["p", "p"]


async def test_a_mandate_taken_away_meanwhile_stops_it(dirk: AsyncClient) -> None:
    from app.imports.jobs import work_on_imports
    from app.tables import Import, JobState, Mandate, User

    address = await uploaded(dirk, ENROLMENTS, as_csv(people(2)))
    await settled(dirk, address)
    user = await User.select(User.id).where(User.username == "dirk.visser").first()
    assert user
    await Mandate.update({Mandate.organisation: await organisation("ZPI")}).where(Mandate.user == user["id"])
    await Import.update({Import.state: JobState.QUEUED}, force=True)
    await work_on_imports()
    found = await Import.select(Import.state, Import.error).first()
    assert found
    assert (found["state"], found["error"]) == ("failed", "U heeft geen toegang meer, dus er is niets overgenomen.")
    assert await enrolments() == []
    assert (await dirk.get(address)).status_code == 404


async def test_only_for_the_own_organisations(dirk: AsyncClient) -> None:
    answer = await upload(dirk, ENROLMENTS, as_csv(people(1)), organisatie="ZPI")
    assert answer.status_code == 422
    assert "Kies een organisatie." in said(answer)


async def test_nobody_else_sees_it(dirk: AsyncClient, application: Any) -> None:
    from app.clock import now
    from app.tables import Mandate, Role, User

    address = await uploaded(dirk, ENROLMENTS, as_csv(people(1)))
    await settled(dirk, address)
    user = await User.select(User.id).where(User.username == "anna.smit").first()
    assert user
    mandate = Mandate(user=user["id"], role=Role.ENROLMENT_MANAGER, organisation=await organisation(), given_at=now())
    await mandate.save()
    anna = await client_of(application, "anna.smit")
    for path in ("", "/fouten.xlsx"):
        assert (await anna.get(address + path)).status_code == 404
    assert address not in (await anna.get(ENROLMENTS)).text
    assert (await (await client_of(application, "beheerder")).get(address)).status_code == 403


async def test_the_template_offers_what_can_be_chosen(dirk: AsyncClient) -> None:
    from tests.downloads.files import rows_of

    file = await dirk.get(f"{ENROLMENTS}/sjabloon.xlsx")
    choices = rows_of(file.content, "Keuzes")
    assert [row["Aanhef"] for row in choices][:3] == ["De heer", "Mevrouw", "Neutraal"]
    assert "Monteur Afleverset" in [row["Profiel"] for row in choices]
    answer = await upload(dirk, ENROLMENTS, file.content, "sjabloon.xlsx")
    assert "geen rijen onder de kop" in said(answer)


async def test_after_thirty_days_what_stood_in_it_is_gone(dirk: AsyncClient) -> None:
    from app.clock import now
    from app.imports.jobs import remove_expired
    from app.tables import Import, ImportRow

    await settled(dirk, kept := await uploaded(dirk, ENROLMENTS, as_csv(people(1))))
    await confirmed(dirk, kept)
    await settled(dirk, forgotten := await uploaded(dirk, ENROLMENTS, as_csv(people(1, 2))))
    await Import.update({Import.expires_at: now() - timedelta(seconds=1)}, force=True)
    await remove_expired()
    assert await ImportRow.count() == 0
    assert (await dirk.get(forgotten)).status_code == 404
    page = await dirk.get(kept)
    assert "1 kandidaat overgenomen" in said(page)
    assert "na 30 dagen weggehaald" in said(page)
