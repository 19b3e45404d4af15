"""A portal in which something fails."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient


@pytest.fixture
async def failing(demo_readonly: None) -> AsyncIterator[AsyncClient]:
    """A visitor of it, who is shown answers in the 500s too."""
    from tests.clients import visitor
    from tests.security.failing import failing_portal

    async for app in failing_portal():
        client: Any = visitor(app)
        client.event_hooks = {"response": []}
        async with client:
            yield client
