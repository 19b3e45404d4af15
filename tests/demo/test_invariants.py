"""The demo world holds nothing that cannot happen."""

import pytest

from tests.demo.invariants import NEVER, offenders


@pytest.mark.parametrize("never", NEVER)
async def test_the_demo_never_holds(never: str, demo_readonly: None) -> None:
    assert await offenders(never) == []


async def test_deriving_the_demo_anew_changes_nothing(demo: None) -> None:
    from app.database import transaction
    from app.results.rederive import rederive

    async with transaction():
        assert await rederive() == 0
