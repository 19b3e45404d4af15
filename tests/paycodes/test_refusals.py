"""What cannot be read gets a sentence and the form with what was typed: never a guess, never a row."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.paycodes.page import FRAGMENT, show
from tests.sessions import client_of

ORGANISATION = "Kies een organisatie uit de lijst."
PROFILE = "Kies een profiel uit de lijst."
DATE = "Vul een datum in als dd-mm-jjjj, bijvoorbeeld 22-04-2026."
NUMBER = "Vul een heel getal in, bijvoorbeeld 2."
UNREADABLE = "Hierin staat een teken dat niet te lezen is. Typ de tekst opnieuw."

REFUSED = {
    "status=onbekend": "Kies een status uit de lijst.",
    "status=Gebruikt": "Kies een status uit de lijst.",
    "organisatie=NWT": ORGANISATION,
    "organisatie=' OR 1=1 --": ORGANISATION,
    "profiel=bestaat-niet": PROFILE,
    "profiel=co/bestaat-niet": PROFILE,
    "sorteer=id": "Hierop kan niet worden gesorteerd.",
    "sorteer=created_at DESC; DROP TABLE paycode": "Hierop kan niet worden gesorteerd.",
    "per_pagina=26": "Kies 25, 50 of 100.",
    "per_pagina=1000000": "Kies 25, 50 of 100.",
    "pagina=abc": NUMBER,
    "pagina=0": NUMBER,
    "pagina=-1": NUMBER,
    "pagina=1.5": NUMBER,
    "pagina=" + "9" * 41: NUMBER,
    "pagina=٣": NUMBER,
    "aangemaakt_vanaf=gisteren": DATE,
    "aangemaakt_vanaf=31-02-2026": DATE,
    "aangemaakt_tot=2026-13-01": DATE,
    "aangemaakt_tot=10000-01-01": DATE,
    "aangemaakt_vanaf=2026-02-01&aangemaakt_tot=2026-01-31": ("‘Aangemaakt vanaf’ moet vóór ‘Aangemaakt tot’ liggen."),
    "batches=ja": "Kies ‘alle’, of laat dit weg.",
    "trefwoorden=" + "a" * 201: "Dit is te lang. Gebruik ten hoogste 200 tekens.",
    "trefwoorden=a%00b": UNREADABLE,
    "trefwoorden=%FF": UNREADABLE,
    "trefwoorden=%ED%A0%80": UNREADABLE,
    "trefwoorden=a&trefwoorden=b": "Deze waarde staat twee keer in het adres.",
}


@pytest.fixture
async def vera(application: Any, demo_readonly: None) -> AsyncClient:
    return await client_of(application, "vera.meijer")


async def test_a_value_that_cannot_be_read_is_refused_with_a_sentence(vera: AsyncClient) -> None:
    for query, sentence in REFUSED.items():
        page = await show(vera, f"/betaalcodes?{query}")
        assert page.answer.status_code == 400, query
        assert page.problems == [sentence], query
        assert page.rows == [], query
        assert page.count_line == "0 resultaten", query
        assert page.answer.text.count("<title>Fout: Betaalcodes") == 1, query


async def test_what_was_typed_stands_in_the_form(vera: AsyncClient) -> None:
    page = await show(vera, trefwoorden="test", aangemaakt_vanaf="<b>31-02-2026", profiel="co")
    values = {field.get("name"): field.get("value") for field in page.root.xpath("//*[@id='filter']//input")}
    assert values["trefwoorden"] == "test"
    assert values["aangemaakt_vanaf"] == "<b>31-02-2026"
    assert page.root.xpath("//select[@name='profiel']//option[@selected]/@value") == ["co"]
    assert page.root.xpath("//input[@name='aangemaakt_vanaf']/@aria-invalid") == ["true"]
    assert "<b>" not in page.answer.text


async def test_a_fragment_says_what_is_wrong_too(vera: AsyncClient) -> None:
    vera.headers.update(FRAGMENT)
    page = await show(vera, "/betaalcodes?aangemaakt_vanaf=gisteren&status=onbekend")
    assert page.answer.status_code == 400
    assert page.problems == ["Kies een status uit de lijst.", DATE]
    assert page.rows == []


async def test_an_unknown_parameter_changes_nothing(vera: AsyncClient) -> None:
    page = await show(vera, utm_source="mail")
    assert page.count_line == "5 resultaten - Toon 1 - 5"
