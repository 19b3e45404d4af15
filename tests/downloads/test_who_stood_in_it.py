"""Of every file and answer with people in it is kept who they were, in little room."""

import random
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.access import Access
from app.clock import now
from app.disclosures import BLOCK, Disclosed, Part, among, as_text, from_text, taken
from app.tables import ApiScope, AuditEvent, Disclosure, Download, Enrolment, Organisation, Paycode, Role
from tests.api.world import make_key, system
from tests.candidates.handmade import enrol, organisation_of
from tests.candidates.screen import read
from tests.downloads.crowd import crowd
from tests.downloads.test_large import ask, when_ready
from tests.sessions import client_of

MANAGER = Access(1, frozenset({Role.ORGANISATION_MANAGER}), (1, 2))
ADMINISTRATOR = Access(1, frozenset({Role.ADMINISTRATOR}), ())


def gathered(access: Access, *shown: tuple[int, int | None]) -> list[Part]:
    disclosed = Disclosed(access)
    for each in shown:
        disclosed.add(*each)
    return disclosed.parts


def test_who_was_gathered_is_found_and_nobody_else() -> None:
    ids = random.Random(4).sample(range(1, 300_000), 20_000)
    parts = {part.block: part.members for part in gathered(MANAGER, *((each, 1) for each in ids))}
    assert set(parts) == {0, 1, 2, 3, 4}
    chosen = set(ids)
    for each in range(1, 300_000, 7):
        assert among(parts[each // BLOCK], each) == (each in chosen)


def test_each_organisation_has_its_own_and_vakmanschap_techniek_all() -> None:
    shown = ((7, 1), (8, 2), (BLOCK, 2), (9, None))
    assert {part[:2] for part in gathered(MANAGER, *shown)} == {(1, 0), (2, 0), (2, 1), (None, 0)}
    assert {part[:2] for part in gathered(ADMINISTRATOR, *shown)} == {(None, 0), (None, 1)}
    parts = gathered(MANAGER, *shown)
    assert from_text(as_text(parts)) == parts


@pytest.mark.parametrize(("of", "most"), [(50_000, 2_000), (1_000_000, 60_000)])
def test_fifty_thousand_take_little_room(of: int, most: int) -> None:
    ids = random.Random(4).sample(range(1, of + 1), 50_000)
    size = sum(len(part.members) for part in gathered(MANAGER, *((each, 1) for each in ids)))
    assert size < most


async def whom(kind: str) -> set[int]:
    """Everybody who stood in what left the portal."""
    rows = await Disclosure.select().where(Disclosure.kind == kind)
    everybody = await Enrolment.select(Enrolment.id).output(as_list=True)
    return {each for row in rows for each in everybody if each // BLOCK == row["block"] and among(row["members"], each)}


async def test_who_stands_in_a_file_is_kept_with_its_event(demo: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    chosen = read(await anna.get("/overzicht?route=zonnestroom&per_pagina=100")).ids
    assert (await anna.get("/overzicht.xlsx?route=zonnestroom")).status_code == 200
    assert await whom("kandidaten") == set(chosen)
    nwt = await Organisation.select(Organisation.id).where(Organisation.code == "NWT").first()
    assert nwt
    assert {row["organisation"] for row in await Disclosure.select()} == {nwt["id"]}
    assert await AuditEvent.count().where(AuditEvent.action == "download") == 1
    [once] = await taken(chosen[0], [nwt["id"]])
    assert (once.organisation, once.kind, once.download) == (nwt["id"], "kandidaten", None)
    assert now() - once.at < timedelta(minutes=1)
    assert await taken(chosen[0], []) == []


async def test_who_used_a_code_stands_in_the_list_of_codes(demo: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    assert (await anna.get("/betaalcodes.xlsx?status=gebruikt")).status_code == 200
    own = await Enrolment.select(Enrolment.id).where(Enrolment.organisation.code == "NWT").output(as_list=True)
    used = (Paycode.organisation.code == "NWT") & Paycode.used_by.is_in(own)
    users = await Paycode.select(Paycode.used_by).where(used).output(as_list=True)
    assert users
    assert await whom("betaalcodes") == set(users)


async def test_a_large_file_is_on_record_once_it_can_be_taken(demo: None, application: Any) -> None:
    await crowd(5_001)
    eva = await client_of(application, "eva.bakker")
    address = await ask(eva)
    await when_ready(eva, address)
    assert len(await whom("kandidaten")) == 5_001
    download = await Download.select(Download.id).first()
    assert download
    assert {row["download"] for row in await Disclosure.select()} == {download["id"]}


async def test_an_administrator_takes_it_for_vakmanschap_techniek(demo: None, application: Any) -> None:
    beheerder = await client_of(application, "beheerder")
    assert (await beheerder.get("/overzicht.xlsx?route=zonnestroom")).status_code == 200
    assert {row["organisation"] for row in await Disclosure.select()} == {None}


async def test_what_a_system_reads_is_kept_too(db: None, application: Any) -> None:
    organisation = await organisation_of("kim", "ABC")
    enrolments = await enrol(organisation, [("Jan", "de", "Vries"), ("Eva", "", "Smit")])
    key = await make_key(ApiScope.ENROLMENTS_READ, organisation=organisation)
    hr: AsyncClient = system(application, key)
    for limit in (1, 100):
        assert (await hr.get(f"/api/v1/enrolments?limit={limit}")).status_code == 200
    assert [len(await taken(each, [organisation])) for each in enrolments] == [2, 1]


async def test_what_was_not_delivered_is_not_kept(demo: None, application: Any) -> None:
    eva = await client_of(application, "eva.bakker")
    assert (await eva.get("/overzicht.xlsx?vanaf=ooit")).status_code == 400
    assert await Disclosure.count() == 0
