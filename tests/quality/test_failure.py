"""The page of a failure keeps the rules of every other page."""

import pytest

from tests.quality.conftest import Shown
from tests.quality.states import BROKEN
from tests.quality.test_axe import DESK, in_every_mode
from tests.quality.test_fits import ROOMY, SMALL, sideways

pytestmark = pytest.mark.once


@pytest.fixture
def site(broken_server: str) -> str:
    return broken_server


def test_a_failure_is_accessible_and_fits(shown: Shown, complaints: list[str]) -> None:
    page = shown(BROKEN, viewport=DESK)
    faults = in_every_mode(page) + page.evaluate(SMALL) + sideways(page)
    page.evaluate(ROOMY)
    faults += sideways(page, ", roomy")
    assert not faults, "\n".join(faults)
    assert all("status of 500" in each for each in complaints)
    complaints.clear()
