"""Which organisations there are, and what stands at each."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.database import recorded_statements
from app.tables import Organisation, Role
from tests.clients import submit
from tests.organisations.desk import LIST, desk
from tests.paycodes.page import show
from tests.paycodes.world import ago, make_batch, make_code, make_enrolment, make_manager, make_organisation, make_route


@pytest.fixture
async def robin(application: Any, db: None) -> AsyncClient:
    """Two organisations; one has a candidate, two free codes of five, and two managers of three."""
    client = await desk(application)
    route, busy = await make_route("co", 1), await make_organisation("ABC")
    await Organisation.update({Organisation.name: "Élan Énergie"}).where(Organisation.id == busy.id)
    await make_organisation("XYZ")
    used = await make_enrolment(busy, route, "Jan", "de", "Vries")
    batch = await make_batch(busy, route)
    for values in ({}, {}, {"used_at": ago(days=1), "used_by": used.id}, {"deactivated_at": ago(days=1)}):
        await make_code(batch, **values)
    await make_code(batch, expires_at=ago(days=1))
    for name in ("anna", "bram"):
        await make_manager(name, busy)
    await make_manager("dirk", busy, role=Role.ENROLMENT_MANAGER)
    return client


async def test_each_has_its_numbers_and_they_lead_to_what_they_count(robin: AsyncClient) -> None:
    page = await show(robin, f"{LIST}?sorteer=code")
    assert page.texts("//tbody/tr/th") == ["Élan Énergie", "Bedrijf XYZ (demo)"]
    assert page.texts("//td[@data-label='Beheerders']") == ["2", "0"]
    links = page.root.xpath("//tbody//td/a/@href")
    assert links == ["/overzicht?organisatie=ABC", "/betaalcodes?organisatie=ABC&status=te-gebruiken"]
    for link, total in zip(links, ("1 resultaat", "2 resultaten"), strict=True):
        assert total in (await robin.get(link)).text


async def test_they_are_sorted_without_accents_as_they_are_called_now(application: Any, db: None) -> None:
    robin = await desk(application)
    for name in ("Öst", "Zon", "'t Atelier", "éland", "Pap"):
        await submit(robin, f"{LIST}/nieuw", naam=name, code="")
    assert (await show(robin, LIST)).texts("//tbody/tr/th") == ["éland", "Öst", "Pap", "'t Atelier", "Zon"]
    last = await Organisation.select(Organisation.id).where(Organisation.name == "Zon").first()
    assert last
    await submit(robin, f"{LIST}/{last['id']}/bewerken", naam="Änderung")
    assert (await show(robin, LIST)).texts("//tbody/tr/th")[0] == "Änderung"


@pytest.mark.parametrize("words", ["elan", "Énergie élan", "abc", "ENERGIE abc"])
async def test_it_is_found_by_name_and_code_however_they_are_written(robin: AsyncClient, words: str) -> None:
    page = await show(robin, f"{LIST}?trefwoorden={words}")
    assert page.texts("//tbody/tr/th") == ["Élan Énergie"]


async def test_tiles_tell_active_from_inactive(robin: AsyncClient) -> None:
    await Organisation.update({Organisation.active: False}).where(Organisation.code == "XYZ")
    page = await show(robin, f"{LIST}?status=inactief")
    assert page.texts("//tbody/tr/th") == ["Bedrijf XYZ (demo)"]
    assert page.tiles == {"Alle": 2, "Actief": 1, "Inactief": 1}


async def test_when_nothing_is_found_it_says_what_to_drop(robin: AsyncClient) -> None:
    answer = await robin.get(f"{LIST}?trefwoorden=elan&status=inactief", headers={"HX-Request": "true"})
    assert "Niets gevonden" in answer.text
    assert "Zonder " in answer.text
    assert (await robin.get(f"{LIST}?status=ooit")).status_code == 400


async def test_however_many_there_are_the_statements_are_as_many(robin: AsyncClient) -> None:
    counts = []
    for _ in range(2):
        with recorded_statements() as statements:
            assert (await robin.get(LIST)).status_code == 200
        counts.append(len(statements))
        for code in ("KLM", "NOP", "QRS"):
            await make_organisation(code) if len(counts) == 1 else None
    assert counts[0] == counts[1]
