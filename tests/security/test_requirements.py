"""`docs/security.md` promises nothing without a test that is there, and says of every limit what the code says."""

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from app.throttle import Limit as Throttle
from tests.security.asvs import ids
from tests.security.requirements import DOCUMENT, PLACE, ROOT, asvs, exists, limits, named_in, requirements, value_of
from tests.security.verdict import DATABASES

STATES = {
    "held": "by tests",
    "written": "in a place that is there",
    "not here": "what it is about does not exist in the portal",
    "host": "who runs the portal sees to it",
    "set aside": "decided otherwise, with the reason",
    "not held": "nothing shows it, with the reason",
}
UNITS: dict[str, Any] = {
    "": 1,
    "months": 1,
    "rows": 1,
    "columns": 1,
    "seconds": timedelta(seconds=1),
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "KiB": 1024,
    "MiB": 1024 * 1024,
}
BUCKET = re.compile(r"(\d+), then one each ([\d.]+) (seconds|minutes|hours)")


def test_there_are_fifty_one_in_their_order() -> None:
    assert [each.number for each in requirements()] == [*range(1, 52)]


@pytest.mark.parametrize("each", requirements(), ids=lambda each: str(each.number))
def test_each_is_held_by_a_test_or_says_why_not(each: Any) -> None:
    assert len(each.promise) > 20
    assert each.tests or each.not_held or each.set_aside


def test_every_test_that_is_named_is_there() -> None:
    assert [test for test in named_in(DOCUMENT.read_text()) if not exists(test)] == []


def test_every_place_that_is_named_is_there() -> None:
    assert [place for place in PLACE.findall(DOCUMENT.read_text()) if not (ROOT / place).exists()] == []


def test_every_requirement_of_asvs_is_answered_once() -> None:
    answered = Counter(each for row in asvs() for each in row.ids)
    assert [each for each in ids() if answered[each] != 1] == []
    assert all(row.ids for row in asvs())


@pytest.mark.parametrize("row", asvs(), ids=lambda row: row.named)
def test_its_answer_has_a_test_a_place_or_a_reason(row: Any) -> None:
    assert row.state in STATES
    if row.state == "held":
        assert row.tests
    elif row.state == "written":
        assert row.places
    else:
        assert len(row.said) >= 8


def test_the_suite_runs_on_both_databases() -> None:
    assert DATABASES == ("sqlite", "postgres")
    assert f"for database in {' '.join(DATABASES)}; do" in (ROOT / "tests/run").read_text()


@pytest.mark.parametrize("each", limits(), ids=lambda each: each.constant)
def test_a_limit_is_what_the_code_says(each: Any) -> None:
    assert meant(each.value, value_of(each.constant))


def meant(value: str, code: Any) -> bool:
    """Whether what stands in the document is what stands in the code."""
    if isinstance(code, Throttle):
        found = BUCKET.fullmatch(value)
        assert found, f"{value} is no bucket"
        return (code.most, code.every) == (int(found[1]), float(found[2]) * UNITS[found[3]])
    number, _, unit = value.replace(",", "").partition(" ")
    said = float(number) * UNITS[unit]
    in_seconds = isinstance(said, timedelta) and not isinstance(code, timedelta)
    return bool((said.total_seconds() if in_seconds else said) == code)
