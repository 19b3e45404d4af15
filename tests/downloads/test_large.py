"""Above 5,000 rows the file is made in the background, and stays for a day."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response

from tests.clients import sign_in, submit, visitor
from tests.downloads.crowd import crowd
from tests.downloads.files import rows_of

ROWS = 5_001


@pytest.fixture
async def manager(demo: None, client: AsyncClient) -> AsyncClient:
    """Who manages BRG, which has more than a file that is made at once."""
    await crowd(ROWS)
    await sign_in(client, "eva.bakker")
    return client


async def ask(client: AsyncClient, query: str = "") -> str:
    """Where the download can be followed."""
    answer = await client.get(f"/overzicht.xlsx?{query}")
    assert answer.status_code == 303
    address: str = answer.headers["location"]
    assert re.fullmatch(r"/downloads/\d+", address)
    return address


async def when_ready(client: AsyncClient, address: str) -> tuple[Response, list[int]]:
    """The file, and the percentages that were seen on the way."""
    seen = []
    async with asyncio.timeout(90):
        while 'http-equiv="refresh"' in (page := await client.get(address)).text:
            seen.append(int(re.findall(r'<progress max="100" value="(\d+)"', page.text)[0]))
            await asyncio.sleep(0.2)
    assert "Klaar" in page.text, page.text
    return await client.get(f"{address}/bestand"), seen


async def test_it_is_made_with_progress_and_whole(manager: AsyncClient) -> None:
    file, seen = await when_ready(manager, await ask(manager, "sorteer=-naam"))
    names = [row["Deelnamenummer"] for row in rows_of(file.content)]
    assert names == sorted(names, reverse=True)
    assert len(names) == ROWS
    assert seen == sorted(seen)
    assert max(seen) < 100
    assert file.headers["content-disposition"].startswith('attachment; filename="kandidaten_20')
    assert file.headers["content-length"] == str(len(file.content))
    assert file.headers["cache-control"] == "private, no-store"


async def test_asked_for_twice_it_is_made_once(manager: AsyncClient) -> None:
    assert await ask(manager) == await ask(manager)
    assert await ask(manager, "sorteer=-naam") != await ask(manager)


async def test_one_person_waits_for_five_at_most(manager: AsyncClient) -> None:
    from app.clock import now
    from app.tables import Download, JobState

    address = await ask(manager)
    user = await Download.select(Download.user).first()
    assert user is not None
    for number in range(5):
        download = Download(user=user["user"], kind="kandidaten", query=str(number), file_name="x", rows=1)
        download.created_at, download.state, download.claimed_until = (
            now(),
            JobState.RUNNING,
            now() + timedelta(hours=1),
        )
        await download.save()
    assert await ask(manager) == address
    answer = await manager.get("/overzicht.xlsx?sorteer=-naam")
    assert answer.status_code == 429
    assert "Wacht tot er een klaar is." in answer.text


async def test_the_page_asks_for_itself_until_it_is_done(manager: AsyncClient) -> None:
    address = await ask(manager)
    fragment = await manager.get(address, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "<html" not in fragment.text
    assert f'data-hx-get="{address}" data-hx-trigger="every 1s"' in fragment.text
    await when_ready(manager, address)
    assert "data-hx-trigger" not in (await manager.get(address)).text


async def test_it_stands_among_the_downloads(manager: AsyncClient) -> None:
    address = await ask(manager)
    page = await manager.get("/downloads")
    assert f'href="{address}"' in page.text
    assert "5.001" in page.text


async def test_nobody_else_sees_it(application: Any, manager: AsyncClient) -> None:
    address = await ask(manager)
    await when_ready(manager, address)
    for username in ("anna.smit", "beheerder"):
        async with visitor(application) as other:
            await sign_in(other, username)
            for path in (address, f"{address}/bestand"):
                assert (await other.get(path)).status_code == 404
            assert address not in (await other.get("/downloads")).text


async def test_a_mandate_taken_away_closes_the_file(manager: AsyncClient) -> None:
    from app.tables import Mandate, Organisation, User

    address = await ask(manager)
    await when_ready(manager, address)
    user = await User.select(User.id).where(User.username == "eva.bakker").first()
    other = await Organisation.select(Organisation.id).where(Organisation.code == "ZPI").first()
    assert user is not None
    assert other is not None
    await Mandate.update({Mandate.organisation: other["id"]}).where(Mandate.user == user["id"])
    assert (await manager.get(f"{address}/bestand")).status_code == 404
    assert address not in (await manager.get("/downloads")).text


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.0", str(2**63), "9" * 40, "999999"])
async def test_a_download_that_is_not_there(client: AsyncClient, number: str) -> None:
    await sign_in(client, "anna.smit")
    for path in ("", "/bestand"):
        assert (await client.get(f"/downloads/{number}{path}")).status_code == 404


async def test_before_it_is_ready_there_is_no_file(manager: AsyncClient) -> None:
    address = await ask(manager)
    assert (await manager.get(f"{address}/bestand")).status_code == 404


async def test_after_a_day_it_is_gone(manager: AsyncClient) -> None:
    from app.clock import now
    from app.downloads.claims import remove_expired
    from app.tables import Download, DownloadChunk

    address = await ask(manager)
    await when_ready(manager, address)
    assert await DownloadChunk.count() > 0
    await Download.update({Download.expires_at: now() - timedelta(seconds=1)}, force=True)
    assert (await manager.get(f"{address}/bestand")).status_code == 404
    await remove_expired()
    assert await Download.count() == await DownloadChunk.count() == 0


async def test_one_that_failed_says_so_and_is_made_again(manager: AsyncClient) -> None:
    from app.tables import Download, JobState

    address = await ask(manager)
    await when_ready(manager, address)
    await Download.update({Download.state: JobState.FAILED, Download.error: "Het bestand is niet gemaakt."}, force=True)
    assert "Het bestand is niet gemaakt." in (await manager.get(address)).text
    answer = await submit(manager, address, form="//form[contains(@action, 'opnieuw')]")
    assert (answer.status_code, answer.headers["location"]) == (303, address)
    file, _ = await when_ready(manager, address)
    assert len(rows_of(file.content)) == ROWS


async def test_it_is_recorded_once(manager: AsyncClient) -> None:
    from app.tables import AuditEvent

    address = await ask(manager)
    events = await AuditEvent.select().where(AuditEvent.action == "download")
    assert [event["object_id"] for event in events] == [int(address.rsplit("/", 1)[1])]


async def test_more_than_a_workbook_holds_is_refused_with_a_sentence(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.downloads.delivery.MOST", 100)
    await sign_in(client, "anna.smit")
    answer = await client.get("/overzicht.xlsx")
    assert answer.status_code == 422
    assert "ten hoogste 250.000 rijen" in answer.text
