"""Order, pages, counts and bars of the list, and how many statements they take."""

from typing import Any

from app.database import recorded_statements
from app.paycodes.codes import new_codes
from tests.paycodes.page import show
from tests.paycodes.world import (
    ago,
    make_batch,
    make_code,
    make_enrolment,
    make_manager,
    make_organisation,
    make_route,
)
from tests.sessions import client_of


async def test_orders_are_each_others_reverse(application: Any, db: None) -> None:
    organisation, route = await make_organisation("EEN"), await make_route("co", 1)
    user = await make_enrolment(organisation, route, "Jan", "de", "Vries")
    codes = sorted(new_codes(6))
    for day, pair in enumerate((codes[:2], codes[2:4], codes[4:])):
        batch = await make_batch(organisation, route, created_at=ago(days=30 + day))
        await make_code(batch, code=pair[0])
        await make_code(batch, code=pair[1], used_at=ago(days=20 - day), used_by=user.id)
    await make_manager("manager", organisation)
    by_use = [codes[0], codes[2], codes[4], codes[1], codes[3], codes[5]]
    orders = {
        "aangemaakt": [*codes[4:], *codes[2:4], *codes[:2]],
        "code": codes,
        # What is not used comes before what is.
        "gebruikt": by_use,
    }
    async with await client_of(application, "manager") as manager:
        for sort, expected in orders.items():
            assert (await show(manager, sorteer=sort)).codes == expected, sort
            assert (await show(manager, sorteer=f"-{sort}")).codes == expected[::-1], sort
        assert (await show(manager)).codes == orders["aangemaakt"][::-1]


async def test_pages_are_whole_and_one_past_the_end_is_the_last(application: Any, db: None) -> None:
    organisation, route = await make_organisation("EEN"), await make_route("co", 1)
    batch = await make_batch(organisation, route)
    made = {(await make_code(batch)).code for _ in range(60)}
    await make_manager("manager", organisation)
    async with await client_of(application, "manager") as manager:
        pages = [await show(manager, pagina=number) for number in (1, 2, 3)]
        assert [page.count_line for page in pages] == [
            "60 resultaten - Toon 1 - 25",
            "60 resultaten - Toon 26 - 50",
            "60 resultaten - Toon 51 - 60",
        ]
        assert sorted(code for page in pages for code in page.codes) == sorted(made)
        assert (await show(manager, pagina="9" * 18)).codes == pages[2].codes
        assert (await show(manager, per_pagina=100)).count_line == "60 resultaten - Toon 1 - 60"
        assert (await show(manager, per_pagina=50, pagina=2)).count_line == "60 resultaten - Toon 51 - 60"


async def test_tiles_and_bars_obey_every_filter_but_their_own(application: Any, db: None) -> None:
    organisation, route = await make_organisation("EEN"), await make_route("co", 1)
    user = await make_enrolment(organisation, route, "Jan", "de", "Vries")
    old = await make_batch(organisation, route, number="1B1B1B", created_at=ago(days=400))
    new = await make_batch(organisation, route, number="2K2K2K", created_at=ago(days=2))
    await make_code(old, used_at=ago(days=300), used_by=user.id)
    await make_code(old, deactivated_at=ago(days=300))
    await make_code(old)
    await make_code(new)
    await make_code(new, used_at=ago(days=1), used_by=user.id)
    await make_code(new, used_at=ago(days=1), used_by=user.id)
    await make_manager("manager", organisation)

    async with await client_of(application, "manager") as manager:
        everything, used, free, one = (
            await show(manager),
            await show(manager, status="gebruikt"),
            await show(manager, status="te-gebruiken"),
            await show(manager, trefwoorden="#1B1B1B"),
        )
    tiles = {"Alle": 6, "Te gebruiken": 1, "Gebruikt": 3, "Inactief": 1, "Verlopen": 1}
    assert everything.tiles == used.tiles == free.tiles == tiles
    bars = {
        "Batch #2K2K2K": ["1 te gebruiken", "2 gebruikt"],
        "Batch #1B1B1B": ["1 gebruikt", "1 inactief", "1 verlopen"],
    }
    assert list(everything.bars.items()) == list(used.bars.items()) == list(bars.items())
    assert list(free.bars) == ["Batch #2K2K2K"]
    assert used.count_line == "3 resultaten - Toon 1 - 3"
    assert one.tiles == {"Alle": 3, "Te gebruiken": 0, "Gebruikt": 1, "Inactief": 1, "Verlopen": 1}
    assert list(one.bars) == ["Batch #1B1B1B"]


async def test_the_newest_batches_have_a_bar_and_a_link_leads_to_all(application: Any, db: None) -> None:
    organisation, route = await make_organisation("EEN"), await make_route("co", 1)
    for day in range(8):
        await make_code(await make_batch(organisation, route, created_at=ago(days=10 + day), reference=f"dag {day}"))
    await make_manager("manager", organisation)
    async with await client_of(application, "manager") as manager:
        page = await show(manager, status="te-gebruiken")
        (more,) = page.root.xpath("//*[@class='batches']/p/a")
        every = await show(manager, more.get("href"))
        (back,) = every.root.xpath("//*[@class='batches']/p/a")
        assert len(page.bars) == 6
        assert more.text == "Toon alle 8 batches"
        assert len(every.bars) == 8
        assert list(every.bars)[:6] == list(page.bars)
        assert back.get("href") == "/betaalcodes?status=te-gebruiken"


async def test_a_page_takes_as_many_statements_whatever_the_size(application: Any, db: None) -> None:
    organisation, route = await make_organisation("EEN"), await make_route("co", 1)
    await make_manager("manager", organisation)
    await make_code(await make_batch(organisation, route))
    query: dict[str, object] = {"trefwoorden": "a", "per_pagina": 100}
    async with await client_of(application, "manager") as manager:
        small = [await statements(manager, {}), await statements(manager, query)]
        for _ in range(20):
            batch = await make_batch(organisation, route, reference="aap")
            for _ in range(5):
                await make_code(batch)
        big = [await statements(manager, {}), await statements(manager, query)]
        nothing = await statements(manager, {"trefwoorden": "nergens", "status": "gebruikt", "profiel": "co"})
    assert small == big
    assert max(*big, nothing) <= 5


async def test_an_administrators_page_takes_no_more(application: Any, demo_readonly: None) -> None:
    async with await client_of(application, "beheerder") as beheerder:
        assert await statements(beheerder, {}) <= 5


async def statements(client: Any, query: dict[str, object]) -> int:
    with recorded_statements() as recorded:
        assert (await show(client, "/betaalcodes", **query)).answer.status_code == 200
    assert all(statement.lstrip().startswith(("SELECT", "WITH")) for statement in recorded)
    return len(recorded)
