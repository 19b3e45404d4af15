"""Trefwoorden: every word of it somewhere in name, e-mail address or enrolment number."""

from typing import Any

import pytest

from tests.candidates.handmade import enrol, organisation_of
from tests.candidates.screen import read
from tests.sessions import client_of

NAMES = [
    ("Jan", "de", "Vries"),
    ("Noël", "'t", "Hart"),
    ("Özlem", "", "Yılmaz"),
    ("Femke", "van de", "Ven-de Groot"),
    ("Łukasz", "", "Wójcik"),
    ("Vijf_procent%", "", "Back\\slash"),
]
JAN, NOEL, OZLEM, FEMKE, LUKASZ, SIGNS = range(6)
FOUND = {
    "vries": [JAN],
    "de vries": [JAN],
    "Vries, Jan de": [JAN],
    "jan vries": [JAN],
    "DE VRIES jan": [JAN],
    "noel": [NOEL],
    "'t hart": [NOEL],
    "’t Hart": [NOEL],
    "ozlem yilmaz": [OZLEM],
    "YILMAZ": [OZLEM],
    "ven-de groot": [FEMKE],
    "vende": [FEMKE],
    "groot femke": [FEMKE],
    "lukasz wojcik": [LUKASZ],
    "kandidaat.4@example.org": [FEMKE],
    "EXAMPLE.ORG noel": [NOEL],
    "N0000003": [OZLEM],
    "n000-0003": [OZLEM],
    "%": [SIGNS],
    "_": [SIGNS],
    "\\": [SIGNS],
    "_procent%": [SIGNS],
    "ja%vr": [],
    "v_ies": [],
    "jan bestaatniet": [],
    "' OR 1=1 --": [],
    "{}": [],
}


@pytest.mark.parametrize("typed", FOUND)
async def test_who_is_found(db: None, application: Any, typed: str) -> None:
    ids = await enrol(await organisation_of("kim", "ABC"), NAMES)
    kim = await client_of(application, "kim")
    seen = read(await kim.get("/overzicht", params={"trefwoorden": typed}))
    assert sorted(seen.ids) == [ids[place] for place in FOUND[typed]]


async def test_what_was_typed_stands_in_the_field_and_does_nothing_else(db: None, application: Any) -> None:
    await enrol(await organisation_of("kim", "ABC"))
    kim = await client_of(application, "kim")
    answer = await kim.get("/overzicht", params={"trefwoorden": '"><script>alert(1)</script>'})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "&#34;&gt;&lt;script&gt;" in answer.text
