"""From a person to a WHERE: which rows each may see, counted in a world with one of each."""

from dataclasses import replace

import pytest
from piccolo.table import Table

from app.access import Access, Condition
from app.tables import Candidate, Enrolment, Paycode, Role, Unlinking
from tests.paycodes.world import ago, kept, make_batch, make_code, make_enrolment, make_organisation, make_route

NOBODY = Access(1, frozenset(), ())
MANAGER = replace(NOBODY, roles=frozenset({Role.ORGANISATION_MANAGER}))
ENROLS = replace(NOBODY, roles=frozenset({Role.ENROLMENT_MANAGER}))
ADMINISTRATOR = replace(NOBODY, roles=frozenset({Role.ADMINISTRATOR}))


@pytest.fixture
async def world(db: None) -> dict[str, int]:
    """Organisations A, B and C, each with an enrolment, a code and an unlinking; and those of none."""
    route = await make_route("co", 1)
    ids = {}
    for code in ("AAA", "BBB", "CCC", ""):
        organisation = await make_organisation(code) if code else None
        enrolment = await make_enrolment(organisation, route, "Jan", "", f"Van {code}")
        await make_code(await make_batch(organisation, route))
        if organisation:
            await kept(Unlinking(enrolment=enrolment.id, organisation=organisation.id, unlinked_at=ago(days=1)))
            ids[code] = int(organisation.id)
    return ids


async def seen(table: type[Table], condition: Condition) -> int:
    return int(await table.count().where(condition))


async def seen_by(access: Access) -> tuple[int, int, int, int, int]:
    """Enrolments, paycodes, unlinkings, candidates, and whom they enrolled."""
    return (
        await seen(Enrolment, access.enrolments),
        await seen(Paycode, access.paycodes),
        await seen(Unlinking, access.unlinkings),
        await seen(Candidate, access.candidates),
        await seen(Enrolment, access.enrolled),
    )


async def test_who_manages_nothing_sees_nothing(world: dict[str, int]) -> None:
    for access in (NOBODY, MANAGER, ENROLS):
        assert not access.everywhere
        assert await seen_by(access) == (0, 0, 0, 0, 0)


async def test_a_manager_sees_what_is_of_their_organisations_and_nothing_of_nobody(world: dict[str, int]) -> None:
    one, two = (
        replace(MANAGER, organisations=tuple(world[code] for code in codes)) for codes in (["AAA"], ["AAA", "CCC"])
    )
    assert await seen_by(one) == (1, 1, 1, 0, 0)
    assert await seen_by(two) == (2, 2, 2, 0, 0)
    for table, of in ((Enrolment, "enrolments"), (Paycode, "paycodes"), (Unlinking, "unlinkings")):
        for access in (one, two):
            owners = await table.select(table.organisation).where(getattr(access, of)).output(as_list=True)
            assert sorted(owners) == sorted(access.organisations)


async def test_who_enrols_sees_whom_they_look_after_and_no_results(world: dict[str, int]) -> None:
    access = replace(ENROLS, enrols_for=(world["BBB"],))
    assert await seen_by(access) == (0, 0, 0, 0, 1)
    [owner] = await Enrolment.select(Enrolment.organisation).where(access.enrolled).output(as_list=True)
    assert owner == world["BBB"]


async def test_both_mandates_stay_apart(world: dict[str, int]) -> None:
    access = Access(1, MANAGER.roles | ENROLS.roles, (world["AAA"],), (world["BBB"], world["CCC"]))
    assert await seen_by(access) == (1, 1, 1, 0, 2)


async def test_an_administrator_sees_all_but_is_nobody_s_enrolment_manager(world: dict[str, int]) -> None:
    assert ADMINISTRATOR.everywhere
    assert await seen_by(ADMINISTRATOR) == (4, 4, 3, 4, 0)


async def test_no_condition_opens_another_beside_it(world: dict[str, int]) -> None:
    """Each can be joined with what somebody asks for, either way round."""
    own = replace(MANAGER, organisations=(world["AAA"],)).enrolments
    other = Enrolment.organisation == world["BBB"]
    assert await seen(Enrolment, own & other) == 0
    assert await seen(Enrolment, other & own) == 0
    assert await seen(Enrolment, own | other) == 2
    assert await seen(Enrolment, NOBODY.enrolments | other) == 1
    assert await seen(Enrolment, ADMINISTRATOR.enrolments & other) == 1
