"""Nothing of another organisation's candidates ever stands in an answer, and what was taken away is gone at once."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.tables import Candidate, Enrolment, Mandate, Organisation, Paycode, User
from tests.candidates.clicks import unlink
from tests.candidates.screen import read
from tests.sessions import client_of

MANAGED = {"anna.smit": {"NWT"}, "bram.devries": {"NWT", "ZPI"}, "carla.jansen": {"ZPI"}, "eva.bakker": {"BRG"}}
# Not /ontkoppeld: for thirty days it keeps the name of who was unlinked there, wherever that person is now.
PAGES = [
    *("/overzicht", "/overzicht?per_pagina=100", "/overzicht?per_pagina=100&pagina=2", "/overzicht?trefwoorden=a"),
    *("/overzicht?route=co", "/overzicht?stap=betaling&uitslag=geslaagd", "/overzicht?trefwoorden=nergens"),
    *("/betaalcodes?per_pagina=100", "/betaalcodes?status=gebruikt", "/betaalcodes?trefwoorden=jan"),
    *("/profiel", "/downloads", "/ondersteuning"),
]


async def mark_everybody() -> dict[str, str]:
    """Gives every organisation's candidates and codes a word of their own; nobody's too. Code → word."""
    words = {}
    for organisation in [*await Organisation.select(), {"id": None, "code": "---"}]:
        word = f"Kanarie{organisation['code']}".replace("-", "x")
        words[organisation["code"]] = word
        own = Enrolment.organisation == organisation["id"] if organisation["id"] else Enrolment.organisation.is_null()
        people = await Enrolment.select(Enrolment.candidate).where(own).output(as_list=True)
        await Enrolment.update({Enrolment.name_particle: word}).where(own)
        if people:
            await Candidate.update({Candidate.email: f"{word}@example.org"}).where(Candidate.id.is_in(people))
    return words


async def pages_of(client: AsyncClient) -> str:
    """All that this person can open by following what is shown."""
    found = [(await client.get(url)).text for url in PAGES]
    for enrolment in read(await client.get("/overzicht")).ids[:5]:
        found += [(await client.get(f"/deelnames/{enrolment}{page}")).text for page in ("", "/ontkoppelen")]
    return "\n".join(found)


@pytest.mark.parametrize("username", MANAGED)
async def test_a_manager_meets_only_the_own_candidates(demo: None, application: Any, username: str) -> None:
    words = await mark_everybody()
    shown = await pages_of(await client_of(application, username))
    for code, word in words.items():
        if code not in MANAGED[username]:
            assert word not in shown, code
    assert any(words[code] in shown for code in MANAGED[username]) or username == "eva.bakker"


async def test_a_foreign_id_in_any_place_shows_and_changes_nothing(demo: None, application: Any) -> None:
    words = await mark_everybody()
    zpi = await Organisation.select(Organisation.id).where(Organisation.code == "ZPI").first()
    assert zpi
    foreign = await Enrolment.select(Enrolment.id).where(Enrolment.organisation == zpi["id"]).output(as_list=True)
    codes = await Paycode.select(Paycode.code).where(Paycode.organisation == zpi["id"]).output(as_list=True)
    anna = await client_of(application, "anna.smit")
    for each in foreign:
        assert words["ZPI"] not in (await anna.get(f"/deelnames/{each}")).text
    for code in codes[:3]:
        assert ">0 resultaten<" in (await anna.get("/betaalcodes", params={"trefwoorden": code})).text
    assert await Enrolment.count().where(Enrolment.organisation == zpi["id"]) == len(foreign)


async def test_a_mandate_taken_away_counts_at_once(demo: None, application: Any) -> None:
    bram = await client_of(application, "bram.devries")
    zpi = await Organisation.select(Organisation.id).where(Organisation.code == "ZPI").first()
    assert zpi
    theirs = read(await bram.get("/overzicht?organisatie=ZPI")).ids[0]
    await Mandate.delete().where(Mandate.organisation == zpi["id"])
    assert (await bram.get(f"/deelnames/{theirs}")).status_code == 404
    assert (await bram.get("/overzicht?organisatie=ZPI")).status_code == 400


async def test_an_account_that_is_closed_is_out_at_once(demo: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    assert (await anna.get("/overzicht")).status_code == 200
    await User.update({User.active: False}).where(User.username == "anna.smit")
    assert (await anna.get("/overzicht")).status_code == 303


async def test_what_one_unlinks_is_gone_for_the_other_at_once(demo: None, application: Any) -> None:
    anna, bram = await client_of(application, "anna.smit"), await client_of(application, "bram.devries")
    gone = read(await anna.get("/overzicht")).ids[0]
    assert (await bram.get(f"/deelnames/{gone}")).status_code == 200
    await unlink(anna, gone)
    assert (await bram.get(f"/deelnames/{gone}")).status_code == 404
    assert gone not in read(await bram.get("/overzicht?per_pagina=100")).ids
