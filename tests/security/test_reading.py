"""Reading changes nothing, but for the record of who looked and when a session was last seen."""

from typing import Any

import pytest

from tests.security.asking import asked
from tests.security.cast import CAST, assemble
from tests.security.rows import changes, rows
from tests.security.test_matrix import is_nobodys, may


@pytest.mark.parametrize("person", CAST)
@pytest.mark.parametrize("verb", ["GET", "HEAD"])
async def test_no_address_that_is_read_changes_anything(db: None, application: Any, person: str, verb: str) -> None:
    cast = await assemble(application)
    asks = [await ask.prepare() for ask in asked(cast, person) if ask.verb == "GET"]
    client, before = await cast.client(person), await rows()
    for ask in asks:
        answer = await client.request(verb, ask.readable_url())
        if verb == "GET" and may(person, ask) and not is_nobodys(ask):
            assert answer.status_code < 400 or person == "API key", ask.name
    assert not changes(before, await rows())
