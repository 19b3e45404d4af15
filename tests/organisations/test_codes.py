"""Which code is proposed for a name."""

from itertools import islice

import pytest

from app.organisations.codes import free_code, proposals

NAMES = [
    ("Noorderwind Warmte Techniek", "NWT"),
    ("Noorderwind Warmtetechniek (demo)", "NWA"),
    ("Zuiderpoort", "ZUI"),
    ("Zuiderpoort B.V.", "ZUI"),
    ("Élan Énergie Ørsted", "EEO"),
    ("De Boer", "BOE"),
    ("BV", "AAA"),
    ("X 1", "AAA"),
    ("", "AAA"),
]


@pytest.mark.parametrize(("name", "code"), NAMES)
def test_it_is_made_of_the_name(name: str, code: str) -> None:
    assert free_code(name, ()) == code


def test_what_is_taken_gives_way_to_the_next() -> None:
    assert free_code("Zuiderpoort", {"ZUI"}) == "ZUD"
    assert free_code("Noord West", {"NWE", "NWS"}) == "NWT"
    assert free_code("Noord West", set(islice(proposals("Noord West"), 4))) == "NRW"
    assert free_code("Noorderwind Warmte Techniek", {"NWT"}) == "NWA"
    assert free_code("ABC", {"ABC"}) == "AAA"


def test_without_any_free_there_is_none() -> None:
    assert free_code("ABC", set(proposals("ABC"))) == ""
