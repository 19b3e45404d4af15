"""Who looks at candidates."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient


@pytest.fixture
async def abc(db: None) -> int:
    """An organisation on every route, which kim manages."""
    from tests.candidates.handmade import organisation_of

    return await organisation_of("kim", "ABC")


@pytest.fixture
async def vera(abc: int, application: Any) -> AsyncIterator[AsyncClient]:
    """An administrator, signed in."""
    from tests.candidates.handmade import administrator
    from tests.sessions import client_of

    await administrator("vera")
    async with await client_of(application, "vera") as client:
        yield client
