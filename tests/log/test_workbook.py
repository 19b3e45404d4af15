"""The log in Excel: what the screen shows, for administrators alone."""

from typing import Any

import pytest

from app.downloads.listings import open_listing
from app.downloads.owner import load_owner
from app.downloads.process import Refused
from app.tables import AuditEvent
from tests.downloads.files import account_of, rows_of
from tests.log.events import enrolment, happened, organisation, user
from tests.sessions import client_of


async def test_the_file_is_what_the_screen_shows_and_getting_it_is_on_record(application: Any, demo: None) -> None:
    theirs, nwt, anna = await enrolment("NWT"), await organisation("NWT"), await user("anna.smit")
    about = {"object_type": "enrolment", "object_id": theirs["id"], "organisation": nwt, "actor": anna}
    await happened(about, about | {"action": "unlink", "outcome": "refused"}, {"action": "sign_out", "actor": anna})
    async with await client_of(application, "beheerder") as administrator:
        answer = await administrator.get("/beheer/logboek.xlsx?persoon=anna.smit&organisatie=NWT&sorteer=moment")
    assert answer.status_code == 200
    first, second = rows_of(answer.content, "Logboek")
    assert first["Wie"] == "Anna Smit (anna.smit)"
    assert first["Gebeurtenis"].startswith("Anna Smit (anna.smit) bekeek de gegevens van ")
    assert (first["Soort"], first["Afloop"], second["Afloop"]) == ("Gegevens bekeken", "Gelukt", "Geweigerd")
    assert (str(first["Datum"])[:10], first["Tijd"]) == ("2026-03-01", "12:00:00")
    assert first["Organisatie"] == "Noorderwind Warmtetechniek (demo) (NWT)"
    account = account_of(answer.content)
    assert (account["Aantal rijen"], account["Volgorde"]) == ("2", "Moment")
    [event] = await AuditEvent.select(AuditEvent.details).where(AuditEvent.action == "download")
    assert '"logboek"' in event["details"]
    assert "anna" not in event["details"]


@pytest.mark.parametrize("username", ["anna.smit", "dirk.visser", "niels.los"])
async def test_it_is_written_for_nobody_else(demo_readonly: None, username: str) -> None:
    """Neither when somebody who was an administrator waits for it."""
    with pytest.raises(Refused):
        await open_listing("logboek", await load_owner(await user(username)), "")
