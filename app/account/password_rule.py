"""What a new password must be: hard to guess for who knows the person, the portal and the calendar."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SHORTEST, LONGEST = 8, 128

HINT = (
    "8 tot 128 tekens, met ten minste een hoofdletter, een kleine letter, een cijfer en een symbool. "
    "Geen veelgebruikt wachtwoord, en niet uw naam, gebruikersnaam of organisatie."
)
TOO_SIMPLE = "Het wachtwoord moet ten minste 8 tekens hebben, met een hoofdletter, kleine letter, cijfer en symbool."
TOO_LONG = "Het wachtwoord mag ten hoogste 128 tekens hebben."
TOO_COMMON = "Dit wachtwoord komt te vaak voor. Kies een ander wachtwoord."
OF_CALENDAR = "Een seizoen, maand of dag met cijfers en tekens eromheen is te makkelijk te raden."
OF_PERSON = "Gebruik uw naam, gebruikersnaam of e-mailadres niet in het wachtwoord."
OF_ORGANISATION = "Gebruik de naam van uw organisatie niet in het wachtwoord."
OF_PRODUCT = "Gebruik geen woord van dit portaal in het wachtwoord, zoals vakmanschap of techniek."

_WORD = re.compile(r"\w+")
PRODUCT = _WORD.findall(
    "vakmanschap vakbekwaam vakpaspoort techniek evenement portaal betaalcode koolmonoxide warmtepomp zonnestroom "
    "afleverset"
)
CALENDAR = frozenset(
    _WORD.findall(
        "lente voorjaar zomer herfst najaar winter spring summer autumn fall "
        "januari februari maart april mei juni juli augustus september oktober november december "
        "january february march may june july august october "
        "jan feb mrt mar apr jun jul aug sep sept okt oct nov dec "
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag "
        "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun"
    )
)

# Digits and signs that stand for letters; some are read both ways.
_AS_LETTERS = (
    str.maketrans("013456789@$!|€+", "oieasgtbgasilet"),
    str.maketrans("013456789@$!|€+", "oleasgtbgaslles"),
)
_NO_LETTERS = re.compile(r"[\W\d_]+")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
_AFTER = re.compile(r"[\W\d_]+$")
_SIGNS_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
_REPEATED = re.compile(r"(.+?)\1+")
SHORT_WORD = 3


@dataclass(frozen=True)
class Person:
    """Whose password it is, in words that others know too."""

    names: tuple[str, ...]
    """User name, e-mail address and the parts of the own name."""
    organisations: tuple[str, ...] = ()


def problem_with(password: str, person: Person) -> str | None:
    """Why this may not be the person's password, as a sentence; nothing when it may."""
    if len(password) > LONGEST:
        return TOO_LONG
    if len(password) < SHORTEST or not _has_all_kinds(password):
        return TOO_SIMPLE
    readings = _readings(password)
    if readings & CALENDAR:
        return OF_CALENDAR
    for words, sentence in (
        (person.names, OF_PERSON),
        (person.organisations, OF_ORGANISATION),
        (PRODUCT, OF_PRODUCT),
    ):
        if any(_mentioned(word, readings) for name in words for word in _words(name)):
            return sentence
    return None if readings.isdisjoint(common()) else TOO_COMMON


@cache
def common() -> frozenset[str]:
    """What many people choose, folded; also without the digits at its end, for who has put others there."""
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    words = {_fold(word) for line in lines if not line.startswith("#") for word in line.split()}
    return frozenset(words | {_AFTER.sub("", word) for word in words})


def _has_all_kinds(password: str) -> bool:
    return (
        any(sign.isupper() for sign in password)
        and any(sign.islower() for sign in password)
        and any(sign.isdigit() for sign in password)
        and any(not sign.isalnum() for sign in password)
    )


def _readings(password: str) -> set[str]:
    """The words that a guesser starts from to reach this password: without what was put around or
    between the letters, with digits and signs as the letters that they resemble, once if it repeats."""
    folded = _fold(password)
    texts = {folded, *(rim.sub("", folded) for rim in (_AROUND, _AFTER, _SIGNS_AROUND))}
    texts |= {text.translate(letters) for text in texts for letters in _AS_LETTERS}
    texts |= {_NO_LETTERS.sub("", text) for text in texts}
    return texts | {found[1] for text in texts if (found := _REPEATED.fullmatch(text))}


def _mentioned(word: str, readings: set[str]) -> bool:
    """A short word only counts when it stands alone: half of all passwords hold `bo` or `an`."""
    if len(word) <= SHORT_WORD:
        return any(word in _NO_LETTERS.split(reading) for reading in readings)
    return any(word in reading for reading in readings)


def _words(name: str) -> list[str]:
    """A name whole and in words, but for single letters."""
    folded = _fold(name)
    return [word for word in (folded, *_NO_LETTERS.split(folded)) if len(word) > 1]


def _fold(text: str) -> str:
    """Without capitals and accents."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
