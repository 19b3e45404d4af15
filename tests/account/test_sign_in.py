"""Signing in."""

import asyncio
from base64 import urlsafe_b64decode
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from httpx import AsyncClient
from lxml import html

from tests.account.browser import SESSION, fields_of, get_with
from tests.clients import post, sign_in, submit, visitor
from tests.worlds import PASSWORD

WRONG = "De gebruikersnaam of het wachtwoord is onjuist."


async def test_a_visitor_gets_the_form(client: AsyncClient, demo: None) -> None:
    page = await client.get("/inloggen")
    assert page.status_code == 200
    form = html.fromstring(page.content).xpath("//main//form[@method='post']")[0]
    assert {"gebruikersnaam", "wachtwoord", "volgende", "_csrf"} <= set(form.fields)
    assert form.xpath(".//input[@name='wachtwoord']/@autocomplete") == ["current-password"]


@pytest.mark.parametrize(
    ("username", "home"),
    [
        ("anna.smit", "/overzicht"),
        ("dirk.visser", "/aanmeldingen"),
        ("beheerder", "/beheer"),
        ("niels.los", "/overzicht"),
    ],
)
async def test_each_role_lands_on_its_own_page(client: AsyncClient, demo: None, username: str, home: str) -> None:
    answer = await sign_in(client, username)
    assert answer.headers["location"] == home
    assert (await client.get("/")).headers["location"] == home


async def test_who_has_no_role_yet_lands_on_the_own_profile(client: AsyncClient, demo: None) -> None:
    from app.tables import Mandate

    await Mandate.delete(force=True)
    assert (await sign_in(client, "niels.los")).headers["location"] == "/profiel"
    assert "U heeft nog geen rol bij een organisatie." in (await client.get("/profiel")).text


@pytest.mark.parametrize("typed", ["ANNA.Smit", "  anna.smit ", "ａｎｎａ.smit"])
async def test_the_user_name_may_be_typed_in_any_way(client: AsyncClient, demo: None, typed: str) -> None:
    assert (await sign_in(client, typed)).headers["location"] == "/overzicht"


async def test_the_page_that_was_asked_for_follows(client: AsyncClient, demo: None) -> None:
    refused = await client.get("/profiel/beveiliging?a=b%2Fc&d=e")
    assert refused.status_code == 303
    answer = await submit(client, refused.headers["location"], gebruikersnaam="anna.smit", wachtwoord=PASSWORD)
    assert answer.headers["location"] == "/profiel/beveiliging?a=b%2Fc&d=e"


HOSTILE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/..//evil.example",
    "/x//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/profiel\r\nSet-Cookie: a=b",
    " /profiel",
    "/profiel\x00",
    "/profiel?a=\\b",
    "/pröfiel",
    "/@evil.example",
    "evil.example",
    "?a=b",
    "/profiel#//evil",
    "/" + "a" * 5000,
]


async def test_the_next_page_is_never_elsewhere(client: AsyncClient, demo: None) -> None:
    for hostile in HOSTILE:
        client.cookies.clear()
        fields = await fields_of(client) | {"gebruikersnaam": "anna.smit", "wachtwoord": PASSWORD, "volgende": hostile}
        answer = await post(client, "/inloggen", fields)
        assert (hostile, answer.status_code, answer.headers["location"]) == (hostile, 303, "/overzicht")


async def test_unknown_wrong_and_closed_look_the_same(client: AsyncClient, demo: None) -> None:
    from app.tables import User

    await User.update({User.active: False}).where(User.username == "carla.jansen")
    pages = set()
    for username, password in [
        ("anna.smit", "verkeerd"),
        ("bestaat.niet", PASSWORD),
        ("carla.jansen", PASSWORD),
        ("", ""),
        ("anna\x00smit", PASSWORD),
        ("a" * 5000, PASSWORD),
        ("anna.smit", "x" * 5000),
    ]:
        answer = await submit(client, "/inloggen", gebruikersnaam=username, wachtwoord=password)
        assert answer.status_code == 422
        assert "Set-Cookie" not in answer.headers
        document = html.fromstring(answer.content)
        pages.add((document.findtext(".//title"), document.xpath("string(//*[@id='fouten'])")))
    [(title, problem)] = pages
    assert title.startswith("Fout: ")
    assert WRONG in problem


async def test_a_refused_form_keeps_the_name_and_not_the_password(client: AsyncClient, demo: None) -> None:
    answer = await submit(client, "/inloggen?volgende=/profiel", gebruikersnaam="<b>anna", wachtwoord="geheim-genoeg")
    form = html.fromstring(answer.content).xpath("//main//form[@method='post']")[0]
    assert form.fields["gebruikersnaam"] == "<b>anna"
    assert form.fields["volgende"] == "/profiel"
    assert not form.fields["wachtwoord"]
    assert "geheim-genoeg" not in answer.text


async def test_bytes_that_are_no_utf_8_are_refused_like_any_other(client: AsyncClient, demo: None) -> None:
    fields = await fields_of(client)
    body = f"_csrf={fields['_csrf']}&gebruikersnaam=%ff%fe&wachtwoord=%ff&volgende=%ff"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await client.post("/inloggen", content=body, headers=headers)).status_code == 422


