"""Each filter finds what it says, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.paycodes.codes import grouped
from app.tables import Paycode, Profile
from tests.paycodes.page import show
from tests.paycodes.world import (
    ago,
    at,
    make_batch,
    make_code,
    make_enrolment,
    make_manager,
    make_organisation,
    make_route,
)
from tests.sessions import client_of

FINDS: list[tuple[dict[str, str], set[str]]] = [
    ({}, {"free", "used", "inactive", "expired", "profile"}),
    # The code in any case, with spaces and dashes anywhere.
    ({"trefwoorden": "EXZA-8F5E-XG5W-U22J"}, {"free"}),
    ({"trefwoorden": "exza 8f5e xg5w u22j"}, {"free"}),
    ({"trefwoorden": "exza8f5exg5wu22j"}, {"free"}),
    ({"trefwoorden": "xg5w\u2013u22j"}, {"free"}),
    # Batch, contact, reference: each word, whatever its accents.
    ({"trefwoorden": "#3K2R1S"}, {"free", "used"}),
    ({"trefwoorden": "3k2r1s"}, {"free", "used"}),
    ({"trefwoorden": "hart noel"}, {"free", "used"}),
    ({"trefwoorden": "voorJAAR 4b5n"}, {"inactive", "expired"}),
    # What LIKE would read as a sign stands for itself.
    ({"trefwoorden": "100%_x"}, {"free", "used"}),
    ({"trefwoorden": "100_"}, set()),
    ({"trefwoorden": "\\"}, set()),
    # Who used it.
    ({"trefwoorden": "yilmaz özlem"}, {"used"}),
    ({"organisatie": "EEN"}, {"free", "used", "profile"}),
    ({"organisatie": "TWE"}, {"inactive", "expired"}),
    ({"profiel": "co"}, {"free", "used", "profile"}),
    ({"profiel": "co/monteur"}, {"profile"}),
    ({"profiel": "warmtepomp"}, {"inactive", "expired"}),
    # Exclusive: a used code that is past its date was used, an inactive one is inactive.
    ({"status": "te-gebruiken"}, {"free", "profile"}),
    ({"status": "gebruikt"}, {"used"}),
    ({"status": "inactief"}, {"inactive"}),
    ({"status": "verlopen"}, {"expired"}),
    # 21:59 UTC is 23:59 on the last day of March in Amsterdam; 22:00 is the first of April.
    ({"aangemaakt_tot": "2026-03-31"}, {"free", "used", "inactive", "expired"}),
    ({"aangemaakt_vanaf": "2026-04-01"}, {"profile"}),
    ({"aangemaakt_vanaf": "31-03-2026", "aangemaakt_tot": "31-3-2026"}, {"inactive", "expired"}),
    ({"aangemaakt_vanaf": "01/04/2026", "aangemaakt_tot": "1-4-2026"}, {"profile"}),
    # Together they only narrow.
    ({"trefwoorden": "3k2r1s", "status": "gebruikt", "organisatie": "EEN", "profiel": "co"}, {"used"}),
    ({"trefwoorden": "3k2r1s", "organisatie": "TWE"}, set()),
]


@pytest.fixture
async def world_of_codes(db: None) -> dict[str, Paycode]:
    """Two organisations, two routes, and a code in every status; the manager has both organisations."""
    one, two = await make_organisation("EEN"), await make_organisation("TWE")
    co, heat = await make_route("co", 1, "monteur"), await make_route("warmtepomp", 2)
    profile = await Profile.objects().get(Profile.slug == "monteur")
    assert profile
    first = await make_batch(
        one, co, number="3K2R1S", contact_name="Noël 't Hart", reference="Ploeg 100%_x", created_at=at(2026, 1, 1, 12)
    )
    second = await make_batch(two, heat, number="4B5N6V", reference="Voorjaar", created_at=at(2026, 3, 31, 21, 59))
    third = await make_batch(one, co, number="7S8Y9Q", profile=profile.id, created_at=at(2026, 3, 31, 22))
    user = await make_enrolment(one, co, "Özlem", "", "Yılmaz")
    later = ago(days=-90)
    await make_manager("manager", one, two)
    return {
        "free": await make_code(first, code="EXZA8F5EXG5WU22J", expires_at=later),
        "used": await make_code(first, used_at=at(2026, 2, 2), used_by=user.id, expires_at=at(2026, 2, 3)),
        "inactive": await make_code(second, deactivated_at=at(2026, 4, 2), expires_at=at(2026, 4, 3)),
        "expired": await make_code(second, expires_at=ago(minutes=1)),
        "profile": await make_code(third, expires_at=later),
    }


@pytest.fixture
async def manager(application: Any, world_of_codes: dict[str, Paycode]) -> AsyncClient:
    return await client_of(application, "manager")


async def test_a_filter_finds_what_it_says(manager: AsyncClient, world_of_codes: dict[str, Paycode]) -> None:
    names = {row.code: name for name, row in world_of_codes.items()}
    for query, expected in FINDS:
        page = await show(manager, **query)
        assert page.answer.status_code == 200, query
        assert {names[code] for code in page.codes} == expected, query


async def test_every_row_says_its_status(manager: AsyncClient, world_of_codes: dict[str, Paycode]) -> None:
    page = await show(manager)
    statuses = dict(zip(page.codes, page.statuses, strict=True))
    assert {name: statuses[row.code] for name, row in world_of_codes.items()} == {
        "free": "te-gebruiken",
        "used": "gebruikt",
        "inactive": "inactief",
        "expired": "verlopen",
        "profile": "te-gebruiken",
    }


async def test_a_row_shows_profile_contact_batch_and_user(
    manager: AsyncClient, world_of_codes: dict[str, Paycode]
) -> None:
    used, profiled = world_of_codes["used"], world_of_codes["profile"]
    rows = {row[0].split(" ")[0]: row for row in (await show(manager)).rows}
    assert rows[grouped(used.code)] == [
        f"{grouped(used.code)} Route co",
        "Bedrijf EEN (demo) Noël 't Hart",
        "Noël 't Hart",
        "Ploeg 100%_x",
        "01-01-2026 13:00 Batch #3K2R1S",
        "02-02-2026 01:00",
        "Yılmaz, Özlem",
        "Gebruikt",
    ]
    assert rows[grouped(profiled.code)][0] == f"{grouped(profiled.code)} Profiel monteur"


async def test_what_is_on_is_a_chip_that_takes_it_off(manager: AsyncClient) -> None:
    page = await show(manager, trefwoorden="hart", status="gebruikt", aangemaakt_tot="2026-03-31", profiel="co")
    chips = page.root.xpath("//*[@class='chip']")
    assert [chip.text_content().strip() for chip in chips] == [
        "Verwijder filter Trefwoorden: hart",
        "Verwijder filter Profiel: Vakmanschap co (alle profielen)",
        "Verwijder filter Status: Gebruikt",
        "Verwijder filter Aangemaakt tot en met 31-03-2026",
    ]
    assert chips[0].get("href") == "/betaalcodes?profiel=co&status=gebruikt&aangemaakt_tot=2026-03-31"


async def test_nothing_found_says_which_filter_to_drop(manager: AsyncClient) -> None:
    page = await show(manager, trefwoorden="hart", status="inactief")
    assert page.count_line == "0 resultaten"
    assert page.texts("//*[@class='empty']//h3") == ["Geen betaalcodes gevonden"]
    assert page.texts("//*[@class='empty']//li") == [
        "Zonder Trefwoorden: hart (1)",
        "Zonder Status: Inactief (2)",
    ]


async def test_a_code_that_expires_now_is_expired(db: None) -> None:
    from app.paycodes.status import Clock, Status

    moment = at(2026, 5, 5)
    assert Clock(moment).status(None, None, moment) is Status.EXPIRED
    assert Clock(moment).status(None, None, moment + timedelta(microseconds=1)) is Status.FREE
    batch = await make_batch(await make_organisation("EEN"), await make_route("co", 1), created_at=at(2026, 1, 1))
    await make_code(batch, expires_at=moment)
    for now, status in ((moment, Status.EXPIRED), (moment - timedelta(microseconds=1), Status.FREE)):
        assert await Paycode.exists().where(Clock(now).has_status(status))
