"""The portal with one more address, where everything goes wrong."""

from collections.abc import AsyncIterator
from typing import Any

from litestar import get
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from app.security import Audience


@get("/mislukt/{how:str}", opt={"access": Audience.STATIC})
async def fail(how: FromPath[str]) -> str:
    if how.isdigit():
        raise HTTPException(status_code=int(how), detail="geheim-4711")
    raise {"storing": OSError("geheim-4711"), "fout": ValueError("geheim-4711")}[how]


async def failing_portal() -> AsyncIterator[Any]:
    from app.main import create_app

    app = create_app()
    app.register(fail)
    async with app.lifespan():
        yield app
