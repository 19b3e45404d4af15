"""Whatever stands in an address, a query or a form, of every address of the table: an answer, never a failure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import given, settings
from hypothesis import strategies as st

from app.piccolo_conf import DB
from tests.browser import worker
from tests.clients import origin
from tests.security.asking import Ask
from tests.security.cast import Cast, assemble, token_of
from tests.security.table import API_KEY, BY_KEY, PLAIN, STATIC, TABLE
from tests.security.test_forms import FORMS, somebody_for
from tests.security.test_matrix import may
from tests.worlds import Worlds

FORM = "application/x-www-form-urlencoded"
# As they stand in an address or a form.
NASTY = [
    *("%00", "%ff", "%ED%A0%80", "%C0%AF", "%25%30%30", "%2500", "%252e%252e%252f", "..%2f..%2fetc%2fpasswd"),
    *("9" * 40, "-1", "1_0", "%D9%A1", "1e9", "NaN", "0x10", "+1", "%E2%80%AE", "%F0%9F%92%A9", "%00%0d%0aX-A:%20b"),
    *("'%20OR%20'1'='1", "%25", "_", "%5C", "%7B%7B7*7%7D%7D", "%3Cscript%3E", "a" * 5000, ""),
]
ENDS = ["", "%5B%5D", "%5B0%5D", "%5Ba%5D", "%00"]


FIELDS = {name for row in TABLE.values() for name in (*row.query, *row.form, *row.fills)}


def answered(status: int) -> bool:
    return status in {200, 303, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 431}


def quoted(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


VALUES = st.one_of(
    st.sampled_from(NASTY),
    st.binary(max_size=40).map(quote_from_bytes),
    st.text(max_size=40).map(quoted),
    st.integers(-1, 2**64).map(str),
    st.integers(1, 40).map(str),
    st.dates().map(str),
    st.sampled_from(["co", "geslaagd", "naam", "-aangemeld", "AAA", "ja", "on"]),
)
NAMES = st.builds(lambda name, end: name + end, st.sampled_from(sorted({*PLAIN, *FIELDS})), st.sampled_from(ENDS))
READ = sorted(name for name, row in TABLE.items() if name.startswith("GET ") and row.who not in {STATIC, *BY_KEY})
CONTENT_TYPES = [FORM, FORM, FORM, f"{FORM}; charset=klingon", f"{FORM}; charset=utf-16", "text/plain", ""]


@dataclass
class Driver:
    """Runs a portal beside the test, so that what is thought up can be tried one after another."""

    loop: BlockingPortal
    cast: Cast

    def get(self, name: str, path: list[str], query: list[tuple[str, str]]) -> int:
        return self.loop.call(self._get, name, path, query)

    def post(self, ask: Ask, pairs: list[tuple[str, str]], content_type: str) -> int:
        return self.loop.call(self._post, ask, pairs, content_type)

    async def _get(self, name: str, path: list[str], query: list[tuple[str, str]]) -> int:
        ask = somebody_for(self.cast, name)
        url = ask.url([text or "x" for text in path[: ask.ids_in_path]])
        client = await self.cast.client(ask.person)
        return (await client.get(f"{url}?{joined(query)}")).status_code

    async def _post(self, ask: Ask, pairs: list[tuple[str, str]], content_type: str) -> int:
        client = await self.cast.fresh(ask.person)
        headers = {"Origin": origin(client), "X-CSRF-Token": token_of(client)}
        headers |= {"Content-Type": content_type} if content_type else {}
        return (await client.post(ask.url(), content=joined(pairs), headers=headers)).status_code

    async def prepared(self) -> dict[str, tuple[Ask, list[tuple[str, str]]]]:
        """Each form, and what it says when it is filled in as it should be."""
        asks = [await somebody_for(self.cast, name).prepare() for name in FORMS]
        return {
            ask.name: (ask, [(key, quoted(text)) for key, text in (await ask.fills()).items() if isinstance(text, str)])
            for ask in asks
        }


def joined(pairs: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in pairs)


@pytest.fixture
def driver(worlds: Worlds, portal: Any, standing: list[str]) -> Iterator[Driver]:
    worlds.copy("empty", worker())
    standing.clear()
    with start_blocking_portal("asyncio") as loop:
        loop.call(DB.start_connection_pool)
        with loop.wrap_async_context_manager(portal.lifespan()):
            yield Driver(loop, loop.call(assemble, portal))
        loop.call(DB.close_connection_pool)


def trying(examples: int) -> settings:
    return settings(max_examples=examples, deadline=None, derandomize=True, database=None)


def test_any_address_with_any_query_is_answered(driver: Driver) -> None:
    @trying(600)
    @given(
        st.sampled_from(READ),
        st.lists(VALUES, min_size=3, max_size=3),
        st.lists(st.tuples(NAMES, VALUES), max_size=6),
    )
    def answers(name: str, path: list[str], query: list[tuple[str, str]]) -> None:
        assert answered(driver.get(name, path, query))

    answers()


def test_any_form_is_answered(driver: Driver) -> None:
    """Of what it should say some is left out, said otherwise, or said twice."""
    forms = driver.loop.call(driver.prepared)

    @trying(500)
    @given(st.sampled_from(FORMS), st.data(), st.sampled_from(CONTENT_TYPES))
    def answers(name: str, data: st.DataObject, content_type: str) -> None:
        ask, filled = forms[name]
        kept = data.draw(st.lists(st.sampled_from(filled), unique=True)) if filled else []
        own = st.sampled_from([key for key, _ in filled] or ["a"])
        other = data.draw(st.lists(st.tuples(st.one_of(own, NAMES), VALUES), max_size=8))
        assert answered(driver.post(ask, data.draw(st.permutations(kept + other)), content_type))

    answers()


@pytest.fixture
async def cast(db: None, application: Any) -> Cast:
    return await assemble(application)


LARGE = {"POST /aanmeldingen/importeren": 2 * 2**20, "POST /beheer/uitslagen": 2 * 2**20}


async def test_no_form_takes_more_than_it_needs(cast: Cast) -> None:
    """64 KiB; a file of 2 MiB where one is asked."""
    for name in FORMS:
        ask = somebody_for(cast, name)
        client = await cast.client(ask.person)
        over = b"a=" + b"b" * (LARGE.get(name, 0) + 70_000)
        headers = {"Origin": origin(client), "X-CSRF-Token": token_of(client), "Content-Type": FORM}
        answer = await client.post(ask.url(["1"] * len(ask.row.path)), content=over, headers=headers)
        assert answer.status_code == 413, name


async def test_a_call_takes_a_mebibyte(cast: Cast) -> None:
    client = await cast.client("visitor")
    headers = {"Authorization": f"Bearer {cast.keys['write']}", "Content-Type": "application/json"}
    answer = await client.post("/api/v1/results", content=b" " * (2**20 + 1), headers=headers)
    assert answer.status_code == 413
    nested = b"[" * 100_000
    assert (await client.post("/api/v1/results", content=nested, headers=headers)).status_code in {400, 422}


@pytest.mark.parametrize("name", [name for name, row in TABLE.items() if row.who is API_KEY])
@pytest.mark.parametrize("nasty", NASTY)
async def test_any_call_is_answered(cast: Cast, name: str, nasty: str) -> None:
    client = await cast.client("visitor")
    verb, url = name.split(" ")
    for key in cast.keys.values():
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        query = "&".join(f"{each}={nasty}" for each in ("cursor", "limit", "changed_since"))
        body = f'{{"results": [{{"id": "{nasty}", "enrolment": "{nasty}"}}]}}'.encode("latin-1", "replace")
        answer = await client.request(verb, f"{url}?{query}", content=body if verb == "POST" else b"", headers=headers)
        assert answered(answer.status_code)


async def test_who_asks_may(cast: Cast) -> None:
    """What is asked above is asked by somebody whom the portal lets through to what reads it."""
    asks = [somebody_for(cast, name) for name in [*READ, *FORMS]]
    assert all(may(ask.person, ask) for ask in asks)
