"""The website's form: from what a visitor types to an enrolment, a question, or the form with what is wrong."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from httpx import AsyncClient, Response
from lxml import html

from app.enrolment.enrolling import CodeRefused
from app.paycodes.codes import new_code
from app.tables import Candidate, Enrolment, Kind, LinkSource, Mail, Organisation, Route
from tests.clients import submit, visitor
from tests.enrolment.world import (
    certify,
    code_row,
    enrolled,
    make_active_organisation,
    make_free_code,
    make_open_route,
    make_renewable,
)
from tests.paycodes.world import make_organisation

PERSON = {
    "aanhef": "mr",
    "voornaam": "Jan",
    "tussenvoegsel": "de",
    "achternaam": "Vries",
    "emailadres": "jan@example.org",
}


async def post_bytes(client: AsyncClient, url: str, fields: Mapping[str, Any]) -> Response:
    """Sends values that no form would, bytes as they are."""
    page = html.fromstring((await client.get(url)).content)
    token = page.xpath("//main//input[@name='_csrf']/@value")[0]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return await client.post(url, content=urlencode({"_csrf": token, **fields}), headers=headers)


async def fill_in(client: AsyncClient, route: str = "co", **values: Any) -> Response:
    return await submit(client, f"/aanmelden/{route}", **(PERSON | values))


def errors(answer: Response) -> list[str]:
    return [line.text_content() for line in html.fromstring(answer.content).xpath("//*[@id='fouten']//li")]


def shown(answer: Response) -> dict[str, str]:
    form = html.fromstring(answer.content).xpath("//main//form[@method='post']")[0]
    return {name: value for name, value in form.form_values() if not name.startswith("_")}


async def letters() -> list[tuple[str, str]]:
    rows = await Mail.select(Mail.template, Mail.recipient).order_by(Mail.id)
    return [(row["template"], row["recipient"]) for row in rows]


async def test_open_routes_are_offered_and_closed_ones_are_not(client: AsyncClient, db: None) -> None:
    await make_open_route()
    closed = await make_open_route("warmtepomp", 2)
    await Route.update({Route.open_for_enrolment: False}).where(Route.id == closed.id)
    page = html.fromstring((await client.get("/aanmelden")).content)
    assert page.xpath("//ul[@class='doors']//a/@href") == ["/aanmelden/co"]
    assert [(await client.get(f"/aanmelden/{slug}")).status_code for slug in ("co", "warmtepomp", "x")] == [
        200,
        404,
        404,
    ]


async def test_the_route_shows_its_own_website_and_quality_scheme(client: AsyncClient, db: None) -> None:
    route = await make_open_route()
    links: dict[Any, str] = {
        Route.website: "https://route.example",
        Route.quality_scheme_url: "https://route.example/kwaliteit",
    }
    await Route.update(links).where(Route.id == route.id)
    page = html.fromstring((await client.get("/aanmelden/co")).content)
    assert set(page.xpath("//aside//a/@href")) >= set(links.values())


async def test_a_visitor_is_enrolled_and_hears_the_number_by_mail(client: AsyncClient, db: None) -> None:
    await make_open_route()
    answer = await fill_in(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/aanmelden/co/ontvangen")
    row = await Enrolment.select(Enrolment.number, Enrolment.kind, Enrolment.organisation, Enrolment.profile).first()
    assert row is not None
    assert (row["kind"], row["organisation"]) == (Kind.FIRST, None)
    assert row["profile"] is not None
    assert row["number"] not in (await client.get(answer.headers["location"])).text
    assert await letters() == [("enrolled", "jan@example.org")]


async def test_all_that_is_wrong_is_said_and_nothing_typed_is_lost(client: AsyncClient, db: None) -> None:
    await make_open_route()
    typed = {
        "voornaam": "",
        "emailadres": "jan@",
        "organisatiecode": "ZZZ",
        "betaalcode": "1234 5678",
        "crtnummer": "9",
    }
    answer = await fill_in(client, **typed)
    assert answer.status_code == 422
    assert len(errors(answer)) == 3
    assert shown(answer).items() >= (PERSON | typed).items()
    assert await Enrolment.count() == 0


async def test_a_paycode_pays_and_links_without_a_question(client: AsyncClient, db: None) -> None:
    route = await make_open_route()
    organisation = await make_active_organisation("ABC", route)
    code = await make_free_code(route, organisation)
    assert (await fill_in(client, betaalcode=f" {code[:8].lower()}-{code[8:]} ")).status_code == 303
    row = await Enrolment.select().first()
    assert row is not None
    assert (row["organisation"], row["link_source"]) == (organisation, LinkSource.PAYCODE)
    assert (await code_row(code))["used_by"] == row["id"]


async def test_a_code_that_does_not_pay_is_refused_and_kept(client: AsyncClient, db: None) -> None:
    await make_open_route()
    code = new_code()
    answer = await fill_in(client, betaalcode=code)
    assert (answer.status_code, errors(answer)) == (422, [CodeRefused.sentence])
    assert shown(answer)["betaalcode"] == code
    assert (await Candidate.count(), await letters()) == (0, [])


async def test_an_organisation_code_is_shown_and_asked_before_it_links(client: AsyncClient, db: None) -> None:
    organisation = await make_active_organisation("ABC", await make_open_route())
    asked = await fill_in(client, organisatiecode="abc")
    assert asked.status_code == 200
    assert "Bedrijf ABC (demo)" in asked.text
    assert "Uw geboortedatum, antwoorden en punten ziet" in asked.text
    assert await Enrolment.count() == 0
    carried = dict(html.fromstring(asked.content).xpath("//main//form[@method='post']")[0].form_values())
    answer = await client.post("/aanmelden/co", data=carried | {"koppelen": "ABC"})
    assert answer.status_code == 303
    row = await Enrolment.select().first()
    assert row is not None
    assert (row["organisation"], row["link_source"]) == (organisation, LinkSource.WEBSITE)


@pytest.mark.parametrize(("answered", "enrolments"), [("zonder", 1), ("wijzig", 0)])
async def test_who_does_not_want_the_link_is_enrolled_without_or_goes_back(
    client: AsyncClient, db: None, answered: str, enrolments: int
) -> None:
    await make_active_organisation("ABC", await make_open_route())
    asked = await fill_in(client, organisatiecode="abc")
    carried = dict(html.fromstring(asked.content).xpath("//main//form[@method='post']")[0].form_values())
    answer = await client.post("/aanmelden/co", data=carried | {answered: "1"})
    assert await Enrolment.count() == enrolments
    assert await Enrolment.count().where(Enrolment.organisation.is_not_null()) == 0
    if answered == "wijzig":
        assert shown(answer).items() >= (PERSON | {"organisatiecode": "abc"}).items()


async def test_what_was_agreed_to_is_kept_beside_what_is_wrong(client: AsyncClient, db: None) -> None:
    await make_active_organisation("ABC", await make_open_route())
    answer = await fill_in(client, voornaam="", organisatiecode="abc", koppelen="ABC")
    assert answer.status_code == 422
    assert shown(answer)["koppelen"] == "ABC"
    assert "koppelen" not in shown(await fill_in(client, voornaam="", organisatiecode="abc"))


async def test_a_code_that_was_agreed_to_is_not_another(client: AsyncClient, db: None) -> None:
    route = await make_open_route()
    await make_active_organisation("ABC", route)
    await make_active_organisation("DEF", route)
    answer = await fill_in(client, organisatiecode="DEF", koppelen="ABC")
    assert "Bedrijf DEF (demo)" in answer.text
    assert await Enrolment.count() == 0


async def test_while_typing_the_name_appears_with_the_question(client: AsyncClient, db: None) -> None:
    await make_active_organisation("ABC", await make_open_route())
    headers = {"HX-Request": "true"}
    found = await client.get("/aanmelden/co/organisatie?organisatiecode=abc", headers=headers)
    assert "<html" not in found.text
    assert "Bedrijf ABC (demo)" in found.text
    assert html.fromstring(found.content).xpath("//input[@name='koppelen']/@value") == ["ABC"]
    unknown = await client.get("/aanmelden/co/organisatie?organisatiecode=abd", headers=headers)
    assert "kan voor deze vakmanschapsroute niet worden gebruikt" in unknown.text
    half = await client.get("/aanmelden/co/organisatie?organisatiecode=ab", headers=headers)
    assert "organisatie" not in half.text.replace("Aanmelden", "")
    assert (await fill_in(client, organisatiecode="ABC", koppelen="ABC")).status_code == 303


@pytest.mark.parametrize("kind", ["unknown", "inactive", "elsewhere"])
async def test_organisation_codes_are_refused_in_the_same_words(client: AsyncClient, db: None, kind: str) -> None:
    route = await make_open_route()
    await make_active_organisation("ABC", route)
    if kind == "inactive":
        await Organisation.update({Organisation.active: False}, force=True)
    if kind == "elsewhere":
        await make_organisation("DEF")
    code = {"unknown": "XYZ", "inactive": "ABC", "elsewhere": "DEF"}[kind]
    answer = await fill_in(client, organisatiecode=code)
    assert answer.status_code == 422
    assert errors(answer) == [
        "Deze organisatiecode kan voor deze vakmanschapsroute niet worden gebruikt. Controleer de code."
    ]


async def test_a_second_enrolment_looks_the_same_and_is_explained_by_mail(client: AsyncClient, db: None) -> None:
    route = await make_open_route()
    code = await make_free_code(route)
    first = await fill_in(client)
    second = await fill_in(client, voornaam="JAN", betaalcode=code)
    assert (first.status_code, first.headers["location"]) == (second.status_code, second.headers["location"])
    assert await letters() == [("enrolled", "jan@example.org"), ("already_enrolled", "jan@example.org")]
    assert (await Enrolment.count(), (await code_row(code))["used_at"]) == (1, None)


async def test_one_form_sent_twice_counts_once(client: AsyncClient, db: None) -> None:
    await make_open_route()
    page = html.fromstring((await client.get("/aanmelden/co")).content)
    fields = dict(page.xpath("//main//form[@method='post']")[0].form_values()) | PERSON
    answers = [await client.post("/aanmelden/co", data=fields) for _ in range(2)]
    assert {answer.headers["location"] for answer in answers} == {"/aanmelden/co/ontvangen"}
    assert await letters() == [("enrolled", "jan@example.org")]


async def test_who_tries_too_many_codes_waits_and_others_do_not(application: Any, db: None) -> None:
    await make_open_route()
    async with visitor(application, "192.0.2.1") as guesser, visitor(application, "198.51.100.7") as other:
        for _ in range(60):
            await guesser.get("/aanmelden/co/organisatie?organisatiecode=zzz")
        answer = await fill_in(guesser, organisatiecode="ZZY")
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "10")
        assert shown(answer).items() >= (PERSON | {"organisatiecode": "ZZY"}).items()
        assert (await guesser.get("/aanmelden/co/organisatie?organisatiecode=zzx")).status_code == 429
        assert (await fill_in(other, organisatiecode="ZZY")).status_code == 422


@pytest.mark.parametrize("path", ["%00", "%ff", "%ed%a0%80", "co%2f", "x" * 3000, "%00/organisatie", "%00/ontvangen"])
async def test_whatever_stands_in_the_address_is_answered(client: AsyncClient, db: None, path: str) -> None:
    assert (await client.get(f"/aanmelden/{path}")).status_code == 404
    assert (await client.get(f"/bezwaar/{path}")).status_code == 404


async def test_whatever_is_typed_is_answered(client: AsyncClient, db: None) -> None:
    await make_open_route()
    names = ("voornaam", "organisatiecode", "betaalcode", "geboortedatum", "profiel", "soort", "formulier", "koppelen")
    for typed in (b"\x00", b"\xff", b"\xed\xa0\x80", b"<script>", b"{{7*7}}", b"x" * 5000, "١٢٣".encode()):
        sent: dict[str, Any] = PERSON | dict.fromkeys(names, typed)
        assert (await post_bytes(client, "/aanmelden/co", sent)).status_code == 422
        for name in names:
            answer = await post_bytes(client, "/aanmelden/co", PERSON | {"profiel": "monteur", name: typed})
            assert answer.status_code in (303, 422)


async def test_a_renewal_is_asked_where_there_is_one_and_renews(client: AsyncClient, db: None) -> None:
    route = await make_open_route()
    assert "soort" not in shown(await client.get("/aanmelden/co"))
    assert (await fill_in(client, soort="verlenging")).status_code == 422
    await make_renewable(route)
    assert shown(await client.get("/aanmelden/co"))["soort"] == "eerste"
    jan = await enrolled(route)
    await certify(jan.id)
    assert (await fill_in(client, soort="verlenging")).status_code == 303
    row = await Enrolment.select(Enrolment.kind, Enrolment.renews).order_by(Enrolment.id, ascending=False).first()
    assert row == {"kind": Kind.RENEWAL, "renews": jan.id}


async def test_whether_there_is_a_certificate_is_told_by_mail_alone(client: AsyncClient, db: None) -> None:
    route = await make_open_route()
    await make_renewable(route)
    code = await make_free_code(route)
    answer = await fill_in(client, soort="verlenging", betaalcode=code)
    assert (answer.status_code, answer.headers["location"]) == (303, "/aanmelden/co/ontvangen")
    assert await letters() == [("nothing_to_renew", "jan@example.org")]
    assert (await Enrolment.count(), await Candidate.count(), (await code_row(code))["used_at"]) == (0, 0, None)
    assert (await fill_in(client, soort="verlenging", betaalcode=new_code())).status_code == 422
