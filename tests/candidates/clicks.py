"""Unlinking and undoing as people do it: open the question, press the button."""

from typing import Any

from httpx import AsyncClient, Response
from lxml import html

from tests.clients import post

FRAGMENT = {"HX-Request": "true"}


async def press(client: AsyncClient, shown: Response, button: str, **headers: str) -> Response:
    """Sends the form that this button stands in, as it was shown."""
    page = html.fromstring(shown.content.decode())
    form = page.xpath(f"//form[.//button[normalize-space()='{button}']]")[0]
    return await post(client, form.get("action"), dict(form.form_values()), **headers)


async def unlink(client: AsyncClient, enrolment: int, query: str = "", **headers: str) -> Response:
    question = await client.get(f"/deelnames/{enrolment}/ontkoppelen{query}", headers=headers)
    assert question.status_code == 200, question.status_code
    return await press(client, question, "Ontkoppelen", **headers)


async def token_of(client: AsyncClient) -> str:
    """For requests that no page offers: a form token of this session."""
    page = html.fromstring((await client.get("/ondersteuning")).text)
    return str(page.xpath("//input[@name='_csrf']/@value")[0])


async def send(client: AsyncClient, url: str, *deelname: int, **headers: str) -> Response:
    """Posts to this address with a right token, whatever was shown."""
    fields: dict[str, Any] = {"_csrf": await token_of(client), "deelname": [str(each) for each in deelname]}
    return await post(client, url, fields, **headers)
