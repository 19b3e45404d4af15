"""Processes of the portal that work on imports, to be killed."""

import asyncio
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

CONFIRMED, DONE = "confirmed", "done"

PROCESSES = get_context("forkserver")
PROCESSES.set_forkserver_preload(["app.imports.jobs", "tests.imports.lives"])


def begin(user: int, key: int) -> tuple[BaseProcess, Connection]:
    """A new one, and where it tells how far it is."""
    told, tell = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=live, args=(user, key, tell))
    process.start()
    tell.close()
    return process, told


def live(user: int, key: int, tell: Connection) -> None:
    asyncio.run(_live(user, key, tell))


async def _live(user: int, key: int, tell: Connection) -> None:
    """An import is checked, confirmed by whose it is, and taken over."""
    from app.acting import acting_for
    from app.downloads.owner import load_owner
    from app.imports.jobs import work_on_imports
    from app.imports.queries import confirm
    from app.piccolo_conf import DB
    from app.tables import ImportKind

    await DB.start_connection_pool()
    await work_on_imports()
    owner = await load_owner(user)
    assert owner
    with acting_for(owner.access):
        await confirm(owner.access, None, ImportKind.ENROLMENTS, key, 0)
    tell.send(CONFIRMED)
    await work_on_imports()
    tell.send(DONE)
