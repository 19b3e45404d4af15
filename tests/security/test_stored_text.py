"""Text that somebody stored stays text on every page."""

from typing import Any

from app.tables import Batch, Candidate, Enrolment, Organisation, Profile, Route, Step, StepResult, User
from tests.candidates.clicks import FRAGMENT, unlink
from tests.candidates.screen import read
from tests.sessions import client_of

EVIL = "\"'><img src=x onerror=a>"
PAGES = ("/overzicht", "/overzicht?route=co", "/betaalcodes", "/ontkoppeld", "/profiel", "/profiel/bewerken")


async def test_no_stored_text_becomes_markup(demo: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    ids = read(await anna.get("/overzicht")).ids
    await unlink(anna, ids[0])
    await Enrolment.update({Enrolment.family_name: EVIL, Enrolment.given_name: EVIL}, force=True)
    await Candidate.update({Candidate.email: EVIL}, force=True)
    await Organisation.update({Organisation.name: EVIL}, force=True)
    await Route.update({Route.name: EVIL, Route.label: EVIL}, force=True)
    await Profile.update({Profile.name: EVIL}, force=True)
    await Step.update({Step.name: EVIL}, force=True)
    await Batch.update({Batch.contact_name: EVIL, Batch.reference: EVIL}, force=True)
    await User.update({User.family_name: EVIL}, force=True)
    for url in [*PAGES, f"/deelnames/{ids[1]}", f"/deelnames/{ids[1]}/ontkoppelen"]:
        for headers in ({}, FRAGMENT):
            answer = await anna.get(url, headers=headers)
            assert answer.status_code == 200, url
            assert "<img" not in answer.text, url
            assert "onerror=a" in answer.text or headers, url
    assert await StepResult.exists()
