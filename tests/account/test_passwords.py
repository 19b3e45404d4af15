"""The rule for new passwords, and the hash that is kept of them."""

import asyncio
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.account import password_rule as rule
from app.account.password_rule import Person, problem_with
from app.account.passwords import HASHER, LONGEST_QUEUE, THREADS, TooBusy, hash_now, hash_password, is_outdated, verify

ANNA = Person(("anna.smit", "a.smit", "Anna", "Smit"), ("Noorderwind Warmtetechniek (demo)", "NWT"))
BO = Person(("bobbie99", "bo", "Bo", "'t Hart-Özdemir"), ())


@pytest.mark.parametrize(
    "password",
    [
        "Merel!9bruggen",
        "Tr0ub4dor&3",
        "Correct paard 9 batterij",
        "xK9#mmqp",
        "Zomer in Zwolle 7 keer",
        "Ænigma-9 ölberg",
        "aA1!" * 8 + "kwartel",
        "Ab1!" + "z" * 124,
        "  Spaties9! ",
        "Ik-at-3-vlaaien-in-Limburg",
    ],
)
def test_a_good_password_is_taken(password: str) -> None:
    assert problem_with(password, ANNA) is None


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("", rule.TOO_SIMPLE),
        ("Kort1!a", rule.TOO_SIMPLE),
        ("merel!9bruggen", rule.TOO_SIMPLE),
        ("MEREL!9BRUGGEN", rule.TOO_SIMPLE),
        ("Merel!bruggen", rule.TOO_SIMPLE),
        ("Merel9bruggen", rule.TOO_SIMPLE),
        ("Ab1!" + "z" * 125, rule.TOO_LONG),
        ("Zomer2026!", rule.OF_CALENDAR),
        ("Z0mer-2026", rule.OF_CALENDAR),
        ("!!Dinsdag!!4", rule.OF_CALENDAR),
        ("Mei!20262026", rule.OF_CALENDAR),
        ("2026Januari!", rule.OF_CALENDAR),
        ("December#25", rule.OF_CALENDAR),
        ("Winter123!@#", rule.OF_CALENDAR),
        ("Anna!234xyz", rule.OF_PERSON),
        ("Xy4nna!bruggen", rule.OF_PERSON),
        ("De-$m1t-uil9", rule.OF_PERSON),
        ("Noorderwind1!", rule.OF_ORGANISATION),
        ("Nwt!93kqxz", rule.OF_ORGANISATION),
        ("Vakmanschap2026!", rule.OF_PRODUCT),
        ("V4km4nsch4p-uil", rule.OF_PRODUCT),
        ("Evenementenportaal1!", rule.OF_PRODUCT),
        ("Mijn-Techn1ek", rule.OF_PRODUCT),
        ("Welkom01!", rule.TOO_COMMON),
        ("W3lk0m!!1", rule.TOO_COMMON),
        ("Welkom-Welkom1!", rule.TOO_COMMON),
        ("P@ssw0rd1", rule.TOO_COMMON),
        ("1Wachtwoord!", rule.TOO_COMMON),
        ("Feyenoord010!", rule.TOO_COMMON),
        ("Qwerty123!", rule.TOO_COMMON),
        ("1q2w3e4R!", rule.TOO_COMMON),
        ("Abcdefg1!", rule.TOO_COMMON),
        ("Aaaaaaa1!", rule.TOO_COMMON),
        ("Wélkom01!", rule.TOO_COMMON),
    ],
)
def test_a_password_that_can_be_guessed_is_refused(password: str, problem: str) -> None:
    assert problem_with(password, ANNA) == problem


@pytest.mark.parametrize("password", ["Bobbie99!", "Hart&hoofd7", "0zdem!r-Eik", "Bo!8Q2 kiezel"])
def test_a_name_counts_in_parts_and_without_accents(password: str) -> None:
    assert problem_with(password, BO) == rule.OF_PERSON


@pytest.mark.parametrize("password", ["Robot9!kiezel", "Boterham8&zand"])
def test_a_short_name_counts_only_by_itself(password: str) -> None:
    assert problem_with(password, BO) is None


def test_nothing_on_the_list_gets_through_with_a_capital_a_digit_and_a_sign() -> None:
    text = Path(rule.__file__).with_name("common_passwords.txt").read_text(encoding="utf-8")
    words = [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]
    assert len(words) == len(set(words)) >= 3000
    stranger = Person(())
    assert [word for word in words if problem_with(f"{word.capitalize()}123!", stranger) is None] == []


def test_more_than_three_thousand_of_an_allowed_length_are_listed() -> None:
    """Of every four kinds of sign, so that nothing but the list refuses them."""
    listed = {password for word in rule.common() if len(password := f"{word.capitalize()}-12") >= rule.SHORTEST}
    refused = [each for each in listed if problem_with(each, Person(())) == rule.TOO_COMMON]
    assert len(refused) >= 3000


@pytest.mark.parametrize("length", [64, 128])
@pytest.mark.parametrize("signs", ["z", " ", "é", "🦆", "漢", "\u0301"])
async def test_a_long_password_with_any_sign_is_kept_whole(signs: str, length: int) -> None:
    password = " Kwartel7!" + signs * (length - 11) + "x"
    assert len(password) == length
    assert problem_with(password, ANNA) is None
    known = await hash_password(password)
    assert await verify(known, password)
    for other in (password[:-1], password[1:], f"{password} "):
        assert not await verify(known, other)


@given(st.text(max_size=200))
def test_any_password_gets_an_answer(password: str) -> None:
    assert problem_with(password, ANNA) is None or problem_with(password, ANNA)


def test_the_hash_is_argon2id_as_decided() -> None:
    assert hash_now("geheim").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not is_outdated(hash_now("geheim"))
    assert is_outdated("$argon2id$v=19$m=8192,t=1,p=1$c29tZXNhbHRzb21l$" + "A" * 43)
    assert HASHER.parallelism == 1


async def test_only_the_password_itself_fits() -> None:
    known = await hash_password(" Merel!9bruggen ")
    assert await verify(known, " Merel!9bruggen ")
    assert not await verify(known, "Merel!9bruggen")
    assert not await verify(known, " merel!9bruggen ")


async def test_one_sign_written_in_two_ways_is_one_password() -> None:
    known = await hash_password(unicodedata.normalize("NFD", "Zoë!9bruggen"))
    assert await verify(known, unicodedata.normalize("NFC", "Zoë!9bruggen"))


@pytest.mark.parametrize("known", [None, "", "no hash", "$argon2id$v=19$m=1,t=1,p=1$x$y"])
async def test_without_a_good_hash_nothing_fits(known: str | None) -> None:
    assert not await verify(known, "")


@pytest.mark.parametrize("password", ["\x00", "\ud800", "x" * 60_000, "\U0010ffff"])
async def test_any_password_can_be_checked(password: str) -> None:
    assert await verify(await hash_password(password), password)


async def test_who_would_wait_too_long_is_told_so_at_once() -> None:
    places = THREADS + LONGEST_QUEUE
    answers = await asyncio.gather(*(verify(None, "x") for _ in range(places + 5)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [bool] * places + [TooBusy] * 5
    assert await verify(None, "x") is False


async def test_who_stops_waiting_gives_the_place_back() -> None:
    for _ in range(3):
        waiting = [asyncio.ensure_future(verify(None, "x")) for _ in range(THREADS + LONGEST_QUEUE)]
        await asyncio.sleep(0)
        for each in waiting:
            each.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert await verify(None, "x") is False
