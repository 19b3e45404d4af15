"""`/betaalcodes.xlsx`: the selection of the screen, whole, in its order."""

import json
from datetime import date

import pytest
from httpx import AsyncClient

from tests.clients import sign_in
from tests.downloads.files import account_of, rows_of, rows_on_screen

CODE = "//tbody/tr/th/span[@class='code']"
SELECTIONS = (
    "",
    "sorteer=code",
    "sorteer=-gebruikt",
    "status=gebruikt&sorteer=gebruikt",
    "status=verlopen",
    "trefwoorden=niets",
)


@pytest.mark.parametrize(
    ("username", "selections"),
    [("anna.smit", SELECTIONS), ("vera.meijer", ("",)), ("beheerder", ("sorteer=gebruikt",)), ("niels.los", ("",))],
)
async def test_the_file_is_what_the_screen_shows(
    client: AsyncClient, username: str, selections: tuple[str, ...]
) -> None:
    await sign_in(client, username)
    for query in selections:
        answer = await client.get(f"/betaalcodes.xlsx?{query}")
        assert answer.status_code == 200, query
        count, shown = await rows_on_screen(client, query, "/betaalcodes", CODE)
        assert [row["Betaalcode"] for row in rows_of(answer.content, "Betaalcodes")] == shown, query
        assert account_of(answer.content)["Aantal rijen"] == count.split()[0]


async def test_the_codes_of_the_manual(client: AsyncClient) -> None:
    await sign_in(client, "vera.meijer")
    answer = await client.get("/betaalcodes.xlsx")
    rows = rows_of(answer.content, "Betaalcodes")
    assert {(row["Code"], row["Referentie"], row["Aangemaakt"], row["Batch"]) for row in rows} == {
        ("VAK", "Test", date(2022, 4, 22), "#3K2R1S")
    }
    assert len(rows) == 5
    assert answer.headers["content-disposition"].startswith('attachment; filename="betaalcodes_20')
    assert account_of(answer.content)["Volgorde"] == "Aangemaakt (omgekeerd)"


async def test_who_used_a_code_has_a_name_only_where_it_may_be_seen(client: AsyncClient) -> None:
    await sign_in(client, "anna.smit")
    used = rows_of((await client.get("/betaalcodes.xlsx?status=gebruikt")).content, "Betaalcodes")
    named = {row["Gebruikt door"]: row["Deelnamenummer"] for row in used}
    assert named.pop("andere kandidaat") == ""
    assert named
    assert all(named.values())


async def test_a_filter_that_cannot_be_read_is_the_page_that_says_so(client: AsyncClient) -> None:
    await sign_in(client, "anna.smit")
    assert (await client.get("/betaalcodes.xlsx?status=x")).status_code == 400


async def test_a_download_is_recorded_without_what_was_typed(client: AsyncClient) -> None:
    from app.tables import AuditEvent

    await sign_in(client, "anna.smit")
    await client.get("/betaalcodes.xlsx?trefwoorden=niets")
    event = (
        await AuditEvent.select()
        .where(AuditEvent.action == "download")
        .order_by(AuditEvent.id, ascending=False)
        .first()
    )
    assert event is not None
    assert json.loads(event["details"]) == {"list": "betaalcodes", "filters": "keywords", "rows": 0}
