"""The floor: what a page cannot do without. The statements of the portal's own page go to the database by the bare
driver, one after another, and the template is rendered with what stood on that page; nothing else is done. And a static
answer of the same size. An ASGI application for granian; `FLOOR_PAGES` names the pages, `FLOOR_USER` who asks."""

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from httpx import ASGITransport, AsyncClient
from jinja2 import Template

from app.acting import acting
from app.database import Statements
from app.main import create_app
from app.piccolo_conf import DB
from app.settings import get_settings
from tests.clients import sign_in

Send = Callable[[dict[str, Any]], Awaitable[None]]


@dataclass
class Page:
    statements: list[tuple[str, Any]] = field(default_factory=list)
    template: Template | None = None
    view: dict[str, Any] = field(default_factory=dict)
    told: str = ""
    """On whose behalf PostgreSQL was asked."""
    html: bytes = b""


class Floor:
    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}
        self._ready = asyncio.Lock()
        self._driver: Any = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        if scope["type"] != "http":
            return
        async with self._ready:
            if not self._pages:
                self._pages = await _record(os.environ["FLOOR_PAGES"].split())
                self._driver = await _connect()
        page = self._pages.get(scope["path"].removeprefix("/static"))
        if page is None:
            await _answer(send, 404, b"")
            return
        if not scope["path"].startswith("/static"):
            await _ask(self._driver, page)
            assert page.template
            await _answer(send, 200, page.template.render(page.view).encode())
            return
        await _answer(send, 200, page.html)


async def _answer(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _connect() -> Any:
    settings = get_settings()
    if DB.engine_type == "sqlite":
        return sqlite3.connect(settings.database_url.removeprefix("sqlite:///"), check_same_thread=False)
    return await asyncpg.create_pool(settings.database_url, min_size=2, max_size=10, ssl="disable")


async def _ask(driver: Any, page: Page) -> None:
    if isinstance(driver, sqlite3.Connection):
        for sql, arguments in page.statements:
            driver.execute(sql, arguments).fetchall()
        return
    async with driver.acquire() as connection, connection.transaction():
        if page.told:
            await connection.execute(page.told)
        for sql, arguments in page.statements:
            await connection.fetch(sql, *arguments)


async def _record(paths: list[str]) -> dict[str, Page]:
    """One request for each through the whole portal, watched."""
    portal: Any = create_app()
    pages: dict[str, Page] = {}
    async with (
        portal.lifespan(),
        AsyncClient(transport=ASGITransport(portal), base_url=get_settings().base_url) as client,
    ):
        await sign_in(client, os.environ["FLOOR_USER"])
        for path in paths:
            await client.get(path)  # a session that was not seen for a while is written once
            with _Watched() as page:
                page.html = (await client.get(path)).content
            pages[path] = page
    return pages


class _Watched:
    def __enter__(self) -> Page:
        page = self._page = Page()
        self._run, self._render = Statements._run, Template.render
        run, render = self._run, self._render

        async def noted(engine: Any, sql: str, arguments: Any, in_pool: bool) -> Any:
            page.statements.append((sql, list(arguments)))
            page.told = page.told or acting().told
            return await run(engine, sql, arguments, in_pool)

        def kept(template: Template, view: Any) -> str:
            page.template, page.view = template, view
            return render(template, view)

        Statements._run, Template.render = noted, kept  # type: ignore[method-assign, assignment]
        return page

    def __exit__(self, *_: object) -> None:
        Statements._run, Template.render = self._run, self._render  # type: ignore[method-assign]


application = Floor()
