"""The three letters that people type to be linked, proposed from a name; pure."""

import re
from collections.abc import Collection, Iterator
from itertools import chain, combinations, product
from string import ascii_lowercase

from app.names import fold

LENGTH = 3
# What tells no organisations apart.
UNTELLING = frozenset({"bv", "nv", "vof", "de", "het", "en"})


def free_code(name: str, taken: Collection[str]) -> str:
    """The first proposal that nobody has; empty when every code is given out."""
    return next((code for code in proposals(name) if code not in taken), "")


def proposals(name: str) -> Iterator[str]:
    """First letters of the words, else letters of it in their order, at last any three; some come more than once."""
    words = _words(name)
    ways = chain(
        combinations((word[0] for word in words), LENGTH),
        _of_two(words[0], "".join(words[1:])) if len(words) > 1 else (),
        combinations("".join(words), LENGTH),
        product(ascii_lowercase, repeat=LENGTH),
    )
    return ("".join(way).upper() for way in ways)


def _words(name: str) -> list[str]:
    """What stands between brackets is no part of the name."""
    bare = fold(re.sub(r"\([^)]*\)", " ", name)).replace(".", "")
    found = re.findall(r"[a-z]+", bare)
    return [word for word in found if word not in UNTELLING] or found


def _of_two(first: str, rest: str) -> Iterator[tuple[str, ...]]:
    """Noorderwind Techniek: NTE, NTC …, then NOT, NRT …"""
    yield from ((first[0], rest[0], letter) for letter in rest[1:])
    yield from ((first[0], letter, rest[0]) for letter in first[1:])
