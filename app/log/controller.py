"""Logboek: who saw or did what. Looking into it is on record too."""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from app.access import Access
from app.audit import record
from app.database import snapshot
from app.downloads.delivery import deliver
from app.log.filters import LogFilter
from app.log.overview import LogOverview, read_events
from app.log.queries import count_events, list_events
from app.log.seals import show_seal
from app.log.workbook import read_filters
from app.pages import page
from app.security import PortalRequest
from app.tables import Role

PATIENCE = 5.0
"""Seconds for what a page shows of a log that may be long."""


class LogController(Controller):
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get("/beheer/logboek")
    async def index(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[str]:
        return await show_log(request, access, await self._filters(request))

    @get("/beheer/logboek.xlsx", already_compressed=True)
    async def download(self, request: PortalRequest, access: NamedDependency[Access]) -> Response[Any]:
        filters = await self._filters(request)
        if filters.errors:
            return await show_log(request, access, filters)
        return await deliver(request, access, "logboek", filters, await count_events(access, filters))

    async def _filters(self, request: PortalRequest) -> LogFilter:
        return await read_filters(request.viewer, request.scope["query_string"])


async def show_log(request: PortalRequest, access: Access, filters: LogFilter) -> Response[str]:
    async with snapshot(PATIENCE):
        found = await list_events(access, filters)
        overview = LogOverview(request.viewer, filters, found, await read_events(found.page.rows))
    # Which filters were on, not what was typed in them.
    await record(request, "view_log", "log", filters=" ".join(filters.words()))
    seal = await show_seal(access)
    return page(request, "log/index.html", status=overview.status, overview=overview, seal=seal)
