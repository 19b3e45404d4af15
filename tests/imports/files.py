"""Files to import, and what people do with them."""

import asyncio
import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

from httpx import AsyncClient, Response
from lxml import html
from openpyxl import Workbook
from playwright.sync_api import Page

from tests.clients import origin

Rows = Sequence[Mapping[str, str]]
ENROLMENTS, RESULTS = "/aanmeldingen/importeren", "/beheer/uitslagen"


def as_csv(rows: Rows, separator: str = ";", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Mapping[str, Any]]) -> bytes:
    book, file = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Blad1")
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    book.save(file)
    return file.getvalue()


async def upload(client: AsyncClient, path: str, content: bytes, name: str = "bestand.csv", **fields: str) -> Response:
    """Through the form, as a browser sends it."""
    page = html.fromstring((await client.get(path)).content)
    [form] = page.xpath("//main//form[@enctype]")
    sent = {field: value for field, value in form.form_values() if field != "bestand"} | fields
    return await client.post(
        path,
        data=sent,
        files={"bestand": (name, content)},
        headers={"Origin": origin(client), "Sec-Fetch-Site": "same-origin"},
    )


async def uploaded(client: AsyncClient, path: str, content: bytes, name: str = "bestand.csv", **fields: str) -> str:
    """Where it can be followed."""
    answer = await upload(client, path, content, name, **fields)
    assert answer.status_code == 303, said(answer)
    address: str = answer.headers["location"]
    assert re.fullmatch(rf"{path}/\d+", address)
    return address


async def settled(client: AsyncClient, address: str) -> Response:
    """The page, once there is nothing to wait for."""
    async with asyncio.timeout(300):
        while "every 1s" in (page := await client.get(address)).text:  # noqa: ASYNC110 - another task decides
            await asyncio.sleep(0.05)
    return page


async def confirmed(client: AsyncClient, address: str) -> Response:
    """Confirms what the page shows, and waits."""
    page = html.fromstring((await client.get(address)).content)
    [form] = page.xpath("//form[contains(@action, '/overnemen')]")
    answer = await client.post(
        form.get("action"),
        data=dict(form.form_values()),
        headers={"Origin": origin(client), "Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 303
    return await settled(client, address)


def said(answer: Response) -> str:
    """All words of the page."""
    return " ".join(html.fromstring(answer.content).xpath("//main")[0].text_content().split())


def faults(answer: Response) -> dict[int, str]:
    """Row → what is said of it, where that is something."""
    rows = html.fromstring(answer.content).xpath("//tbody/tr")
    told = {int(row.get("data-id")): " ".join(row.xpath("td[last()]//small/text()")) for row in rows}
    return {number: words for number, words in told.items() if words}


# In a browser


def send(page: Page, path: str, content: bytes, name: str = "bestand.csv") -> None:
    page.goto(path)
    choose(page, content, name)


def choose(page: Page, content: bytes, name: str) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Upload en controleer").click()
