"""`/api/v1`: results in, enrolments and paycodes out."""

from typing import Any

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.enums import MediaType

from app.api import feeds
from app.api.feeds import Asked
from app.api.keys import Key, require_key
from app.api.messages import MOST, Report
from app.api.problems import Unreadable
from app.api.queries import list_enrolments, list_paycodes
from app.api.results import take_in
from app.api.schema import openapi
from app.audit import record
from app.database import transaction
from app.disclosures import Disclosed, keep
from app.results.facts import steps_by_route
from app.security import Audience, PortalRequest
from app.tables import ApiScope, DisclosureKind

BODY_LIMIT = 1024 * 1024


async def provide_key(request: PortalRequest) -> Key:
    key: Any = request.scope["auth"]
    assert isinstance(key, Key)
    return key


class ApiController(Controller):
    path = "/api/v1"
    opt = {"access": Audience.API_KEY}
    guards = [require_key]
    dependencies = {"key": Provide(provide_key)}
    request_max_body_size = BODY_LIMIT

    @post("/results", status_code=200, needs=ApiScope.RESULTS_WRITE)
    async def results(self, request: PortalRequest, key: NamedDependency[Key]) -> Response[bytes]:
        return answer(await take_in(key, request, read_report(request, await request.body())))

    @get("/enrolments", needs=ApiScope.ENROLMENTS_READ)
    async def enrolments(self, request: PortalRequest, key: NamedDependency[Key]) -> Response[bytes]:
        asked = Asked.from_query(request.scope["query_string"])
        rows = await list_enrolments(key.access, asked.since, asked.after, asked.most + 1)
        found = feeds.enrolments(asked, rows, await steps_by_route())
        told: dict[str, Any] = {"organisation": key.organisation, "api_key": key.id, "rows": len(found.items)}
        disclosed = Disclosed(key.access)
        for row in rows[: asked.most]:
            disclosed.add(row["id"], key.organisation)
        async with transaction():
            await record(request, "read_enrolments", "enrolment", **told)
            await keep(DisclosureKind.FEED, disclosed.parts)
        return answer(found)

    @get("/paycodes", needs=ApiScope.PAYCODES_READ)
    async def paycodes(self, request: PortalRequest, key: NamedDependency[Key]) -> Response[bytes]:
        asked = Asked.from_query(request.scope["query_string"])
        found = feeds.paycodes(asked, await list_paycodes(key.access, asked.since, asked.after, asked.most + 1))
        await record(
            request, "read_paycodes", "paycode", organisation=key.organisation, api_key=key.id, rows=len(found.items)
        )
        return answer(found)


@get("/api/v1/schema", opt={"access": Audience.PUBLIC}, sync_to_thread=False)
def show_schema() -> Response[bytes]:
    """Nothing in it is secret."""
    return Response(openapi(), media_type=MediaType.JSON)


def read_report(request: PortalRequest, body: bytes) -> Report:
    """Raises Unreadable, and then nothing of it is taken in."""
    if request.content_type[0] != MediaType.JSON:
        raise Unreadable(415, "")
    try:
        report = msgspec.json.decode(body, type=Report)
    except msgspec.ValidationError as error:
        problem, _, at = str(error).partition(" - at `")
        raise Unreadable(422, problem, at.rstrip("`")) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(400, "Dit is geen JSON.") from error
    if len(report.results) + len(report.certificates) > MOST:
        raise Unreadable(422, f"Ten hoogste {MOST} uitslagen en bewijzen samen.", "$")
    return report


def answer(message: msgspec.Struct) -> Response[bytes]:
    return Response(msgspec.json.encode(message), media_type=MediaType.JSON)
