"""Who the tests of unlinking are about."""

import pytest


@pytest.fixture
async def jan(db: None) -> int:
    """The enrolment of Jan de Vries, linked to ABC, which kim manages."""
    from tests.candidates.handmade import enrol, organisation_of

    [jan] = await enrol(await organisation_of("kim", "ABC"))
    return jan
