"""Text as a cell can hold it; pure."""

import re

# What Excel holds in a cell, counted as Excel does: a sign outside the basic plane is two.
LONGEST = 32_767
CUT = " … (ingekort)"
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"

# Signs that XML cannot carry.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel reads `_x0041_` as the sign with that number, so the text itself gets its underscore by number.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def cell_text(text: str) -> str:
    """The text for a cell that is typed as text. Unchanged on screen, except: what XML cannot carry becomes
    U+FFFD, and what is longer than a cell holds ends in `CUT`."""
    text = _UNWRITABLE.sub(REPLACEMENT, text)
    written = _escaped(text)
    if len(written) <= LONGEST // 2 or _length(written) <= LONGEST:
        return written
    text = text[:LONGEST]
    while (excess := _length(_escaped(text) + CUT) - LONGEST) > 0:
        text = text[: -max(1, excess // 2)]
    return _escaped(text) + CUT


def _escaped(text: str) -> str:
    return _ESCAPE.sub("_x005F_", text)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