async def test_unknown_and_wrong_take_the_same_time(client: AsyncClient, demo: None) -> None:
    from app.tables import Attempt

    fields = await fields_of(client) | {"wachtwoord": "Verkeerd!1woord"}

    async def seconds(username: str) -> float:
        await Attempt.delete(force=True)
        start = perf_counter()
        answer = await post(client, "/inloggen", fields | {"gebruikersnaam": username})
        assert answer.status_code == 422
        return perf_counter() - start

    ratios = [await seconds("bestaat.niet") / await seconds("anna.smit") for _ in range(30)]
    assert 0.85 < median(ratios) < 1.15


async def test_a_session_that_the_portal_did_not_make_is_never_adopted(client: AsyncClient, demo: None) -> None:
    chosen = "chosen-by-somebody-else"
    client.cookies.set(SESSION, chosen, domain="testserver.local", path="/")
    before = await client.get("/inloggen")
    assert SESSION not in before.headers.get("set-cookie", "")
    await sign_in(client, "anna.smit")
    assert client.cookies[SESSION] != chosen
    assert (await get_with(client, chosen)).status_code == 303


async def test_signing_in_again_ends_the_session_that_was_brought_along(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    first = client.cookies[SESSION]
    fields = await fields_of(client, "/profiel/bewerken")
    again = {"_csrf": fields["_csrf"], "gebruikersnaam": "carla.jansen", "wachtwoord": PASSWORD}
    assert (await post(client, "/inloggen", again)).status_code == 303
    assert client.cookies[SESSION] != first
    assert (await get_with(client, first)).status_code == 303


async def test_the_cookie_is_for_this_host_alone_and_for_no_script(client: AsyncClient, demo: None) -> None:
    answer = await sign_in(client, "anna.smit")
    parts = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= parts
    assert not any(part.startswith("domain") for part in parts)


async def test_only_a_hash_of_the_cookie_is_kept(client: AsyncClient, demo: None) -> None:
    from app.tables import Session

    await sign_in(client, "anna.smit")
    [row] = await Session.select()
    assert client.cookies[SESSION] not in str(row)
    assert row["address"] == "127.0.0.0/24"


async def test_a_session_is_made_of_32_random_bytes(client: AsyncClient, application: Any, demo: None) -> None:
    found = set()
    for _ in range(5):
        async with visitor(application) as other:
            await sign_in(other, "anna.smit")
            found.add(other.cookies[SESSION])
    assert len(found) == 5
    assert {len(urlsafe_b64decode(f"{each}=")) for each in found} == {32}


async def test_who_is_signed_in_needs_no_form(client: AsyncClient, demo: None) -> None:
    await sign_in(client, "anna.smit")
    answer = await client.get("/inloggen?volgende=/profiel")
    assert (answer.status_code, answer.headers["location"]) == (303, "/overzicht")


async def test_every_attempt_is_on_record(client: AsyncClient, demo: None) -> None:
    from app.tables import AuditEvent, User

    anna = await User.select().where(User.username == "anna.smit").first()
    await submit(client, "/inloggen", gebruikersnaam="bestaat.niet", wachtwoord=PASSWORD)
    await submit(client, "/inloggen", gebruikersnaam="anna.smit", wachtwoord="verkeerd")
    await sign_in(client, "anna.smit")
    events = await AuditEvent.select().where(AuditEvent.action == "sign_in").order_by(AuditEvent.id)
    assert anna
    assert [(event["actor"], event["object_id"], event["outcome"]) for event in events] == [
        (None, None, "refused"),
        (None, anna["id"], "refused"),
        (anna["id"], anna["id"], "ok"),
    ]
    assert {event["origin"] for event in events} == {"127.0.0.0/24"}
    assert "bestaat.niet" not in str(events)


async def test_the_moment_of_signing_in_is_kept(client: AsyncClient, demo: None) -> None:
    from app.clock import now
    from app.tables import User

    start = now()
    await sign_in(client, "anna.smit")
    anna = await User.select(User.last_signed_in_at).where(User.username == "anna.smit").first()
    assert anna
    assert start <= anna["last_signed_in_at"] <= now()


async def test_an_old_hash_is_renewed(client: AsyncClient, demo: None) -> None:
    from argon2 import PasswordHasher

    from app.account.passwords import is_outdated
    from app.tables import User

    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    await User.update({User.password_hash: old}).where(User.username == "anna.smit")
    await sign_in(client, "anna.smit")
    anna = await User.select(User.password_hash).where(User.username == "anna.smit").first()
    assert anna
    assert not is_outdated(anna["password_hash"])
    assert (await submit(client, "/profiel", "//header//form")).status_code == 303
    await sign_in(client, "anna.smit")


@pytest.mark.parametrize("change", ["closed", "another password"])
async def test_who_is_closed_out_while_signing_in_stays_out(client: AsyncClient, demo: None, change: str) -> None:
    from app.account.passwords import hash_now, verify
    from app.tables import Session, User

    new: dict[Any, Any] = {"closed": {User.active: False}, "another password": {User.password_hash: hash_now("x")}}
    fields = await fields_of(client) | {"gebruikersnaam": "anna.smit", "wachtwoord": PASSWORD}
    queue = [asyncio.ensure_future(verify(None, "x")) for _ in range(10)]
    signing_in = asyncio.ensure_future(post(client, "/inloggen", fields))
    await queue[4]
    await User.update(new[change]).where(User.username == "anna.smit")
    assert (await signing_in).status_code == 422
    assert not await Session.exists()
    await asyncio.gather(*queue)


async def test_a_demo_shows_its_accounts(client: AsyncClient, demo: None) -> None:
    page = await client.get("/inloggen")
    assert "anna.smit" in page.text
    assert PASSWORD in page.text
    assert "schaal.groot" not in page.text  # made by `portaal scale` only
