"""What a downloaded workbook holds, and what the same selection shows on screen."""

import io
from typing import Any

from httpx import AsyncClient
from lxml import html
from openpyxl import load_workbook

Rows = list[dict[str, Any]]


def rows_of(content: bytes, title: str = "Kandidaten") -> Rows:
    """Each row by the heads of its columns."""
    head, *rows = load_workbook(io.BytesIO(content))[title].values
    return [dict(zip(head, row, strict=True)) for row in rows]


def account_of(content: bytes) -> dict[str, str]:
    """The second sheet: label → text."""
    rows = load_workbook(io.BytesIO(content))["Verantwoording"].values
    return {row[0]: row[1] for row in rows if row[0]}


async def rows_on_screen(client: AsyncClient, query: str) -> tuple[str, list[str]]:
    """The count line, and the names on all pages in their order."""
    names: list[str] = []
    for number in range(1, 20):
        answer = await client.get(f"/overzicht?{query}&per_pagina=100&pagina={number}")
        page = html.fromstring(answer.content)
        count = page.xpath("string(//*[@id='aantal'])").strip()
        names += [" ".join(name.text_content().split()) for name in page.xpath("//tbody/tr/th//a")]
        if len(names) >= int(count.split()[0]):
            return count, names
    raise AssertionError(f"the pages of {query} never reach {count}")
