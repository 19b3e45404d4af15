"""What others wrote is served as they published it: htmx 4.0.1 and signs of Lucide 1.62.0."""

import hashlib
import re

import pytest

from app.pages import ROOT, STATIC

LINES = (STATIC / "checksums.txt").read_text().splitlines()
LISTED = {name: digest for digest, name in (line.split("  ", 1) for line in LINES)}
SYMBOL = re.compile(r'<symbol id="([^"]+)".*?</symbol>', re.DOTALL)


@pytest.mark.parametrize("name", LISTED)
def test_a_file_of_others_is_unchanged(name: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == LISTED[name]


def test_every_file_of_others_is_listed() -> None:
    theirs = {*STATIC.glob("*.min.js"), *STATIC.glob("licences/*"), STATIC / "icons.svg"}
    assert {str(path.relative_to(STATIC)) for path in theirs} == set(LISTED)


def test_signs_within_a_page_are_those_of_the_sprite() -> None:
    sprite = {found[1]: found[0] for found in SYMBOL.finditer((STATIC / "icons.svg").read_text())}
    page = SYMBOL.finditer((ROOT / "templates/candidates/_signs.html").read_text())
    assert all(sprite[found[1]] == found[0] for found in page)


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = {found[1] for found in SYMBOL.finditer((STATIC / "icons.svg").read_text())}
    templates = (path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    named = {name for text in templates for name in re.findall(r'icon\("([^"]+)"', text)}
    assert named <= sprite
