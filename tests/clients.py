"""A browser without a screen: requests straight into the application, in the test's own loop."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urljoin

import pytest
from httpx import ASGITransport, AsyncClient, Response
from lxml import html

from tests.watch import Watched
from tests.worlds import BASE_URL, PASSWORD


@pytest.fixture(scope="session")
def portal() -> Any:
    """Put together once: it keeps nothing from one start to the next."""
    from app.main import create_app

    return create_app()


@pytest.fixture
async def application(world: None, portal: Any) -> AsyncIterator[Any]:
    """The whole portal, started, on the world that the test names."""
    async with portal.lifespan():
        yield portal


@pytest.fixture
async def client(application: Any) -> AsyncIterator[AsyncClient]:
    """A visitor, not signed in. Redirects are shown, not followed; an answer in the 500s fails
    the test."""
    async with visitor(application) as client:
        yield client


def visitor(application: Any, address: str = "127.0.0.1") -> AsyncClient:
    """One more browser on the same portal: `async with visitor(application) as other`."""
    return AsyncClient(
        transport=ASGITransport(Watched(application), client=(address, 50_000)),
        base_url=BASE_URL,
        event_hooks={"response": [look_at]},
    )


async def look_at(response: Response) -> None:
    """Of every answer in the suite: it is no failure, and its cookies are for this host alone, over TLS, for no script
    and not from elsewhere."""
    assert response.status_code < 500, f"{response.url} answers {response.status_code}"
    for cookie in response.headers.get_list("set-cookie"):
        name, *parts = cookie.split("; ")
        rules = {part.lower() for part in parts if not part.lower().startswith(("max-age", "expires"))}
        assert name.startswith("__Host-"), cookie
        assert rules == {"secure", "httponly", "path=/", "samesite=lax"}, cookie


async def sign_in(client: AsyncClient, username: str, password: str = PASSWORD) -> Response:
    """Signs in through the form, as people do."""
    answer = await submit(client, "/inloggen", gebruikersnaam=username, wachtwoord=password)
    assert answer.status_code == 303, f"{username} may not sign in: {answer.status_code}"
    return answer


async def submit(
    client: AsyncClient, url: str, /, form: str = "//main//form[@method='post']", **values: Any
) -> Response:
    """Opens a page, fills in its form (the first that posts, or an XPath) and sends it."""
    page = await client.get(url)
    assert page.status_code == 200, f"{url} answers {page.status_code}"
    found = html.fromstring(page.content).xpath(form)
    assert found, f"{url} has no form {form}"
    fields = dict(found[0].form_values()) | values
    return await post(client, urljoin(url, found[0].get("action") or url), fields)


async def post(client: AsyncClient, url: str, fields: dict[str, Any], **headers: str) -> Response:
    """Posts fields with the headers that a browser sends along from a page of the same origin."""
    sent_from = {"Origin": origin(client), "Sec-Fetch-Site": "same-origin"}
    return await client.post(url, data=fields, headers=sent_from | headers)


def origin(client: AsyncClient) -> str:
    """Of the pages that this browser is on."""
    return str(client.base_url).rstrip("/")
