"""Sending a file: what is refused at once, and who may."""

import asyncio
import os
import time
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from tests.clients import visitor
from tests.imports.files import RESULTS, as_csv, said, settled, upload, uploaded
from tests.imports.hostile import FILES, many_empty_rows
from tests.sessions import client_of

HEAD = ("Deelnamenummer", "Stap", "Uitslag", "Datum")
ROW = dict(zip(HEAD, ("ABCD-2345", "Theorietoets", "geslaagd", "01-01-2026"), strict=True))


@pytest.fixture
async def administrator(demo: None, application: Any) -> AsyncClient:
    return await client_of(application, "beheerder")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"Stap": "x", "Datum": "x"}], "Deze kolommen ontbreken: Deelnamenummer, Uitslag."),
        ([ROW | {"Geheim": "x"}], "Deze kolommen kent het portaal niet: Geheim."),
        ([ROW | {"STAP *": "x"}], "Deze kolommen staan er twee keer: Stap."),
        ([ROW | {"": "x"}], "Kolom E heeft geen naam"),
        ([ROW | {f"Kolom {n}": "x" for n in range(8)}], "en nog 3."),
    ],
)
async def test_columns_that_are_not_as_asked_are_named(
    administrator: AsyncClient, rows: list[dict[str, str]], words: str
) -> None:
    answer = await upload(administrator, RESULTS, as_csv(rows))
    assert answer.status_code == 422
    assert words in said(answer)


@pytest.mark.parametrize(("separator", "encoding"), [(";", "cp1252"), (",", "utf-8-sig"), ("\t", "utf-16")])
async def test_every_csv_that_excel_writes_is_read(administrator: AsyncClient, separator: str, encoding: str) -> None:
    content = as_csv(
        [{" deelnamenummer": "ABCD-2345", "STAP*": "é", "Uitslag": "ë", "Datum": "1"}], separator, encoding
    )
    page = await settled(administrator, await uploaded(administrator, RESULTS, content))
    assert "é" in said(page)
    assert "ë" in said(page)


async def test_without_a_file_it_asks_for_one(administrator: AsyncClient) -> None:
    answer = await upload(administrator, RESULTS, b"", "")
    assert answer.status_code == 422
    assert "Kies een bestand." in said(answer)


async def test_what_is_larger_than_a_file_may_be_is_refused_before_it_is_read(administrator: AsyncClient) -> None:
    answer = await upload(administrator, RESULTS, b"a" * (3 * 1024 * 1024))
    assert answer.status_code == 413
    assert "Dit is te groot" in said(answer)


async def test_other_forms_take_no_more_than_before(administrator: AsyncClient) -> None:
    sent = {"file": ("x.csv", b"a" * 100_000)}
    answer = await administrator.post("/profiel/bewerken", files=sent)
    assert answer.status_code == 413


@pytest.mark.parametrize("name", ["truncated.xlsx", "laughs.xlsx", "macros.xlsx", "formula.xlsx", "program.exe"])
async def test_a_hostile_file_gets_the_form_again_with_a_sentence(administrator: AsyncClient, name: str) -> None:
    make, words = FILES[name]
    answer = await upload(administrator, RESULTS, make(), name)
    assert answer.status_code == 422
    assert words in said(answer)


async def test_pages_are_quick_while_files_are_read_and_the_portal_lives(administrator: AsyncClient) -> None:
    """Two files that are long in reading; a person who looks about meanwhile."""
    content, mine = many_empty_rows(150_000), os.getpid()
    reading = [asyncio.create_task(upload(administrator, RESULTS, content, "rijen.xlsx")) for _ in range(2)]
    waited: list[float] = []
    while not all(each.done() for each in reading):
        start = time.monotonic()
        assert (await administrator.get("/profiel")).status_code == 200
        waited.append(time.monotonic() - start)
    assert [(await each).status_code for each in reading] == [422, 422]
    assert sorted(waited)[len(waited) * 95 // 100] < 0.5
    assert len(waited) > 20
    assert os.getpid() == mine


async def test_one_person_has_five_at_work_at_most(administrator: AsyncClient) -> None:
    from app.clock import now
    from app.tables import Import, ImportKind, JobState, User

    user = await User.select(User.id).where(User.username == "beheerder").first()
    assert user
    for _ in range(5):
        made = Import(kind=ImportKind.RESULTS, user=user["id"], file_hash="", created_at=now(), state=JobState.RUNNING)
        made.claimed_until = now() + timedelta(hours=1)
        await made.save()
    answer = await upload(administrator, RESULTS, as_csv([ROW]))
    assert answer.status_code == 422
    assert "al vijf bestanden" in said(answer)


async def test_nobody_else_comes_near(administrator: AsyncClient, application: Any) -> None:
    address = await uploaded(administrator, RESULTS, as_csv([ROW]))
    async with visitor(application) as nobody:
        assert (await nobody.get(address)).headers["location"].startswith("/inloggen")
    for username in ("anna.smit", "dirk.visser"):
        other = await client_of(application, username)
        for path in (RESULTS, address, f"{address}/fouten.xlsx"):
            assert (await other.get(path)).status_code == 403
    for missing in ("0", "x", "99999999", "9" * 40):
        assert (await administrator.get(f"{RESULTS}/{missing}")).status_code == 404


async def test_it_is_a_page_and_a_fragment(administrator: AsyncClient) -> None:
    from tests.candidates.clicks import FRAGMENT

    address = await uploaded(administrator, RESULTS, as_csv([ROW]))
    page = await settled(administrator, address)
    assert "<html" in page.text
    fragment = await administrator.get(address, headers=FRAGMENT)
    assert "<html" not in fragment.text
    assert 'id="resultaten"' in fragment.text
    assert (await administrator.get(f"{address}?toon=onzin")).status_code == 400
    assert "1 resultaat" in said(await administrator.get(f"{address}?toon=fouten&pagina=9"))
