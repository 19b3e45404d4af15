"""What routes, profiles and steps are called in addresses and by other systems; pure."""

import re
from collections.abc import Container

from app.names import fold

LONGEST = 40
SHAPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def slug_of(name: str, longest: int = LONGEST) -> str:
    """`Monteur Service & Onderhoud` → `monteur-service-onderhoud`; empty when the name has no letter or digit
    to keep."""
    parts = re.findall(r"[a-z0-9]+", fold(re.sub(r"[-–—/]", " ", name)))
    return "-".join(parts)[:longest].strip("-")


def free_slug(name: str, taken: Container[str], longest: int = LONGEST) -> str:
    """The same, with a number behind it where others have it."""
    first = slug_of(name, longest)
    slug, number = first, 2
    while slug in taken:
        slug = f"{first[: longest - 4].rstrip('-')}-{number}"
        number += 1
    return slug
