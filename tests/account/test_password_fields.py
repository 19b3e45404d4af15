"""A password is masked, and a manager of passwords may fill it in."""

import pytest
from httpx import AsyncClient
from lxml import html

from tests.clients import sign_in

FILLED_IN = {"/inloggen": ["current-password"], "/profiel/bewerken": ["current-password", "new-password"]}


@pytest.mark.parametrize("url", FILLED_IN)
async def test_passwords_are_masked_and_a_manager_may_fill_them_in(client: AsyncClient, demo: None, url: str) -> None:
    if url != "/inloggen":
        await sign_in(client, "anna.smit")
    fields = html.fromstring((await client.get(url)).content).xpath("//input[contains(@name, 'wachtwoord')]")
    assert {field.get("type") for field in fields} == {"password"}
    assert sorted({field.get("autocomplete") for field in fields}) == FILLED_IN[url]
    assert not any(field.get("readonly") or field.get("onpaste") for field in fields)
