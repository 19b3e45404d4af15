"""What people type, made fit to keep and to compare; pure."""

import unicodedata

# Control signs, halves of a pair, and what stands in the place of bytes that are no UTF-8.
UNREADABLE = {"Cc", "Cs"}
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class TextRefused(ValueError):
    """The message is a Dutch sentence for whoever typed it."""


def clean(text: str, longest: int) -> str:
    """One line in NFC, without white space around it and with single spaces in it.

    Raises TextRefused above `longest` signs and for signs that cannot be read or kept."""
    text = text.strip()
    if any(unicodedata.category(sign) in UNREADABLE or sign == REPLACEMENT for sign in text):
        raise TextRefused("Hierin staat een teken dat niet te lezen is. Typ de tekst opnieuw.")
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if len(text) > longest:
        raise TextRefused(f"Dit is te lang. Gebruik ten hoogste {longest} tekens.")
    return text


def key(text: str) -> str:
    """What two spellings of one user name or e-mail address share."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
