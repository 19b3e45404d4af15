"""Persons, read from the database as tests ask for them."""

from typing import Any

from httpx import AsyncClient, Response
from lxml import html

from app.tables import AuditEvent, Candidate, Enrolment
from tests.candidates.clicks import press


async def candidate_of(enrolment: int) -> int:
    return int((await row_of(enrolment))["candidate"])


async def row_of(enrolment: int) -> dict[str, Any]:
    row = await Enrolment.select().where(Enrolment.id == enrolment).first()
    assert row
    return dict(row)


async def person_of(candidate: int) -> dict[str, Any]:
    row = await Candidate.select().where(Candidate.id == candidate).first()
    assert row
    return dict(row)


async def know(candidate: int, **values: Any) -> None:
    columns: dict[Any, Any] = {**values}
    await Candidate.update(columns).where(Candidate.id == candidate)


async def recorded(action: str) -> list[dict[str, Any]]:
    return list(await AuditEvent.select().where(AuditEvent.action == action).order_by(AuditEvent.id))


async def answer(client: AsyncClient, url: str, button: str) -> Response:
    """Opens what is asked and presses the button."""
    shown = await client.get(url)
    assert shown.status_code == 200, shown.status_code
    return await press(client, shown, button)


def said(response: Response) -> str:
    """All words in the page, with single spaces."""
    return " ".join(html.fromstring(response.content.decode()).xpath("//main")[0].text_content().split())
