"""Names as Dutch lists show, sort and find them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.names import fold, formal_name, full_name, list_name, search_text, sort_key, words

EXPECTED_ORDER = [
    ("Fatima", "el", "Amrani"),
    ("Daniël", "", "Bakker"),
    ("Chloë", "ter", "Beek"),
    ("Youssef", "", "Ben Ali"),
    ("Ruben", "van den", "Berg"),
    ("Anaïs", "de la", "Cruz"),
    ("Jan", "de", "Vries"),
    ("Łukasz", "", "Wójcik"),
    ("Özlem", "", "Yılmaz"),
]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Yılmaz", "yilmaz"),
        ("Łukasz Wójcik", "lukasz wojcik"),
        ("Søren", "soren"),
        ("Nguyễn", "nguyen"),
        ("Straße", "strasse"),
        ("Ven-de Groot", "vende groot"),
        ("in ’t  Veld", "in t veld"),
        ("e\u0301\u00adn\u200b", "en"),
    ],
)
def test_folding_keeps_what_a_keyboard_has(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_lists_sort_on_the_family_name_without_its_particle() -> None:
    mixed = EXPECTED_ORDER[5:] + EXPECTED_ORDER[:5]
    assert sorted(mixed, key=lambda name: sort_key(*name)) == EXPECTED_ORDER


def test_a_shorter_family_name_comes_before_a_longer_one() -> None:
    assert sort_key("Zoë", "", "Ben") < sort_key("Adam", "", "Ben Ali")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        (
            ("Sanne", "van der", "Meulen"),
            ["van der meulen", "Meulen", "meulen sanne", "Meulen, Sanne van der", "s.vdm@example.org"],
        ),
        (("Özlem", "", "Yılmaz"), ["yilmaz", "YILMAZ", "ozlem"]),
        (("Noël", "'t", "Hart"), ["Noel hart", "'t hart", "’t Hart"]),
        (("Femke", "van de", "Ven-de Groot"), ["ven-de groot", "groot"]),
        (("Jan", "de", "Vries"), ["EXZA-8F5E", "exza8f5e", "exza-8f"]),
    ],
)
def test_a_candidate_is_found_by_what_people_type(name: tuple[str, str, str], typed: list[str]) -> None:
    found_by = search_text(*name, email="S.vdM@example.org", number="EXZA8F5E")
    for text in typed:
        assert all(word in found_by for word in words(text)), text


def test_names_in_a_list_and_in_running_text() -> None:
    assert list_name("Jan", "de", "Vries") == "Vries, Jan de"
    assert list_name("Daniël", "", "Bakker") == "Bakker, Daniël"
    assert full_name("Jan", "de", "Vries") == "Jan de Vries"


@pytest.mark.parametrize(
    ("salutation", "name", "formal"),
    [
        ("mr", ("Jan", "de", "Vries"), "de heer De Vries"),
        ("ms", ("Sanne", "van der", "Meulen"), "mevrouw Van der Meulen"),
        ("mr", ("Noël", "'t", "Hart"), "de heer 't Hart"),
        ("neutral", ("Robin", "van 't", "Hof"), "Robin van 't Hof"),
    ],
)
def test_a_particle_that_opens_the_name_takes_a_capital(
    salutation: str, name: tuple[str, str, str], formal: str
) -> None:
    assert formal_name(salutation, *name) == formal
