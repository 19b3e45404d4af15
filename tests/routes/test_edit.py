"""Making and changing a route."""

import json
from typing import Any

import pytest
from httpx import AsyncClient

from app.routes.forms import web_address
from app.tables import AuditEvent, Enrolment, Route
from app.text import TextRefused
from tests.candidates.screen import text
from tests.clients import submit
from tests.routes.screen import actions, document, errors_of, order_of_routes, route_id
from tests.sessions import client_of

NEW = "/beheer/routes/nieuw"
FILLED = {"naam": "Vakmanschap Gas & Water", "label": "Gas", "website": "www.voorbeeld.nl", "kwaliteitsregeling": ""}


async def test_a_new_route_stands_last_and_is_open(demo: None, desk: AsyncClient) -> None:
    answer = await submit(desk, NEW, **FILLED)
    row = await Route.select().where(Route.slug == "vakmanschap-gas-water").first()
    assert row
    assert answer.headers["location"] == f"/beheer/routes/{row['id']}?opgeslagen=1"
    assert (row["name"], row["label"], row["website"]) == (FILLED["naam"], "Gas", "https://www.voorbeeld.nl")
    assert (row["open_for_enrolment"], row["demo"]) == (True, False)
    assert (await order_of_routes())[-1] == "vakmanschap-gas-water"
    assert (await actions())[-1] == "make_route"


async def test_everything_wrong_is_said_at_once_and_nothing_typed_is_lost(demo: None, desk: AsyncClient) -> None:
    typed = {"naam": "x" * 81, "label": "", "slug": "Met spaties", "website": "javascript:alert(1)"}
    answer = await submit(desk, NEW, **typed)
    assert errors_of(answer) == {
        "naam": "Dit is te lang. Gebruik ten hoogste 80 tekens.",
        "label": "Vul een korte naam in.",
        "slug": "Gebruik alleen kleine letters, cijfers en streepjes, bijvoorbeeld warmtepomp.",
        "website": "Vul een webadres in dat met https:// begint, bijvoorbeeld https://www.vakmanschapco.nl.",
    }
    shown = dict(document(answer).xpath("//main//form")[0].form_values())
    assert (shown["naam"], shown["website"]) == (typed["naam"], typed["website"])
    assert await Route.count() == 4


async def test_two_routes_never_share_an_address(demo: None, desk: AsyncClient) -> None:
    answer = await submit(desk, NEW, **FILLED, slug="co")
    assert errors_of(answer) == {"slug": "Een andere route heet al zo in adressen."}
    assert await Route.count() == 4


async def test_what_stands_in_addresses_already_is_refused(demo_readonly: None, desk: AsyncClient) -> None:
    answer = await submit(desk, NEW, **FILLED, slug="herkansing")
    assert "staat al in een ander adres" in errors_of(answer)["slug"]


async def test_a_change_is_saved_and_on_record_without_its_content(demo: None, desk: AsyncClient) -> None:
    key = await route_id("co")
    await submit(desk, f"/beheer/routes/{key}/bewerken", label="CO", kwaliteitsregeling="https://www.voorbeeld.nl/kr")
    [row] = await Route.select().where(Route.id == key)
    assert (row["label"], row["quality_scheme_url"]) == ("CO", "https://www.voorbeeld.nl/kr")
    [event] = await AuditEvent.select().where(AuditEvent.action == "change_route")
    assert (event["object_id"], json.loads(event["details"])) == (key, {"fields": "label,quality_scheme_url"})


async def test_its_address_is_fixed_once_somebody_enrolled(demo: None, desk: AsyncClient) -> None:
    key = await route_id("co")
    page = document(await desk.get(f"/beheer/routes/{key}/bewerken"))
    assert page.xpath("//input[@name='slug']") == []
    answer = await submit(desk, f"/beheer/routes/{key}/bewerken", slug="anders")
    assert answer.status_code == 303
    assert await route_id("co") == key


async def test_before_that_it_can_change(demo: None, desk: AsyncClient) -> None:
    await submit(desk, NEW, **FILLED)
    key = await route_id("vakmanschap-gas-water")
    await submit(desk, f"/beheer/routes/{key}/bewerken", slug="gas")
    assert await route_id("gas") == key
    answer = await submit(desk, f"/beheer/routes/{key}/bewerken", slug="co")
    assert errors_of(answer) == {"slug": "Een andere route heet al zo in adressen."}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("https://www.vakmanschapco.nl", "https://www.vakmanschapco.nl"),
        ("http://voorbeeld.nl/a?b=c#d", "http://voorbeeld.nl/a?b=c#d"),
        ("voorbeeld.nl/pagina", "https://voorbeeld.nl/pagina"),
    ],
)
def test_a_page_that_anybody_may_be_led_to(typed: str, kept: str) -> None:
    assert web_address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "JaVaScRiPt://voorbeeld.nl/%0aalert(1)",
        "data:text/html,<script>alert(1)</script>",
        "//voorbeeld.nl",
        "https://jan:geheim@voorbeeld.nl",
        "https://",
        "https://localhost",
        "https://voorbeeld.nl/a b",
        "https://[voorbeeld.nl",
        "https://voorbeeld.nl:port",
        "ftp://voorbeeld.nl",
        "voorbeeld",
        "https://voorbeeld.nl/" + "a" * 250,
    ],
)
def test_an_address_that_could_do_harm_is_refused(typed: str) -> None:
    with pytest.raises(TextRefused):
        web_address(typed)


async def test_its_pages_stand_with_every_enrolment(demo: None, application: Any, desk: AsyncClient) -> None:
    key = await route_id("co")
    await submit(desk, f"/beheer/routes/{key}/bewerken", kwaliteitsregeling="voorbeeld.nl/regeling/")
    row = (
        await Enrolment.select(Enrolment.id).where(Enrolment.route == key, Enrolment.organisation.code == "NWT").first()
    )
    assert row
    page = document(await (await client_of(application, "anna.smit")).get(f"/deelnames/{row['id']}"))
    links = {text(each): each.get("href") for each in page.xpath("//dl//a[@rel='noopener']")}
    assert links == {
        "www.vakmanschapco.nl": "https://www.vakmanschapco.nl",
        "voorbeeld.nl/regeling": "https://voorbeeld.nl/regeling/",
    }
