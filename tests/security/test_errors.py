"""An error is a page or a fragment in Dutch that repeats nothing of what was sent or went wrong."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.headers import ALWAYS
from tests.candidates.clicks import FRAGMENT
from tests.candidates.screen import read
from tests.clients import visitor
from tests.sessions import client_of

SAID = {
    "400": (400, "Dit verzoek is niet te lezen"),
    "403": (403, "U heeft geen toegang tot deze pagina"),
    "404": (404, "Pagina niet gevonden"),
    "405": (405, "Dit kan hier niet"),
    "409": (409, "Dit verzoek is niet te lezen"),
    "413": (413, "Dit is te groot"),
    "418": (418, "Dit verzoek is niet te lezen"),
    "429": (429, "Te veel verzoeken"),
    "500": (500, "Er is een probleem met het portaal"),
    "502": (502, "Er is een probleem met het portaal"),
    "503": (503, "Het portaal is even niet bereikbaar"),
    "storing": (503, "Het portaal is even niet bereikbaar"),
    "fout": (500, "Er is een probleem met het portaal"),
}
MARK = "Zw4rtePiste"


@pytest.mark.parametrize("how", SAID)
async def test_every_failure_is_a_page_in_dutch_with_all_headers(failing: AsyncClient, how: str) -> None:
    status, title = SAID[how]
    answer = await failing.get(f"/mislukt/{how}?x={MARK}", headers={"X-Mark": MARK})
    assert answer.status_code == status
    assert f"<h1>{title}</h1>" in answer.text
    assert {name: answer.headers[name] for name in ALWAYS} == ALWAYS
    assert answer.headers["cache-control"] == "private, no-store"
    assert not [secret for secret in ("geheim", "4711", MARK, "Traceback", "litestar") if secret in answer.text]


@pytest.mark.parametrize("how", ["400", "404", "500", "storing"])
async def test_inside_a_region_it_leaves_the_region_standing(failing: AsyncClient, how: str) -> None:
    answer = await failing.get(f"/mislukt/{how}", headers=FRAGMENT)
    assert answer.status_code == SAID[how][0]
    assert "<html" not in answer.text
    assert answer.headers["hx-reswap"] == "innerHTML"


@pytest.mark.parametrize("how", ["429", "503", "storing"])
async def test_who_must_wait_is_told_how_long(failing: AsyncClient, how: str) -> None:
    assert (await failing.get(f"/mislukt/{how}")).headers["retry-after"] == "10"


async def test_a_database_that_lacks_a_table_is_a_failure_and_tells_nothing_of_it(db: None, application: Any) -> None:
    from app.database import transaction
    from app.piccolo_conf import DB
    from tests.candidates.handmade import organisation_of

    await organisation_of("kim", "ABC")
    kim = await client_of(application, "kim")
    kim.event_hooks = {"response": []}
    async with transaction(as_owner=True):
        await DB.run_ddl("ALTER TABLE unlinking RENAME TO elsewhere")
    answer = await kim.get("/ontkoppeld")
    assert answer.status_code == 500
    assert "unlinking" not in answer.text
    assert "Uitloggen" not in answer.text


@pytest.mark.parametrize(
    ("verb", "url", "status"),
    [
        ("GET", f"/{MARK}", 404),
        ("GET", f"/overzicht/{MARK}", 404),
        ("GET", f"/static/{MARK}.css", 404),
        ("DELETE", f"/overzicht?{MARK}={MARK}", 405),
        ("POST", f"/deelnames/{MARK}/ontkoppelen", 403),
        ("GET", f"/deelnames/{MARK}", 404),
        ("GET", f"/deelnames/1?pagina={MARK}", 400),
        ("GET", f"/ontkoppeld?gedaan={MARK}", 400),
        ("GET", f"/deelnames/1?{MARK}=%ff&vanaf={MARK}", 400),
    ],
)
async def test_what_was_sent_is_not_repeated(
    demo_readonly: None, application: Any, verb: str, url: str, status: int
) -> None:
    anna = await client_of(application, "anna.smit")
    for headers in ({}, FRAGMENT):
        answer = await anna.request(verb, url, headers={"X-Mark": MARK, **headers})
        assert answer.status_code == status
        assert MARK.lower() not in answer.text.lower()
        assert MARK not in str(answer.headers)


UNREADABLE = ["/%00", "/%ff", "/overzicht%00", "/deelnames/%ff", "/static/%00", "/static/%0a", "/static/..%2f..%2fapp"]


@pytest.mark.parametrize("path", [*UNREADABLE, f"/static/{'a' * 5000}"], ids=lambda path: path[:30])
async def test_an_address_nobody_can_read_is_not_found(demo_readonly: None, application: Any, path: str) -> None:
    async with visitor(application) as nobody:
        assert (await nobody.get(path)).status_code in (303, 404)
    assert (await (await client_of(application, "anna.smit")).get(path)).status_code == 404


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"_csrf=%ff%00\xff", "application/x-www-form-urlencoded", 403),
        (b"_csrf=\xff", "application/x-www-form-urlencoded; charset=bestaatniet", 403),
        (b"x", "multipart/form-data", 403),
        (b"--a\r\nzomaar", "multipart/form-data; boundary=a", 400),
        (b'{"_csrf": 1}', "application/json", 403),
        (b"", "", 403),
        (b"a=b&" * 2000, "application/x-www-form-urlencoded", 400),
        (b"a" * 70_000, "application/x-www-form-urlencoded", 413),
    ],
    ids=["bytes", "charset", "no boundary", "broken parts", "json", "nothing", "many fields", "too large"],
)
async def test_a_body_nobody_can_read_is_refused_and_does_nothing(
    demo_readonly: None, application: Any, content: bytes, kind: str, status: int
) -> None:
    anna = await client_of(application, "anna.smit")
    first = read(await anna.get("/overzicht")).ids[0]
    headers = {"content-type": kind} if kind else {}
    answer = await anna.post(f"/deelnames/{first}/ontkoppelen", content=content, headers=headers)
    assert answer.status_code == status
    assert (await anna.get(f"/deelnames/{first}")).status_code == 200
