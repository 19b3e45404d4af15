"""The signs of paycodes, batches and enrolments: made, read and shown.

A code that exists is opaque: `is_code` says what can be one. The check sign tells a typing mistake from
an unknown code, and only codes made here have it.
"""

import re
import secrets
from itertools import product
from math import prod
from random import Random

from app.names import fold

# Without 0/O, 1/I/L and whatever else is easily mistaken.
ALPHABET = "2345678ACDEFGHJPSTUWXZ"
CODE_LENGTH = 16
NUMBER_LENGTH = 8

_BASE = len(ALPHABET)
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
# A byte becomes a sign; the last few bytes are dropped, so that each sign is as likely as any other.
_FAIR = 256 - 256 % _BASE
_SIGN_OF_BYTE = bytes(ord(ALPHABET[byte % _BASE]) for byte in range(256))
_UNFAIR = bytes(range(_FAIR, 256))
# What twice a value adds to a checksum: its two digits in this base.
_DOUBLED = [sum(divmod(2 * value, _BASE)) for value in range(_BASE)]

_BATCH_DIGITS = "0123456789"
_BATCH_LETTERS = "BKLMNQRSVY"

_POSSIBLE_CODE = re.compile(f"[0-9A-Z]{{{CODE_LENGTH}}}")
# What a sign is taken for when somebody copies a code by hand. The first are in none of the codes made here.
_LOOK_ALIKES = {"0": "DO", "O": "D0", "Q": "D", "1": "7JTIL", "I": "7JT1L", "L": "7JT1I", "9": "G", "B": "8", "V": "U"}
MOST_READINGS = 256
# Who scans a card has its whole address.
_ADDRESS = "betaalcode="

_BETWEEN = re.compile(r"[\s\u00ad\u200b\u2010-\u2015\u2212-]+")


def new_code(source: Random | None = None) -> str:
    """A paycode nobody can guess: 15 random signs and a check sign. With a `source` only for made-up worlds."""
    return new_codes(1, source)[0]


def new_codes(count: int, source: Random | None = None) -> list[str]:
    """As `new_code`, many at once. Nothing keeps two of them from being the same but chance: 1 in 22^15."""
    return [bare + check_sign(bare) for bare in _random_signs(count, CODE_LENGTH - 1, source)]


def new_enrolment_number(source: Random | None = None) -> str:
    return new_enrolment_numbers(1, source)[0]


def new_enrolment_numbers(count: int, source: Random | None = None) -> list[str]:
    return _random_signs(count, NUMBER_LENGTH, source)


def new_batch_number(source: Random | None = None) -> str:
    """Like `3K2R1S`: three times a digit and a letter."""
    choose = source.choice if source else secrets.choice
    return "".join(choose(_BATCH_DIGITS) + choose(_BATCH_LETTERS) for _ in range(3))


def check_sign(signs: str) -> str:
    """The sign that closes these (Luhn's checksum in base 22): no single mistake keeps it."""
    values = [_VALUES[sign] for sign in reversed(signs)]
    checksum = sum(_DOUBLED[value] for value in values[::2]) + sum(values[1::2])
    return ALPHABET[-checksum % _BASE]


def canonical(text: str) -> str:
    """A code as it is stored, from a code as it is typed: capitals, no spaces, no dashes."""
    return _BETWEEN.sub("", text).upper()


def readings(typed: str) -> list[str]:
    """What may be meant by a code that somebody typed: itself first, then with look-alikes in the place of signs that
    no code made here has."""
    code = canonical(typed.rpartition(_ADDRESS)[2])
    choices = [sign + _LOOK_ALIKES.get(sign, "") for sign in code]
    if prod(map(len, choices)) > MOST_READINGS:
        return [code]
    return ["".join(signs) for signs in product(*choices)]


def is_checked(code: str) -> bool:
    """Whether its last sign closes it, as in every code made here."""
    return set(code) <= _VALUES.keys() and check_sign(code[:-1]) == code[-1:]


def is_code(text: str) -> bool:
    """Whether this canonical text can be a paycode, made here or long ago."""
    return _POSSIBLE_CODE.fullmatch(text) is not None


def grouped(code: str) -> str:
    """`EXZA-8F5E-XG5W-U22J`: a paycode or an enrolment number as people read it."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def batch_search_text(number: str, contact_name: str, reference: str) -> str:
    """What the paycodes of a batch are found by, besides their own signs."""
    return " ".join(filter(None, map(fold, (f"#{number}", contact_name, reference))))


def _random_signs(count: int, length: int, source: Random | None) -> list[str]:
    random_bytes = source.randbytes if source else secrets.token_bytes
    signs, wanted = b"", count * length
    while len(signs) < wanted:
        signs += random_bytes(wanted - len(signs) + 64).translate(_SIGN_OF_BYTE, _UNFAIR)
    return [signs[start : start + length].decode() for start in range(0, wanted, length)]
