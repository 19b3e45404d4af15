"""What a downloaded workbook holds, and what the same selection shows on screen."""

import io
from typing import Any

from httpx import AsyncClient
from lxml import html
from python_calamine import CalamineWorkbook

Rows = list[dict[str, Any]]


def rows_of(content: bytes, title: str = "Kandidaten") -> Rows:
    """Each row by the heads of its columns: text, or a date."""
    head, *rows = _sheet(content, title)
    return [dict(zip(head, row, strict=True)) for row in rows]


def account_of(content: bytes) -> dict[str, str]:
    """The second sheet: label → text."""
    return {row[0]: row[1] for row in _sheet(content, "Verantwoording") if row[0]}


def _sheet(content: bytes, title: str) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(title).to_python()


async def rows_on_screen(
    client: AsyncClient, query: str, path: str = "/overzicht", cell: str = "//tbody/tr/th//a"
) -> tuple[str, list[str]]:
    """The count line, and what stands in a cell of every row, on all pages in their order."""
    names: list[str] = []
    for number in range(1, 20):
        answer = await client.get(f"{path}?{query}&per_pagina=100&pagina={number}")
        page = html.fromstring(answer.content)
        count = page.xpath("string(//*[@id='aantal'])").strip()
        names += [" ".join(name.text_content().split()) for name in page.xpath(cell)]
        if len(names) >= int(count.split()[0]):
            return count, names
    raise AssertionError(f"the pages of {query} never reach {count}")
