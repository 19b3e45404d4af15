"""`/overzicht.xlsx`: the selection of the screen, whole, in its order."""

import json
from datetime import date
from typing import Any

import pytest
from httpx import AsyncClient

from tests.clients import sign_in
from tests.downloads.files import account_of, rows_of, rows_on_screen

SELECTIONS = (
    "",
    "sorteer=-naam",
    "sorteer=-aangemeld&status=herkansing",
    "sorteer=gewijzigd&route=co",
    "route=warmtepomp&stap=praktijktoets&uitslag=gezakt",
    "status=verlopen",
    "uitslag=ingepland",
    "trefwoorden=van+den",
    "profiel=co&vanaf=2026-01-01&tot=30-06-2026",
    "trefwoorden=niemand-heet-zo",
)


@pytest.mark.parametrize(
    ("username", "selections"),
    [("anna.smit", SELECTIONS), ("bram.devries", ("organisatie=ZPI", "sorteer=-naam")), ("beheerder", ("route=co",))],
)
async def test_the_file_is_what_the_screen_shows(
    client: AsyncClient, username: str, selections: tuple[str, ...]
) -> None:
    await sign_in(client, username)
    for query in selections:
        answer = await client.get(f"/overzicht.xlsx?{query}")
        assert answer.status_code == 200, query
        count, shown = await rows_on_screen(client, query)
        assert [row["Naam"] for row in rows_of(answer.content)] == shown, query
        assert account_of(answer.content)["Aantal rijen"] == str(len(shown)) == count.split()[0], query


async def test_all_that_is_not_a_date_is_text(client: AsyncClient) -> None:
    await sign_in(client, "anna.smit")
    rows = rows_of((await client.get("/overzicht.xlsx")).content)
    for row in rows:
        days = {head for head, value in row.items() if isinstance(value, date)}
        assert {"Aangemeld", "Gekoppeld op"} <= days
        assert all(head.endswith(" op") or head in {"Aangemeld", "Geldig tot"} for head in days)
        assert all(isinstance(value, str) for head, value in row.items() if head not in days)
        assert row["Deelnamenummer"][4] == "-"


async def test_a_name_also_stands_in_three_columns(client: AsyncClient) -> None:
    await sign_in(client, "anna.smit")
    rows = rows_of((await client.get("/overzicht.xlsx?trefwoorden=chloe+beek")).content)
    assert [(row["Naam"], row["Voornaam"], row["Tussenvoegsel"], row["Achternaam"]) for row in rows] == [
        ("Beek, Chloë ter", "Chloë", "ter", "Beek")
    ]


async def test_on_a_tab_the_steps_are_those_of_the_route(client: AsyncClient) -> None:
    await sign_in(client, "anna.smit")
    heads = {route: set(await first_row(client, f"route={route}")) for route in ("co", "warmtepomp")}
    assert {"Praktijkexamen", "Praktijkexamen op"} <= heads["co"]
    assert "Praktijkexamen" not in heads["warmtepomp"]
    assert {"Praktijkexamen", "Praktijktoets"} <= set(await first_row(client, ""))


async def first_row(client: AsyncClient, query: str) -> dict[str, Any]:
    return rows_of((await client.get(f"/overzicht.xlsx?{query}")).content)[0]


async def test_every_step_has_a_word_of_the_screen(client: AsyncClient) -> None:
    await sign_in(client, "anna.smit")
    rows = rows_of((await client.get("/overzicht.xlsx?stap=theorietoets")).content)
    assert {row["Theorietoets"] for row in rows} == {
        "Nog niet gestart",
        "Ingepland",
        "Geslaagd",
        "Niet geslaagd - herkansing noodzakelijk",
        "Verlopen",
    }


async def test_the_second_sheet_accounts_for_the_file(client: AsyncClient) -> None:
    await sign_in(client, "anna.smit")
    answer = await client.get("/overzicht.xlsx?route=co&trefwoorden=jansen&sorteer=-naam&pagina=3")
    account = account_of(answer.content)
    assert account["Selectie"] == "Route: Vakmanschap CO"
    assert account["Volgorde"] == "Naam (omgekeerd)"
    assert account["Adres"] == "https://testserver.local/overzicht?route=co&trefwoorden=jansen&sorteer=-naam"
    assert account["Gemaakt door"] == "Anna Smit (anna.smit)"
    assert account["Let op"] == "Dit zijn verzonnen gegevens (demo)."
    assert account["Betekenis"] == "Geslaagd"


async def test_the_answer_is_a_file_that_nobody_keeps(client: AsyncClient) -> None:
    await sign_in(client, "anna.smit")
    headers = (await client.get("/overzicht.xlsx", headers={"Accept-Encoding": "br, gzip"})).headers
    assert headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert headers["content-disposition"].startswith('attachment; filename="kandidaten_20')
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in headers


async def test_nobody_of_another_organisation_is_in_it(client: AsyncClient) -> None:
    await sign_in(client, "carla.jansen")
    answer = await client.get("/overzicht.xlsx")
    assert {row["Code"] for row in rows_of(answer.content)} == {"ZPI"}
    assert (await client.get("/overzicht.xlsx?organisatie=NWT")).status_code == 400


async def test_who_has_nobody_gets_an_empty_list(client: AsyncClient) -> None:
    await sign_in(client, "eva.bakker")
    assert rows_of((await client.get("/overzicht.xlsx")).content) == []


@pytest.mark.parametrize(
    "query", ["status=x", "vanaf=32-01-2026", "trefwoorden=%00", "sorteer=id", "vanaf=2026-02-01&tot=2026-01-01"]
)
async def test_a_filter_that_cannot_be_read_is_the_page_that_says_so(client: AsyncClient, query: str) -> None:
    await sign_in(client, "anna.smit")
    answer = await client.get(f"/overzicht.xlsx?{query}")
    assert answer.status_code == 400
    assert 'id="filter"' in answer.text


async def test_a_visitor_signs_in_first(client: AsyncClient) -> None:
    answer = await client.get("/overzicht.xlsx?route=co")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/inloggen?volgende=%2Foverzicht.xlsx")


async def test_an_enrolment_manager_may_not(client: AsyncClient) -> None:
    await sign_in(client, "dirk.visser")
    assert (await client.get("/overzicht.xlsx")).status_code == 403


async def test_a_download_is_recorded_without_what_was_typed(client: AsyncClient) -> None:
    from app.tables import AuditEvent

    await sign_in(client, "anna.smit")
    rows = rows_of((await client.get("/overzicht.xlsx?route=co&trefwoorden=jansen")).content)
    event = (
        await AuditEvent.select()
        .where(AuditEvent.action == "download")
        .order_by(AuditEvent.id, ascending=False)
        .first()
    )
    assert event is not None
    assert json.loads(event["details"]) == {"list": "kandidaten", "filters": "route keywords", "rows": len(rows)}
    assert event["organisation"]


def test_each_route_finds_its_steps_in_its_own_order() -> None:
    from app.candidates.workbook import merged

    assert merged([["a", "b", "x", "z"], ["a", "b", "y", "z"]]) == ["a", "b", "y", "x", "z"]
    assert merged([[], ["b"], ["a", "b"]]) == ["a", "b"]
    assert merged([]) == []
