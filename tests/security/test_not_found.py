"""Not yours, no longer yours, not there and not even a number: the same answer, to the byte."""

import re
from typing import Any

import pytest
from httpx import AsyncClient

from tests.candidates.clicks import FRAGMENT, token_of, unlink
from tests.candidates.handmade import enrol, organisation_of
from tests.clients import post
from tests.sessions import client_of

MALFORMED = ["0", "-1", "abc", "1.0", "01", "+1", "1e3", "%D9%A1", "%00", "%ff", "1%20", "9" * 18, "9" * 19, "9" * 400]


@pytest.fixture
async def ids(db: None, application: Any) -> list[str]:
    """One of another organisation, one of nobody, one that was unlinked here, and what is none."""
    own = await organisation_of("kim", "ABC")
    [gone] = await enrol(own)
    [foreign] = await enrol(await organisation_of("els", "DEF"))
    [nobodys] = await enrol(None)
    await unlink(await client_of(application, "kim"), gone)
    return [str(foreign), str(nobodys), str(gone), *MALFORMED]


def unmasked(text: str) -> str:
    """Without the form token, which is masked anew each time."""
    return re.sub(r"[0-9a-f]{128}", "token", text)


async def answers(client: AsyncClient, urls: list[str], **headers: str) -> set[tuple[int, str, str]]:
    found = [await client.get(url, headers=headers) for url in urls]
    return {(each.status_code, unmasked(each.text), str(sorted(each.headers.keys()))) for each in found}


@pytest.mark.parametrize("page", ["", "/ontkoppelen"])
@pytest.mark.parametrize("headers", [{}, FRAGMENT], ids=["page", "fragment"])
async def test_what_one_may_not_see_is_not_there(
    ids: list[str], application: Any, page: str, headers: dict[str, str]
) -> None:
    kim = await client_of(application, "kim")
    [(status, text, _)] = await answers(kim, [f"/deelnames/{each}{page}" for each in ids], **headers)
    assert (status, "Pagina niet gevonden" in text) == (404, True)


@pytest.mark.parametrize("action", ["ontkoppelen", "herstellen"])
async def test_what_one_may_not_see_cannot_be_changed(ids: list[str], application: Any, action: str) -> None:
    kim = await client_of(application, "kim")
    token = await token_of(kim)
    foreign, nobodys, _, *malformed = ids
    beside: list[list[str]] = [[], [foreign], ["abc"], ["%00"]]
    sent = [
        await post(kim, f"/deelnames/{each}/{action}", {"_csrf": token, "deelname": others})
        for each in (foreign, nobodys, *malformed)
        for others in beside
    ]
    assert {(each.status_code, unmasked(each.text)) for each in sent} == {(404, unmasked(sent[0].text))}
