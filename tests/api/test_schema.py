"""The description of the API, and that whatever is sent is answered as it says."""

from typing import Any

import schemathesis
from httpx import AsyncClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.api.schema import document
from app.tables import ApiScope
from tests.api.world import make_key, system
from tests.clients import visitor
from tests.worlds import BASE_URL

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
# The key goes along with every request: what happens without one is asked elsewhere.
SCHEMA = schemathesis.openapi.from_dict(document() | {"security": []})
PHASES = (Phase.explicit, Phase.generate)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
OPERATIONS = [SCHEMA[path][verb] for path, verb in (("/results", "POST"), ("/enrolments", "GET"), ("/paycodes", "GET"))]
CASES = st.one_of(*(each.as_strategy(generation_mode=mode) for each in OPERATIONS for mode in MODES))


async def test_the_schema_is_served_and_nothing_else_is(application: Any, demo_readonly: None) -> None:
    async with visitor(application) as nobody:
        answer = await nobody.get("/api/v1/schema")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        assert answer.json() == document()
        for other in ("/schema", "/schema/openapi.json", "/api/v1/schema/swagger", "/api/v1/schema/openapi.yml"):
            assert (await nobody.get(other)).status_code == 404


@given(case=CASES)
@settings(
    max_examples=150, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck)
)
async def test_whatever_is_sent_is_answered_as_the_schema_says(demo: None, application: Any, case: Case[Any]) -> None:
    async with await reader(application) as client:
        sent = case.as_transport_kwargs(base_url=f"{BASE_URL}/api/v1")
        sent = {{"data": "content"}.get(name, name): value for name, value in sent.items() if name != "cookies"}
        answer = await client.request(**sent)
    try:
        case.validate_response(answer, checks=CHECKS)
    except FailureGroup as failures:  # no loop survives a group
        raise AssertionError(f"{failures}\n{sent}\n{answer.text[:500]}") from None


async def reader(application: Any) -> AsyncClient:
    return system(application, await make_key(*ApiScope, organisation=1))
