"""What pages about routes say."""

from typing import Any

from httpx import Response
from lxml import html

from app.tables import AuditEvent, Route
from tests.candidates.screen import text


async def route_id(slug: str) -> int:
    row = await Route.select(Route.id).where(Route.slug == slug).first()
    assert row, f"there is no route {slug}"
    return int(row["id"])


async def order_of_routes() -> list[str]:
    return await Route.select(Route.slug).order_by(Route.position, Route.id).output(as_list=True)


async def actions() -> list[str]:
    """What is on record, in order."""
    return await AuditEvent.select(AuditEvent.action).order_by(AuditEvent.id).output(as_list=True)


def document(answer: Response) -> Any:
    return html.fromstring(answer.content)


def errors_of(answer: Response) -> dict[str, str]:
    """Field → what is said beside it; `""` for what stands above the form alone."""
    assert answer.status_code == 422, answer.status_code
    found = document(answer)
    beside = found.xpath("//p[@class='error']")
    said = {each.get("id").removeprefix("veld-").removesuffix("-fout"): text(each) for each in beside}
    alone = [text(each) for each in found.xpath("//*[@id='fouten']//li[not(a)]")]
    return {name: line.removeprefix("Fout: ") for name, line in said.items()} | ({"": alone[0]} if alone else {})


def focused(answer: Response) -> str:
    """The words of what takes the focus."""
    [found] = document(answer).xpath("//main//*[@autofocus]")
    return str(found.get("aria-label") or text(found))
