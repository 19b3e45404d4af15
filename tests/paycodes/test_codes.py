"""The signs of paycodes, batches and enrolments."""

import re
from collections import Counter
from random import Random

import pytest

from app.paycodes.codes import (
    ALPHABET,
    canonical,
    check_sign,
    grouped,
    is_code,
    new_batch_number,
    new_code,
    new_codes,
    new_enrolment_number,
)


def test_new_codes_are_sixteen_signs_closed_by_a_check_sign() -> None:
    codes = new_codes(500)
    assert len(set(codes)) == 500
    for code in codes:
        assert len(code) == 16
        assert set(code) <= set(ALPHABET)
        assert code[-1] == check_sign(code[:-1])


def test_every_sign_is_as_likely_as_any_other() -> None:
    counts = Counter("".join(new_codes(20_000, Random(1))))
    assert set(counts) == set(ALPHABET)
    assert max(counts.values()) < 1.05 * min(counts.values())


def test_no_single_mistake_keeps_the_check_sign() -> None:
    bare = new_code(Random(2))[:-1]
    for place, right in enumerate(bare):
        for wrong in set(ALPHABET) - {right}:
            assert check_sign(bare[:place] + wrong + bare[place + 1 :]) != check_sign(bare)


def test_a_seeded_source_gives_the_same_codes_again() -> None:
    assert new_codes(3, Random(7)) == new_codes(3, Random(7))
    assert new_codes(3) != new_codes(3)


@pytest.mark.parametrize("typed", ["EXZA-8F5E-XG5W-U22J", " exza 8f5e xg5w u22j ", "EXZA8F5E‑XG5W–U22J"])
def test_a_typed_code_is_read_whatever_stands_between_the_signs(typed: str) -> None:
    assert canonical(typed) == "EXZA8F5EXG5WU22J"
    assert is_code(canonical(typed))


@pytest.mark.parametrize(
    "typed", ["", "EXZA-8F5E-XG5W-U22", "EXZA-8F5E-XG5W-U22JJ", "ÉXZA-8F5E-XG5W-U22J", "EXZA_8F5E_XG5W_U"]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert not is_code(canonical(typed))


def test_codes_and_enrolment_numbers_are_shown_in_fours() -> None:
    assert grouped("EXZA8F5EXG5WU22J") == "EXZA-8F5E-XG5W-U22J"
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", grouped(new_enrolment_number()))


def test_batch_numbers_look_like_the_manual_s() -> None:
    assert re.fullmatch(r"(\d[A-Z]){3}", new_batch_number())
