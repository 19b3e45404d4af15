"""Every address of the running portal, by everybody, with ids that are theirs and ids that are not: as `table.py` says.

Not yours, no longer yours, gone, never there and not even an id: one answer, to the byte. A function that a role
lacks is refused whatever id is asked. What is refused changes nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from httpx import Response

from tests.security.asking import Ask, asked, masked
from tests.security.cast import CAST, KEY, OUTSIDE, Cast, assemble
from tests.security.names import read_names
from tests.security.rows import changes, rows
from tests.security.table import API_KEY, BY_KEY, METRICS_KEY, PLAIN, PUBLIC, SIGNED_IN, STATIC, TABLE, Id

REFUSED = {401, 403, 404, 405}


@pytest.fixture
async def cast(db: None, application: Any) -> Cast:
    return await assemble(application)


def handlers(application: Any) -> Iterator[tuple[str, Any]]:
    for route in application.routes:
        for handler in route.route_handlers:
            for verb in handler.http_methods - {"OPTIONS"}:
                yield f"{verb} {route.path}", handler.opt["access"]


async def test_the_table_names_every_address_and_verb_and_who_may(demo_readonly: None, application: Any) -> None:
    found = dict(handlers(application))
    missing = [f'"{name}": may({declared}),' for name, declared in found.items() if name not in TABLE]
    assert not missing, "add to tests/security/table.py:\n" + "\n".join(missing)
    assert set(TABLE) == set(found), "tests/security/table.py names addresses that are no more"
    declared = {name: row.who for name, row in TABLE.items()}
    assert found == declared, "who may differs between the handler and tests/security/table.py"


@pytest.mark.parametrize("name", TABLE)
def test_the_table_says_what_each_id_in_a_path_is_of(name: str) -> None:
    ids = name.count("{")
    assert len(TABLE[name].path) == ids, f"{name} has {ids} ids in its path: name the kind of each"


def may(person: str, ask: Ask) -> bool:
    who = ask.row.who
    if isinstance(who, frozenset):
        return not who.isdisjoint(ask.cast.roles(person))
    return who in (PUBLIC, STATIC) or (who is SIGNED_IN and person not in OUTSIDE)


@pytest.mark.parametrize("person", CAST)
async def test_whoever_may_not_is_refused_whatever_is_asked(cast: Cast, person: str) -> None:
    asks = [await ask.prepare() for ask in asked(cast, person) if ask.row.who not in BY_KEY]
    client, before = await cast.client(person), await rows()
    wrong: list[str] = []
    for ask in asks:
        if may(person, ask):
            continue
        for ids in (ask.ids, ["987654321"] * len(ask.ids), ["abc"] * len(ask.ids)):
            answer = await ask.send(client, ask.url(ids))
            if not is_turned_away(person, answer):
                wrong.append(f"{ask.verb} {ask.url(ids)} answers {answer.status_code}")
    assert not wrong
    assert not changes(before, await rows())


def is_turned_away(person: str, answer: Response) -> bool:
    if person in OUTSIDE:
        return answer.status_code == 303 and answer.headers["location"].startswith("/inloggen")
    return answer.status_code == 403


async def test_a_visitor_inside_a_fragment_takes_the_whole_page_along(cast: Cast) -> None:
    client = await cast.client("visitor")
    for ask in asked(cast, "visitor"):
        if ask.row.who in BY_KEY or may("visitor", ask):
            continue
        answer = await client.request(ask.verb, ask.url(["1"] * 9), headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["hx-redirect"][:9]) == (401, "/inloggen"), ask.name


@pytest.mark.parametrize("person", [name for name in CAST if name != "disabled manager"])
async def test_what_is_not_theirs_is_not_there(cast: Cast, person: str) -> None:
    asks = [await ask.prepare() for ask in asked(cast, person) if may(person, ask) and ask.ids_in_path]
    others = [(ask, what, url, reason) for ask in asks async for what, url, reason in ask.others()]
    client, before = await cast.client(person), await rows()
    answers: dict[str, dict[tuple[int, str], list[str]]] = {}
    for ask, what, url, reason in others:
        if reason:
            continue
        answer = await ask.send(client, url, ask.fixed)
        answers.setdefault(ask.name, {}).setdefault(masked(answer), []).append(f"{what}: {url[:90]}")
    for name, found in answers.items():
        assert len(found) == 1, f"{name} answers in {len(found)} ways: {list(found.values())}"
        [(status, text)] = found
        assert status == 404, f"{name} answers {status} to {found[status, text]}"
    assert not changes(before, await rows())


@pytest.mark.parametrize("person", [name for name in CAST if name != "disabled manager"])
async def test_what_is_theirs_is_there(cast: Cast, person: str) -> None:
    wrong = []
    for ask in asked(cast, person):
        if not may(person, ask) or is_nobodys(ask):
            continue
        await ask.prepare()
        answer = await ask.send(await cast.fresh(person), ask.url())
        if answer.status_code in REFUSED:
            wrong.append(f"{ask.verb} {ask.url()} answers {answer.status_code}")
    assert not wrong


def is_nobodys(ask: Ask) -> bool:
    """Who manages no organisation has none of what is there."""
    return ask.person == "manager of none" and bool({Id.ENROLMENT, Id.UNLINKED} & set(ask.row.path))


@pytest.mark.parametrize("place", ["query", "form"])
@pytest.mark.parametrize(
    "person", ["manager of one", "manager of two", "manager of none", "enrolment manager", "administrator"]
)
async def test_an_id_beside_the_address_opens_nothing_either(cast: Cast, person: str, place: str) -> None:
    client = await cast.client(person)
    for ask in asked(cast, person):
        if not may(person, ask) or is_nobodys(ask):
            continue
        for name, kind in getattr(ask.row, place).items():
            await ask.prepare()
            fields = await ask.fills() if place == "form" else {}
            wrong = [each async for each in ask.wrong_beside(kind)]
            before = await rows()
            answers: dict[tuple[int, str], list[str]] = {}
            for what, text in wrong:
                answer = await ask.send_beside(client, place, fields | {name: text})
                assert what != "malformed" or answer.status_code < 500
                if what != "malformed":
                    answers.setdefault(masked(answer, text), []).append(f"{what}: {text}")
            assert not changes(before, await rows()), ask.name
            assert len(answers) == 1, f"{ask.name}, {name}: {len(answers)} answers: {list(answers.values())}"


async def test_a_key_opens_the_api_and_nothing_else_does(cast: Cast) -> None:
    for ask in asked(cast, KEY):
        if ask.row.who is not API_KEY:
            continue
        for person in CAST:
            client = await cast.client(person)
            answer = await ask.send(client, ask.url())
            writes = ask.verb == "POST"
            expected = {True: 403, False: 200}[writes] if person == KEY else 401
            assert answer.status_code == expected, f"{ask.name} by {person}"


async def test_who_watches_is_nobody_of_these(cast: Cast) -> None:
    for ask in asked(cast, "administrator"):
        if ask.row.who is METRICS_KEY:
            answers = [await ask.send(await cast.client(person), ask.url()) for person in CAST]
            assert {answer.status_code for answer in answers} == {404}, ask.name


async def test_the_table_names_every_id_that_is_read(cast: Cast) -> None:
    """From a query or a form; what is no id stands in PLAIN."""
    unknown: dict[str, list[str]] = {}
    for ask in asked(cast, "administrator"):
        for person in ("administrator", "enrolment manager", "manager of one"):
            if not may(person, ask) or ask.row.who is API_KEY:
                continue
            mine = Ask(cast, person, ask.name, ask.row)
            await mine.prepare()
            with read_names() as names:
                await mine.send(await cast.fresh(person), mine.url(), await mine.fills())
            for name in names - {*PLAIN, *ask.row.query, *ask.row.form, *ask.row.fills, *ask.row.plain}:
                unknown.setdefault(name, []).append(ask.name)
            break
    said = "\n".join(f"`{name}` is read by {', '.join(where)}" for name, where in unknown.items())
    assert not unknown, f"in tests/security/table.py, give the row query={{…}} or form={{…}}, or add to PLAIN:\n{said}"
