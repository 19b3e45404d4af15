"""Random worlds: what anybody sees on screen is what the workbook holds, and what working it out by hand over all rows
of the database gives. Each question is asked by one person of one world with one mix of filters."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from httpx import AsyncClient, Response
from lxml import html

from tests.candidates import by_hand as overview
from tests.candidates.screen import read
from tests.downloads.files import rows_of
from tests.paycodes import by_hand as paycodes
from tests.paycodes.page import Shown
from tests.security.random_world import make_world
from tests.sessions import client_of

WORLDS, QUESTIONS = 8, 32
"""Of each list so many questions in each world: 512 together."""

VIEWERS = ("geen", "een", "een", "twee", "twee", "alle", "dubbel", "dubbel", "beheerder", "allebei")
STEPS = ("aanmelding", "betaling", "theorietoets", "praktijkexamen", "praktijktoets", "theorie-examen", "bewijs")
SORTS = ("naam", "-naam", "aangemeld", "-aangemeld", "gewijzigd", "-gewijzigd")
SORTS_OF_CODES = ("aangemaakt", "-aangemaakt", "code", "-code", "gebruikt", "-gebruikt")
SIZES = ("25", "50", "100")
OUTCOMES = ("open", "ingepland", "geslaagd", "gezakt", "verlopen")
WORDS = ("a", "de", "jan", "van en", "%", "_", "ij", "yilmaz", "Jan de", "'t", "-", "Ven-de", "example", "persoon.1")
OF_CODES = ("test", "noord", "100%", "af_", "#", "hof", "robin van", "a8", "PO-2024", "Beek, Chloë")

Query = dict[str, str]


@dataclass(frozen=True)
class World:
    """All of it, read without anybody's access, and who manages what; `None` is everything."""

    managed: dict[str, set[str] | None]
    codes: list[str]
    profiles: list[str]
    routes: list[str]
    whole: overview.ByHand
    coded: paycodes.ByHand

    def overview_of(self, username: str) -> overview.ByHand:
        own = self.managed[username]
        return overview.ByHand([each for each in self.whole.enrolments if own is None or each.organisation in own])

    def refuses(self, username: str, query: Query, since: str, until: str) -> bool:
        """An organisation that is not theirs to choose, or days the wrong way round."""
        own = self.managed[username]
        foreign = own is not None and query.get("organisatie", "") not in own | {""}
        return foreign or query.get(since, "") > query.get(until, "9")


async def read_world() -> World:
    from app.tables import Mandate, Organisation, Profile, Role, Route, User

    codes = {row["id"]: row["code"] for row in await Organisation.select()}
    managed: dict[str, set[str] | None] = {}
    for user in await User.select():
        mandates = [each for each in await Mandate.select() if each["user"] == user["id"]]
        own = {each["organisation"] for each in mandates if each["role"] == Role.ORGANISATION_MANAGER}
        everything = any(each["role"] == Role.ADMINISTRATOR for each in mandates)
        managed[user["username"]] = None if everything else {codes[each] for each in own if each}
    routes = {row["id"]: row["slug"] for row in await Route.select()}
    profiles = [f"{routes[row['route']]}/{row['slug']}" for row in await Profile.select()]
    whole, coded = await overview.read_world(), await paycodes.read_codes()
    return World(managed, list(codes.values()), profiles, list(routes.values()), whole, coded)


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_the_overview_its_workbook_and_all_rows_by_hand_agree(db: None, application: Any, seed: int) -> None:
    draw, world, clients = await begin(application, seed)
    sizes = []
    for _ in range(QUESTIONS):
        username, query = draw.choice(VIEWERS), overview_query(draw, world)
        asked = f"seed {seed}: {username} asks {query}"
        pages = await every_page(clients[username], "/overzicht", query)
        workbook = await clients[username].get("/overzicht.xlsx", params=query)
        shown = read(pages[0])
        if world.refuses(username, query, "vanaf", "tot"):
            assert (pages[0].status_code, workbook.status_code, shown.ids) == (400, 400, []), asked
            continue
        mine = world.overview_of(username)
        found = mine.found(query)
        assert [key for page in pages for key in read(page).ids] == [each.id for each in found], asked
        assert shown.total == len(found), asked
        assert +Counter(shown.tabs) == mine.tabs(query), asked
        assert shown.tiles == mine.tiles(query), asked
        if query.get("route") and found:
            heads = {step: counts for step, counts in mine.heads(query).items() if counts}
            assert {step: counts for step, counts in shown.heads.items() if counts} == heads, asked
        filled = [
            (row["Deelnamenummer"].replace("-", ""), row["Code"], row["Route"], row["Status"])
            for row in rows_of(workbook.content)
        ]
        by_hand = [
            (each.row["number"], each.organisation, each.route_label, overview.STATUSES[each.status]) for each in found
        ]
        assert filled == by_hand, asked
        sizes.append(len(found))
    assert sum(map(bool, sizes)) > QUESTIONS / 4, "too few questions find anybody"


