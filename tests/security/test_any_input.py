"""Whatever stands in an address, the answer is a page or a refusal, never a failure."""

import string
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.candidates.filters import CandidateFilter
from app.paycodes.filters import PaycodeFilter
from tests.sessions import client_of

PARAMETERS = sorted({*CandidateFilter.PARAMETERS.values(), *PaycodeFilter.PARAMETERS.values(), "gedaan", "volgende"})
PATHS = ["/overzicht", "/betaalcodes", "/ontkoppeld", "/deelnames/1", "/deelnames/1/ontkoppelen", "/profiel"]
values = st.one_of(
    st.binary(max_size=40).map(quote_from_bytes),
    st.text(max_size=40).map(lambda text: quote_from_bytes(text.encode("utf-8", "surrogatepass"))),
    st.text(string.printable, max_size=40).map(lambda text: quote_from_bytes(text.encode())),
    st.integers().map(str),
    st.dates().map(str),
)
queries = st.lists(st.tuples(st.sampled_from(PARAMETERS), values), max_size=6)


@given(st.sampled_from(PATHS), queries, st.sampled_from(["anna.smit", "beheerder", "niels.los"]))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_query_is_answered(
    demo_readonly: None, application: Any, path: str, query: list[tuple[str, str]], username: str
) -> None:
    client = await client_of(application, username)
    answer = await client.get(f"{path}?" + "&".join(f"{name}={value}" for name, value in query))
    assert answer.status_code in (200, 400, 404)
