"""From a selection to a file: at once when it is small, as a download to wait for when it is large."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog
from litestar import Litestar, Response
from litestar.exceptions import HTTPException

from app.access import Access
from app.audit import record
from app.background import beside, repeat
from app.clock import today
from app.database import transaction
from app.disclosures import keep
from app.downloads.jobs import LOOK, work_on_downloads
from app.downloads.listings import MOST, too_many
from app.downloads.process import Lost, Made, Order, Refused, WorkbookProcess
from app.downloads.queries import Asked, create_download, list_unfinished
from app.lists import Selection
from app.pages import go, page
from app.security import PortalRequest
from app.tables import DisclosureKind

logger = structlog.get_logger()

AT_ONCE = 5_000
"""Rows that somebody waits for; above it the browser would."""
MOST_WAITING = 8
"""Small files that wait for each other in this process."""
MOST_UNFINISHED = 5
"""Large files that one person waits for."""
WARM_AFTER = 5.0  # seconds: the first pages come first
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NotDelivered(HTTPException):
    """No file at all; `detail` is a Dutch sentence that says why."""


@asynccontextmanager
async def workbooks(app: Litestar) -> AsyncIterator[None]:
    """The process that writes workbooks and the work on large downloads, as long as the portal runs."""
    async with WorkbookProcess() as process:
        asked = asyncio.Event()
        app.state.workbooks, app.state.download_asked = process, asked
        async with beside(_warm(process), repeat("downloads", work_on_downloads, asked, LOOK)):
            yield


async def _warm(process: WorkbookProcess) -> None:
    await asyncio.sleep(WARM_AFTER)
    try:
        await process.warm()
    except Lost as loss:
        logger.warning("workbooks_not_warm", reason=str(loss))


async def deliver(
    request: PortalRequest, access: Access, kind: str, filters: Selection, total: int, *, at_once: int = AT_ONCE
) -> Response[Any]:
    """The workbook, or the way to it. Raises NotDelivered."""
    if total > MOST:
        raise NotDelivered(too_many(total), status_code=422)
    if total > at_once:
        return await _queue(request, access, kind, filters, total)
    made = await _make(request, Order(kind, access.user, filters.query(number=1)))
    content = await _read(made)
    async with transaction():
        await _record(request, access, kind, filters, total)
        if made.disclosed:
            await keep(DisclosureKind(kind), made.disclosed)
    return Response(content, media_type=WORKBOOK, headers=attachment(file_name(kind)))


async def make_at_once(request: PortalRequest, order: Order) -> bytes:
    """For who waits for it. Raises NotDelivered."""
    return await _read(await _make(request, order))


async def _make(request: PortalRequest, order: Order) -> Made:
    process: WorkbookProcess = request.app.state.workbooks
    if process.waiting >= MOST_WAITING:
        raise NotDelivered("Er worden nu veel bestanden gemaakt. Probeer het over een minuut opnieuw.", status_code=503)
    try:
        return await process.write(order)
    except Refused as refusal:
        raise NotDelivered(str(refusal), status_code=422) from None
    except Lost as loss:
        logger.warning("workbook_lost", reason=str(loss))
        raise NotDelivered("Er is iets misgegaan. Probeer het opnieuw.", status_code=503) from None


async def _read(made: Made) -> bytes:
    with made.file as file:
        return await asyncio.to_thread(file.read)


async def _queue(request: PortalRequest, access: Access, kind: str, filters: Selection, total: int) -> Response[str]:
    """Asked for twice, it is made once."""
    asked = Asked(kind, filters.query(number=1), file_name(kind), total)
    unfinished = await list_unfinished(access)
    same = [each["id"] for each in unfinished if (each["kind"], each["query"]) == (asked.kind, asked.query)]
    if not same and len(unfinished) >= MOST_UNFINISHED:
        raise NotDelivered("Er worden al vijf bestanden voor u gemaakt. Wacht tot er een klaar is.", status_code=429)
    download = same[0] if same else await _create(request, access, asked, filters)
    request.app.state.download_asked.set()
    return go(request, f"/downloads/{download}")


async def _create(request: PortalRequest, access: Access, asked: Asked, filters: Selection) -> int:
    async with transaction():
        download = await create_download(access, asked)
        await _record(request, access, asked.kind, filters, asked.rows, download)
    return download


async def _record(
    request: PortalRequest, access: Access, kind: str, filters: Selection, total: int, download: int | None = None
) -> None:
    """Which filters were on, not what was typed in them."""
    organisation = access.organisations[0] if len(access.organisations) == 1 else None
    names = " ".join(filters.words())
    await record(
        request, "download", "download", download, organisation=organisation, list=kind, filters=names, rows=total
    )


def file_name(kind: str) -> str:
    return f"{kind}_{today():%Y-%m-%d}.xlsx"


def attachment(name: str) -> dict[str, str]:
    """`name` is one that we made."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def show_not_delivered(request: PortalRequest, error: NotDelivered) -> Response[str]:
    headers = {"Retry-After": "60"} if error.status_code in {429, 503} else {}
    return page(
        request,
        "errors/show.html",
        status=error.status_code,
        headers=headers,
        heading="Het bestand is niet gemaakt",
        text=error.detail,
        code=error.status_code,
    )