@pytest.mark.parametrize("seed", range(WORLDS))
async def test_paycodes_their_workbook_and_all_rows_by_hand_agree(db: None, application: Any, seed: int) -> None:
    draw, world, clients = await begin(application, seed)
    of = {username: await paycodes.read_codes(own) for username, own in world.managed.items()}
    sizes = []
    for _ in range(QUESTIONS):
        username, query = draw.choice(VIEWERS), paycode_query(draw, world)
        asked = f"seed {seed}: {username} asks {query}"
        answers = await every_page(clients[username], "/betaalcodes", query)
        workbook = await clients[username].get("/betaalcodes.xlsx", params=query)
        pages = [Shown(answer, html.fromstring(answer.content)) for answer in answers]
        if world.refuses(username, query, "aangemaakt_vanaf", "aangemaakt_tot"):
            assert (answers[0].status_code, workbook.status_code, pages[0].codes) == (400, 400, []), asked
            continue
        found = of[username].found(query)
        shown = [
            (code, status, cells[6])
            for page in pages
            for code, status, cells in zip(page.codes, page.statuses, page.rows, strict=True)
        ]
        assert shown == [(each.code, each.status, each.used_by) for each in found], asked
        assert int(pages[0].count_line.split()[0]) == len(found), asked
        assert pages[0].tiles == of[username].tiles(query), asked
        filled = [
            (row["Betaalcode"].replace("-", ""), row["Code"], row["Status"], row["Gebruikt door"])
            for row in rows_of(workbook.content, "Betaalcodes")
        ]
        by_hand = [(each.code, each.organisation, paycodes.STATUSES[each.status], each.used_by) for each in found]
        assert filled == by_hand, asked
        sizes.append(len(found))
    assert sum(map(bool, sizes)) > QUESTIONS / 4, "too few questions find a code"


async def test_who_only_enrols_has_neither_list(db: None, application: Any) -> None:
    _, _, clients = await begin(application, WORLDS)
    for path in ("/overzicht", "/betaalcodes", "/overzicht.xlsx", "/betaalcodes.xlsx"):
        assert (await clients["aanmelder"].get(path)).status_code == 403


async def begin(application: Any, seed: int) -> tuple[Random, World, dict[str, AsyncClient]]:
    await make_world(seed)
    clients = {username: await client_of(application, username) for username in {*VIEWERS, "aanmelder"}}
    return Random(seed), await read_world(), clients


async def every_page(client: AsyncClient, path: str, query: Query) -> list[Response]:
    """From the first to the last, by the link at the bottom."""
    pages = [await client.get(path, params=query)]
    while further := html.fromstring(pages[-1].content).xpath("//*[@id='resultaten']//a[@rel='next']/@href"):
        pages.append(await client.get(further[0]))
    return pages


def overview_query(draw: Random, world: World) -> Query:
    query = {"sorteer": draw.choice(SORTS), "per_pagina": draw.choice(SIZES)}
    one, other = draw.choice(world.whole.enrolments), draw.choice(world.whole.enrolments)
    names = one.row["family_name"], one.row["given_name"].upper(), one.row["number"][:4]
    word = draw.choice([draw.choice(WORDS), *names])
    choices: list[tuple[float, str, str]] = [
        (0.35, "route", draw.choice(world.routes)),
        (0.2, "trefwoorden", word),
        (0.2, "organisatie", draw.choice(world.codes)),
        (0.15, "profiel", draw.choice([*world.routes, *world.profiles])),
        (0.15, "stap", draw.choice(STEPS)),
        (0.15, "uitslag", draw.choice(OUTCOMES)),
        (0.2, "status", draw.choice([*overview.STATUSES, "afgerond", "verloopt", "verlopen"])),
        (0.15, "vanaf", beside(draw, one.enrolled_on)),
        (0.15, "tot", beside(draw, other.enrolled_on)),
    ]
    return query | {name: value for chance, name, value in choices if draw.random() < chance}


def paycode_query(draw: Random, world: World) -> Query:
    query = {"sorteer": draw.choice(SORTS_OF_CODES), "per_pagina": draw.choice(SIZES)}
    one, other = draw.choice(world.coded.codes), draw.choice(world.coded.codes)
    of_code = draw.choice([f"{one.code[:4]}-{one.code[4:8].lower()}", f"#{one.batch.lower()}"])
    user = draw.choice([each.user for each in world.coded.codes if each.user])
    word = draw.choice([draw.choice(WORDS + OF_CODES), of_code, user["family_name"], user["number"]])
    choices: list[tuple[float, str, str]] = [
        (0.3, "trefwoorden", word),
        (0.2, "organisatie", draw.choice(world.codes)),
        (0.2, "profiel", draw.choice([*world.routes, *world.profiles])),
        (0.3, "status", draw.choice(list(paycodes.STATUSES))),
        (0.15, "aangemaakt_vanaf", beside(draw, one.created_on)),
        (0.15, "aangemaakt_tot", beside(draw, other.created_on)),
    ]
    return query | {name: value for chance, name, value in choices if draw.random() < chance}


def beside(draw: Random, day: date) -> str:
    """A day on which somebody is on the edge of the selection."""
    return (day + timedelta(days=draw.choice([-200, -1, 0, 0, 1, 200]))).isoformat()
