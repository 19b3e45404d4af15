"""An administrator at the batches."""

from typing import Any

from httpx import AsyncClient

from app.tables import Role
from tests.paycodes.world import make_manager
from tests.sessions import client_of


async def desk(application: Any) -> AsyncClient:
    await make_manager("robin", role=Role.ADMINISTRATOR)
    return await client_of(application, "robin")
