"""The desk of an administrator."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.sessions import client_of


@pytest.fixture
async def desk(application: Any) -> AsyncClient:
    """The demo world's administrator, signed in."""
    return await client_of(application, "beheerder")
