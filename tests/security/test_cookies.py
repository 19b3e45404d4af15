"""Every cookie that any test of the suite is given by the portal is looked at: see `tests/clients.py`."""

import pytest
from httpx import AsyncClient, Request, Response

from tests.clients import look_at, sign_in

GOOD = "__Host-sessie=x; HttpOnly; Path=/; SameSite=lax; Secure"
LOOSER = {
    "another name": GOOD.replace("__Host-", ""),
    "over http": GOOD.replace("; Secure", ""),
    "for scripts": GOOD.replace("; HttpOnly", ""),
    "from elsewhere": GOOD.replace("SameSite=lax", "SameSite=none"),
    "without a word on it": GOOD.replace("; SameSite=lax", ""),
    "for a folder": GOOD.replace("Path=/", "Path=/x"),
    "for all hosts": f"{GOOD}; Domain=testserver.local",
}


def given(cookie: str) -> Response:
    return Response(200, headers={"Set-Cookie": cookie}, request=Request("GET", "https://testserver.local/"))


async def test_a_good_cookie_is_let_through(client: AsyncClient, demo: None) -> None:
    await look_at(given(GOOD))
    answer = await sign_in(client, "anna.smit")
    assert answer.headers.get_list("set-cookie")


@pytest.mark.parametrize("how", LOOSER)
async def test_a_cookie_that_is_looser_fails_the_test_that_meets_it(how: str) -> None:
    with pytest.raises(AssertionError):
        await look_at(given(LOOSER[how]))
