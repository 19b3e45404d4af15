"""A candidate's own page: what is kept, who sees it and who looked, by the link in a mail and for nobody else."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient, Response
from lxml import html

from app.clock import now
from app.paycodes.codes import grouped
from app.tables import ApiScope, AuditEvent, Candidate, Enrolment, Mail, Step, StepResult, TokenPurpose
from app.tokens import mint
from tests.api.world import make_key, system
from tests.candidates.handmade import administrator, enrol, linked_to, organisation_of
from tests.clients import post, submit, visitor
from tests.sessions import client_of


@pytest.fixture
async def abc(db: None) -> int:
    await administrator("beheer")
    return await organisation_of("kim", "ABC")


@pytest.fixture
async def jan(abc: int) -> int:
    [enrolment] = await enrol(abc)
    return enrolment


async def address_of(enrolment: int) -> str:
    return f"/mijn-gegevens/{await mint(TokenPurpose.OBJECTION, enrolment=enrolment)}"


def said(answer: Response, heading: str) -> str:
    """The words under this heading."""
    assert answer.status_code == 200
    page = html.fromstring(answer.content)
    [section] = page.xpath(f"//section[h2[normalize-space()='{heading}']]")
    return " ".join(section.text_content().split())


async def test_it_says_who_sees_it_since_when_and_how(client: AsyncClient, jan: int) -> None:
    answer = await client.get(await address_of(jan))
    words = said(answer, "Wie ziet dit")
    assert words.startswith("Wie ziet dit Organisatie ABC, vanaf 01-01-2024 (met de organisatiecode")
    assert "Vakmanschap Techniek ziet alles" in words
    assert "Niemand heeft uw gegevens geopend" in said(answer, "Wie keek")


async def test_it_says_what_is_kept_and_not_the_birth_date(client: AsyncClient, jan: int) -> None:
    await Candidate.update({Candidate.birth_date: date(1981, 2, 3)}).where(Candidate.given_name == "Jan")
    step = await Step.select(Step.id).where(Step.slug == "theorietoets").first()
    assert step
    told: dict[str, Any] = {"enrolment": jan, "step": step["id"], "day": date(2026, 1, 5), "recorded_at": now()}
    wrong = StepResult(**told, outcome="failed", source="lab", place="Verkeerd")
    await StepResult.insert(wrong)
    await StepResult.insert(
        StepResult(**told, outcome="passed", source="lab", place="Arnhem", withdraws=wrong.id, withdrawal_reason="Fout")
    )
    answer = await client.get(await address_of(jan))
    words = said(answer, "Wat er van u is")
    for each in (
        "Jan de Vries",
        "Neutraal",
        f"kandidaat.{jan}@example.org",
        "Vakmanschap CO",
        "hier niet getoond",
    ):
        assert each in words
    assert "1981" not in answer.text
    assert said(answer, "Verloop") == "Verloop Theorietoets: geslaagd 05-01-2026 Arnhem"


async def test_it_says_which_organisation_looked_and_when_but_not_who(
    client: AsyncClient, abc: int, jan: int, application: Any
) -> None:
    kim, beheer = await client_of(application, "kim"), await client_of(application, "beheer")
    hr = system(application, await make_key(ApiScope.ENROLMENTS_READ, organisation=abc))
    [other] = await enrol(abc, [("Eva", "", "Smit")])
    for reader, address in (
        (kim, f"/deelnames/{jan}"),
        (kim, f"/deelnames/{other}"),
        (kim, "/overzicht.xlsx"),
        (hr, "/api/v1/enrolments"),
        (beheer, f"/deelnames/{jan}"),
        (beheer, "/overzicht.xlsx"),
    ):
        assert (await reader.get(address)).status_code == 200
    address = await address_of(jan)
    for _ in range(2):  # what somebody sees of their own is nobody's look
        answer = await client.get(address)
    lines = html.fromstring(answer.content).xpath("//section[h2[.='Wie keek']]//li")
    looks = [re.sub(r"^\d\d-\d\d-\d{4} \d\d:\d\d: ", "", " ".join(line.text_content().split())) for line in lines]
    assert looks == [
        "Vakmanschap Techniek downloadde een lijst van kandidaten waar u in stond",
        "Vakmanschap Techniek bekeek uw gegevens",
        "Organisatie ABC liet een eigen systeem uw gegevens lezen",
        "Organisatie ABC downloadde een lijst van kandidaten waar u in stond",
        "Organisatie ABC bekeek uw gegevens",
    ]
    assert "Kim" not in answer.text
    assert await AuditEvent.count().where(AuditEvent.action == "view_own") == 2


async def test_a_link_that_ended_stays_known(client: AsyncClient, jan: int, application: Any) -> None:
    kim = await client_of(application, "kim")
    await kim.get(f"/deelnames/{jan}")
    await submit(kim, f"/deelnames/{jan}/ontkoppelen")
    answer = await client.get(await address_of(jan))
    words = said(answer, "Wie ziet dit")
    assert "Uw aanmelding is niet aan een organisatie gekoppeld." in words
    assert "Organisatie ABC, vanaf 01-01-2024 tot" in words
    assert "Organisatie ABC bekeek uw gegevens" in said(answer, "Wie keek")


async def test_objecting_is_asked_first_and_confirmed(client: AsyncClient, jan: int) -> None:
    address = await address_of(jan)
    page = html.fromstring((await client.get(address)).content)
    [objection] = page.xpath("//a[contains(., 'Maak bezwaar')]/@href")
    assert await linked_to(jan) is not None
    answer = await submit(client, objection)
    assert answer.status_code == 303
    assert await linked_to(jan) is None
    assert "na bezwaar van u" in said(await client.get(address), "Wie ziet dit")
    assert address in (await client.get(objection)).text


@pytest.mark.parametrize("page", ["mijn-gegevens", "bezwaar"])
async def test_a_wrong_link_and_an_old_one_are_answered_alike(client: AsyncClient, jan: int, page: str) -> None:
    works = (await address_of(jan)).replace("mijn-gegevens", page)
    never = await client.get(f"/{page}/{'x' * 43}")
    with time_machine.travel(now() + timedelta(days=91), tick=False):
        old = await client.get(works)
    assert never.status_code == old.status_code == 404
    assert without_token(never) == without_token(old)
    assert "Deze link werkt niet of niet meer" in never.text
    assert "Jan" not in old.text


def without_token(answer: Response) -> str:
    return re.sub(r'name="(_csrf|formulier)" value="[\w-]+"', "", answer.text)


async def test_guessing_is_slowed_down_and_who_has_a_link_is_not(application: Any, jan: int) -> None:
    works = await address_of(jan)
    async with visitor(application, "192.0.2.7") as guesser, visitor(application, "198.51.100.7") as owner:
        for _ in range(70):
            assert (await owner.get(works)).status_code == 200
        answers = [(await guesser.get(f"/mijn-gegevens/{place}")).status_code for place in range(62)]
        assert answers[59:] == [404, 429, 429]
        assert (await owner.get(works)).status_code == 200


async def test_its_address_goes_nowhere_and_nothing_of_it_is_kept(client: AsyncClient, jan: int) -> None:
    for address in (await address_of(jan), "/mijn-gegevens/onzin"):
        headers = (await client.get(address)).headers
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "private, no-store"
    assert not client.cookies.get("__Host-sessie")


async def test_the_form_on_a_page_without_an_origin_is_believed_by_its_token_alone(
    client: AsyncClient, jan: int
) -> None:
    """A browser sends no origin from a page that keeps its address to itself."""
    address = (await address_of(jan)).replace("mijn-gegevens", "bezwaar")
    token = html.fromstring((await client.get(address)).content).xpath("//input[@name='_csrf']/@value")[0]
    elsewhere = await post(client, address, {"_csrf": token}, Origin="null", **{"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    assert (await post(client, address, {}, Origin="null")).status_code == 403
    assert (await post(client, address, {"_csrf": token}, Origin="null")).status_code == 303


# A new link


async def ask(client: AsyncClient, **typed: str) -> Response:
    return await submit(client, "/mijn-gegevens", **typed)


def headers_of(answer: Response) -> dict[str, str]:
    """Without the name of the request, which each has of its own."""
    return {name: value for name, value in answer.headers.items() if name != "x-request-id"}


async def number_of(enrolment: int) -> str:
    row = await Enrolment.select(Enrolment.number).where(Enrolment.id == enrolment).first()
    assert row
    return grouped(row["number"])


async def test_a_new_link_goes_to_the_address_on_record(client: AsyncClient, jan: int) -> None:
    typed = {"aanmeldnummer": (await number_of(jan)).lower(), "emailadres": f"Kandidaat.{jan}@example.org"}
    answer = await ask(client, **typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/mijn-gegevens?verstuurd=1")
    assert await Mail.select(Mail.template, Mail.recipient, Mail.enrolment) == [
        {"template": "own_page", "recipient": f"kandidaat.{jan}@example.org", "enrolment": jan}
    ]
    for _ in range(5):
        await ask(client, **typed)
    assert await Mail.count() == 3


async def test_who_is_not_known_is_answered_the_same(client: AsyncClient, jan: int) -> None:
    known = await ask(client, aanmeldnummer=await number_of(jan), emailadres=f"kandidaat.{jan}@example.org")
    for typed in (
        {"aanmeldnummer": await number_of(jan), "emailadres": "iemand@example.org"},
        {"aanmeldnummer": "2222-2222", "emailadres": f"kandidaat.{jan}@example.org"},
    ):
        answer = await ask(client, **typed)
        assert (answer.status_code, headers_of(answer)) == (known.status_code, headers_of(known))
    assert await Mail.count() == 1


async def test_what_is_left_out_is_asked_for(client: AsyncClient, jan: int) -> None:
    answer = await ask(client, aanmeldnummer="2A3B-4C5D", emailadres="")
    assert answer.status_code == 422
    assert "Vul uw e-mailadres in." in answer.text
    assert 'value="2A3B-4C5D"' in answer.text
