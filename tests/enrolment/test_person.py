"""Who enrols, read from what is typed: in a form and in the row of a file alike."""

from datetime import date, timedelta

import pytest

from app.clock import today
from app.enrolment.person import Person, read_person

TYPED = {
    "aanhef": "mr",
    "voornaam": " Jan ",
    "tussenvoegsel": "de",
    "achternaam": "Vries",
    "emailadres": "Jan@EXAMPLE.org",
}


def test_what_is_right_becomes_a_person() -> None:
    assert read_person(TYPED) == (Person("mr", "Jan", "de", "Vries", "Jan@example.org"), {})


def test_what_may_be_left_out_is_read_too() -> None:
    person, errors = read_person(TYPED | {"geboortedatum": "22-4-1990", "crtnummer": "crt 12"})
    assert (person and (person.birth_date, person.crt_number), errors) == ((date(1990, 4, 22), "CRT 12"), {})


@pytest.mark.parametrize("typed", ["mr", "De heer", "de heer", " DE  HEER"])
def test_the_salutation_may_be_its_key_or_its_words(typed: str) -> None:
    person, _ = read_person(TYPED | {"aanhef": typed})
    assert person is not None
    assert person.salutation == "mr"


def test_all_that_is_missing_is_told_at_once_in_the_order_of_the_screen() -> None:
    person, errors = read_person({})
    assert person is None
    assert list(errors) == ["aanhef", "voornaam", "achternaam", "emailadres"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("aanhef", "Dhr"),
        ("voornaam", "- '"),
        ("achternaam", "x" * 121),
        ("tussenvoegsel", "d\x00e"),
        ("emailadres", "jan"),
        ("emailadres", "jan@x"),
        ("geboortedatum", "31-02-1990"),
        ("geboortedatum", (today() + timedelta(days=1)).isoformat()),
        ("crtnummer", "x" * 41),
    ],
)
def test_what_is_wrong_is_named(name: str, typed: str) -> None:
    person, errors = read_person(TYPED | {name: typed})
    assert (person, list(errors)) == (None, [name])
