"""Who asks what is not theirs to ask is in the log, with the address and without what was typed."""

from typing import Any

import structlog

from tests.clients import post, visitor
from tests.people.world import make_person
from tests.sessions import client_of

MARK = "Zw4rtePiste"


async def test_who_lacks_the_role_or_the_token_is_in_the_log(db: None, application: Any) -> None:
    kim = await make_person("kim")
    client = await client_of(application, "kim")
    with structlog.testing.capture_logs() as said:
        assert (await client.get(f"/beheer/logboek?persoon={MARK}")).status_code == 403
        assert (await post(client, "/profiel/bewerken", {"_csrf": "0" * 128, "voornaam": MARK})).status_code == 403
    refused = [(each["path"], each["actor"], each["form"]) for each in said if each["event"] == "refused"]
    assert refused == [("/beheer/logboek", kim, False), ("/profiel/bewerken", kim, True)]
    assert MARK not in str(said)


async def test_a_key_that_opens_nothing_is_in_the_log_and_not_what_it_was(db: None, application: Any) -> None:
    async with visitor(application) as system:
        with structlog.testing.capture_logs() as said:
            answer = await system.get("/api/v1/enrolments", headers={"Authorization": f"Bearer {MARK}"})
    assert answer.status_code == 401
    assert [(each["path"], each["status"]) for each in said if each["event"] == "refused"] == [
        ("/api/v1/enrolments", 401)
    ]
    assert MARK not in str(said)
