"""No version in a lock has a hole that `advisories.toml` knows, and somebody looked at that list not long ago."""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from packaging.specifiers import SpecifierSet

from app.clock import today
from tests.test_locks import pins

LIST = tomllib.loads((Path(__file__).parent / "advisories.toml").read_text())
LONGEST = timedelta(days=180)


def holes(locked: Mapping[str, str], advisories: list[dict[str, Any]]) -> list[str]:
    return [
        f"{each['package']} {locked[each['package']]}: {', '.join(each['ids'])}"
        for each in advisories
        if each["package"] in locked and locked[each["package"]] in SpecifierSet(each["affected"])
    ]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-security.lock"])
def test_nothing_that_is_installed_has_a_known_hole(lock: str) -> None:
    assert holes(pins(lock), LIST["advisory"]) == []


@pytest.mark.parametrize("each", LIST["advisory"], ids=lambda each: f"{each['package']} {each['ids'][0]}")
def test_an_old_version_would_be_heard(each: dict[str, Any]) -> None:
    assert each["ids"]
    assert each["note"]
    first_without = next(one.version for one in SpecifierSet(each["affected"]) if one.operator == "<")
    old = next((one.version for one in SpecifierSet(each["affected"]) if one.operator == ">="), "0.1")
    assert holes({each["package"]: old}, [each])
    assert not holes({each["package"]: first_without}, [each])


def test_somebody_looked_at_the_list_in_the_last_half_year() -> None:
    looked: date = LIST["reviewed"]
    assert looked <= today() < looked + LONGEST, "look up what is new, see the head of advisories.toml"
