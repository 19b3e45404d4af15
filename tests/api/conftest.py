"""Who reports and who reads."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient


@pytest.fixture
async def abc(db: None) -> int:
    """The organisation ABC, which kim manages."""
    from tests.candidates.handmade import organisation_of

    return await organisation_of("kim", "ABC")


@pytest.fixture
async def jan(abc: int) -> int:
    """The enrolment of Jan de Vries at ABC, not paid."""
    from tests.candidates.handmade import enrol

    [jan] = await enrol(abc)
    return jan


@pytest.fixture
async def tests_system(jan: int, application: Any) -> AsyncIterator[AsyncClient]:
    """Reports results."""
    from app.tables import ApiScope
    from tests.api.world import make_key, system

    async with system(application, await make_key(ApiScope.RESULTS_WRITE)) as client:
        yield client


@pytest.fixture
async def hr(abc: int, application: Any) -> AsyncIterator[AsyncClient]:
    """Reads what is ABC's."""
    from app.tables import ApiScope
    from tests.api.world import make_key, system

    scopes = ApiScope.ENROLMENTS_READ, ApiScope.PAYCODES_READ
    async with system(application, await make_key(*scopes, organisation=abc)) as client:
        yield client
