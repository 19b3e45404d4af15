"""What cannot be read gets a Dutch sentence and nobody's row; never a failure, never a guess."""

from typing import Any

import pytest
from lxml import html

from tests.candidates.screen import read, text
from tests.sessions import client_of

WHOLE = "Vul een heel getal in, bijvoorbeeld 2."
SIGN = "Hierin staat een teken dat niet te lezen is. Typ de tekst opnieuw."
DAY = "Vul een datum in als dd-mm-jjjj, bijvoorbeeld 22-04-2026."
TWICE = "Deze waarde staat twee keer in het adres."
REFUSED = {
    "pagina=abc": WHOLE,
    "pagina=0": WHOLE,
    "pagina=-1": WHOLE,
    "pagina=1.5": WHOLE,
    "pagina=" + "1" + "0" * 40: WHOLE,
    "pagina=%D9%A2": WHOLE,
    "pagina=1%00": WHOLE,
    "per_pagina=1000": "Kies 25, 50 of 100.",
    "per_pagina=-25": "Kies 25, 50 of 100.",
    "trefwoorden=" + "a" * 201: "Dit is te lang. Gebruik ten hoogste 200 tekens.",
    "trefwoorden=" + "a" * 50_000: "Dit is te lang. Gebruik ten hoogste 200 tekens.",
    "trefwoorden=a%00b": SIGN,
    "trefwoorden=%ff": SIGN,
    "trefwoorden=%C3%28": SIGN,
    "trefwoorden=%ED%A0%80": SIGN,
    "trefwoorden=%C0%AF": SIGN,
    "trefwoorden=%1b[2J": SIGN,
    "vanaf=gisteren": DAY,
    "vanaf=2026-02-30": DAY,
    "vanaf=0000-00-00": DAY,
    "vanaf=20260-01-01": DAY,
    "tot=99-99-9999": DAY,
    "tot=2026-01-01%00": DAY,
    "tot=%D9%A2%D9%A0%D9%A2%D9%A6-01-01": DAY,
    "vanaf=2026-02-01&tot=2026-01-31": "‘Aangemeld vanaf’ moet vóór ‘Aangemeld tot’ liggen.",
    "sorteer=wachtwoord": "Hierop kan niet worden gesorteerd.",
    "sorteer=naam;drop table": "Hierop kan niet worden gesorteerd.",
    "route=bestaatniet": "Deze route bestaat niet.",
    "profiel=co/bestaatniet": "Kies een profiel uit de lijst.",
    "organisatie=ZPI": "Kies een organisatie uit de lijst.",
    "organisatie=nwt": "Kies een organisatie uit de lijst.",
    "stap=rijexamen": "Kies een stap uit de lijst.",
    "uitslag=misschien": "Kies een uitslag uit de lijst.",
    "status=LOPEND": "Kies een status uit de lijst.",
    "route=co&route=warmtepomp": TWICE,
    "trefwoorden=a&trefwoorden=b": TWICE,
    "&".join(f"w{number}=1" for number in range(200)): "Er staan te veel waarden in het adres.",
}


def short(query: str) -> str:
    return query[:40]


@pytest.mark.parametrize("query", REFUSED, ids=short)
async def test_it_is_refused_with_a_sentence_and_without_a_row(
    demo_readonly: None, application: Any, query: str
) -> None:
    anna = await client_of(application, "anna.smit")
    for headers in ({}, {"HX-Request": "true"}):
        answer = await anna.get(f"/overzicht?{query}", headers=headers)
        assert answer.status_code == 400
        seen = read(answer)
        assert (seen.ids, seen.total, set(seen.tabs.values()), set(seen.tiles.values())) == ([], 0, {0}, {0})
        page = html.fromstring(answer.content.decode())
        assert REFUSED[query] in text(page.xpath("//*[@id='fouten']")[0])


async def test_what_was_typed_stands_in_the_form_beside_what_is_wrong(demo_readonly: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    answer = await anna.get("/overzicht?vanaf=31-02-2026&trefwoorden=jansen&status=lopend")
    form = html.fromstring(answer.text).xpath("//form[@id='filter']")[0]
    typed = dict(form.form_values())
    assert (typed["vanaf"], typed["trefwoorden"], typed["status"]) == ("31-02-2026", "jansen", "lopend")
    assert form.xpath(".//*[@name='vanaf']/@aria-invalid") == ["true"]


async def test_a_value_nobody_asked_for_is_left_alone(demo_readonly: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    answer = await anna.get("/overzicht?utm_source=mail&utm_source=nog&status=lopend")
    assert read(answer).total == read(await anna.get("/overzicht?status=lopend")).total


@pytest.mark.parametrize("query", ["pagina=abc", "trefwoorden=%ff", "vanaf=x"])
async def test_details_and_unlinking_refuse_such_a_selection_too(
    demo_readonly: None, application: Any, query: str
) -> None:
    anna = await client_of(application, "anna.smit")
    found = read(await anna.get("/overzicht")).ids[0]
    for path in (f"/deelnames/{found}", f"/deelnames/{found}/ontkoppelen"):
        answer = await anna.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert "Dit verzoek is niet te lezen" in answer.text


@pytest.mark.parametrize("query", ["pagina=abc", "pagina=0", "gedaan=iets"])
async def test_the_list_of_unlinked_refuses_too(demo_readonly: None, application: Any, query: str) -> None:
    anna = await client_of(application, "anna.smit")
    answer = await anna.get(f"/ontkoppeld?{query}")
    assert (answer.status_code, "Dit verzoek is niet te lezen" in answer.text) == (400, True)
