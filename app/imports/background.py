"""What the portal keeps running for files that come in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar

from app.background import beside, repeat
from app.imports.jobs import LOOK, work_on_imports
from app.imports.uploads import Uploads


@asynccontextmanager
async def imports(app: Litestar) -> AsyncIterator[None]:
    """Reads what is uploaded here, and works on imports, whoever took them in, as long as the portal runs."""
    asked = asyncio.Event()
    app.state.uploads, app.state.import_asked = Uploads(), asked
    async with beside(repeat("imports", work_on_imports, asked, LOOK)):
        yield
