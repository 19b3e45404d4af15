"""What the tests of the account do again and again."""

from contextlib import suppress
from typing import Any

from httpx import AsyncClient, Response
from lxml import html

SESSION = "__Host-sessie"


async def fields_of(client: AsyncClient, url: str = "/inloggen") -> dict[str, Any]:
    """What the first form of a page that posts would send."""
    page = await client.get(url)
    return dict(html.fromstring(page.content).xpath("//main//form[@method='post']")[0].form_values())


async def get_with(client: AsyncClient, session: str, url: str = "/profiel") -> Response:
    """A page, with this session cookie and no other."""
    client.cookies.clear()
    return await client.get(url, headers={"Cookie": f"{SESSION}={session}"})


def errors_of(answer: Response) -> dict[str, str]:
    """Sentence per field, as they stand in the summary above the form."""
    links = html.fromstring(answer.content).xpath("//*[@id='fouten']//a")
    return {link.get("href").removeprefix("#").removeprefix("veld-"): link.text_content() for link in links}


async def fill(username: str = "anna.smit") -> None:
    """As a thousand attackers would."""
    from app.account.guessing import ACCOUNT, ADDRESS, EVERYBODY
    from app.tables import Attempt
    from app.throttle import Throttled, hit

    for limit, key in ((ACCOUNT, username), (ADDRESS, "127.0.0.0/24"), (EVERYBODY, "")):
        with suppress(Throttled):
            await hit(limit, key)
        await Attempt.update({Attempt.level: limit.most}).where(Attempt.kind == limit.kind)
