"""People's names: how they are shown, sorted and found. All pure."""

import unicodedata

# What stands between the parts of a sort key: before the space within a part and before every letter.
SEPARATOR = "\t"

ERASED = "verwijderde kandidaat"
"""The name of who was erased."""

FORMS_OF_ADDRESS = {"mr": "de heer", "ms": "mevrouw"}

# Letters that Unicode does not take apart.
WHOLE_LETTERS = {
    "ł": "l",
    "ø": "o",
    "ı": "i",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ħ": "h",
    "ŧ": "t",
    "ŋ": "n",
    "ĸ": "k",
    "ə": "e",
}
APOSTROPHES = "'’‘ʼʻ`´′"
# Combining marks, hyphens and dashes, signs that are not seen.
DROPPED = {"Mn", "Me", "Pd", "Cf"}


class _FoldedSigns(dict[int, str]):
    """Of each sign what it folds to, worked out when first met; as many are kept as any text needs."""

    def __missing__(self, code_point: int) -> str:
        folded = _bare(_bare(chr(code_point)).casefold())
        folded = "".join(WHOLE_LETTERS.get(sign, sign) for sign in folded)
        if len(self) < 4096:
            self[code_point] = folded
        return folded


def _bare(text: str) -> str:
    kept = (sign for sign in text if sign not in APOSTROPHES)
    decomposed = unicodedata.normalize("NFKD", "".join(kept))
    return "".join(sign for sign in decomposed if sign not in APOSTROPHES and unicodedata.category(sign) not in DROPPED)


_FOLDED = _FoldedSigns()


def fold(text: str) -> str:
    """The text as it is sorted and searched: no capitals, accents, apostrophes or hyphens, single spaces."""
    return " ".join(text.translate(_FOLDED).split())


def words(text: str) -> list[str]:
    """What a searcher typed, as folded words: a name is found when its search text holds each of them."""
    return fold(text.replace(",", " ")).split()


def sort_key(given_name: str, name_particle: str, family_name: str) -> str:
    """Sorts as Dutch lists do: on family name, then given name, then particle."""
    return SEPARATOR.join(fold(part) for part in (family_name, given_name, name_particle))


def search_text(given_name: str, name_particle: str, family_name: str, email: str, number: str = "") -> str:
    """What a person is found by, or an enrolment: `number` is the enrolment's, or the person's in the register."""
    return " ".join(filter(None, map(fold, (given_name, name_particle, family_name, email, number))))


def list_name(given_name: str, name_particle: str, family_name: str) -> str:
    """`Vries, Jan de`; of who was erased there is no more than a family name."""
    return ", ".join(filter(None, (family_name, _joined(given_name, name_particle))))


def full_name(given_name: str, name_particle: str, family_name: str) -> str:
    """`Jan de Vries`"""
    return _joined(given_name, name_particle, family_name)


def formal_name(salutation: str, given_name: str, name_particle: str, family_name: str) -> str:
    """`de heer De Vries`; who is addressed neutrally keeps the given name: `Robin van 't Hof`."""
    form = FORMS_OF_ADDRESS.get(salutation)
    if form is None:
        return full_name(given_name, name_particle, family_name)
    # A particle that opens the name takes a capital; the one of 't Hart has none to take.
    return _joined(form, name_particle[:1].upper() + name_particle[1:], family_name)


def _joined(*parts: str) -> str:
    return " ".join(filter(None, parts))
