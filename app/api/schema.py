"""The OpenAPI description of `/api/v1`, made from the messages themselves."""

from functools import cache
from typing import Any

import msgspec

from app.api import messages, problems
from app.api.feeds import FEWEST, MOST, USUAL
from app.api.problems import TITLES
from app.tables import ApiScope

DESCRIPTION = """\
Voor toetssystemen die uitslagen aanleveren en HR-systemen die de stand ophalen.

Een sleutel krijgt u van Vakmanschap Techniek. Zij is maar één keer te zien, heeft rechten en een einddatum, en kan
op elk moment worden ingetrokken. Fouten zijn altijd `application/problem+json`.

Ophalen gaat bladzijde voor bladzijde: vraag verder met `cursor` tot die null is. Vraag een volgende keer met
`changed_since` alleen wat veranderde sinds `as_of` van de vorige keer; een rij kan dan nog eens komen. Een deelname
die niet meer aan uw organisatie is gekoppeld, komt niet meer.
"""
REPORT = {
    "results": [
        {"id": "IDEAL-5581", "enrolment": "7HXA-2WZP", "step": "betaling", "outcome": "passed", "day": "2026-10-05"},
        {
            "id": "TS-2026-000123",
            "enrolment": "7HXA-2WZP",
            "step": "theorietoets",
            "outcome": "passed",
            "day": "2026-11-02",
            "place": "Toetslocatie Arnhem",
        },
    ],
    "certificates": [],
}
ANSWERS = {
    "results": [
        {"index": 0, "id": "IDEAL-5581", "status": "already", "attempt": None, "reason": None},
        {"index": 1, "id": "TS-2026-000123", "status": "created", "attempt": 1, "reason": None},
    ],
    "certificates": [],
}
ENROLMENTS = {
    "items": [
        {
            "number": "7HXA-2WZP",
            "given_name": "Jan",
            "name_particle": "de",
            "family_name": "Vries",
            "email": "jan.de.vries@example.org",
            "route": "warmtepomp",
            "profile": "monteur-warmtepomp",
            "kind": "first",
            "enrolled_at": "2026-10-01T08:12:00Z",
            "linked_at": "2026-10-01T08:12:00Z",
            "state": "running",
            "valid_until": None,
            "steps": [
                {
                    "step": "theorietoets",
                    "name": "Theorietoets",
                    "outcome": "passed",
                    "day": "2026-11-02",
                    "attempt": 1,
                }
            ],
            "certificate": None,
            "changed_at": "2026-11-02T15:04:05.123456Z",
        }
    ],
    "cursor": None,
    "as_of": "2026-11-03T06:00:00Z",
}
PAYCODES = {
    "items": [
        {
            "code": "EXZA-8F5E-XG5W-U22J",
            "batch": "#3K2R1S",
            "route": "co",
            "profile": None,
            "contact_name": "A. Smit",
            "reference": "Monteurs regio Noord",
            "status": "available",
            "created_at": "2026-04-22T08:49:00Z",
            "expires_at": "2027-04-22T08:49:00Z",
            "used_at": None,
            "used_by": None,
            "changed_at": "2026-04-22T08:49:00Z",
        }
    ],
    "cursor": None,
    "as_of": "2026-11-03T06:00:00Z",
}
PARAMETERS = [
    {
        "name": "changed_since",
        "in": "query",
        "description": "Alleen wat sindsdien veranderde.",
        "schema": {"type": "string", "format": "date-time"},
        "example": "2026-11-02T06:00:00Z",
    },
    {
        "name": "cursor",
        "in": "query",
        "description": "Zoals gegeven bij de vorige bladzijde.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    },
    {
        "name": "limit",
        "in": "query",
        "description": "Hoeveel per bladzijde.",
        "schema": {"type": "integer", "minimum": FEWEST, "maximum": MOST, "default": USUAL},
    },
]


@cache
def openapi() -> bytes:
    return msgspec.json.encode(document())


def document() -> dict[str, Any]:
    told = (messages.Report, messages.Answers, messages.Enrolments, messages.Paycodes, problems.Problem)
    _, models = msgspec.json.schema_components(told, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Evenementenportaal", "version": "1.0.0", "description": DESCRIPTION},
        "servers": [{"url": "/api/v1"}],
        "security": [{"sleutel": []}],
        "paths": {
            "/results": {"post": _results()},
            "/enrolments": {"get": _read("Deelnames van uw organisatie", "Enrolments", ENROLMENTS, "enrolments:read")},
            "/paycodes": {"get": _read("Betaalcodes van uw organisatie", "Paycodes", PAYCODES, "paycodes:read")},
        },
        "components": {
            "schemas": models,
            "responses": {f"Problem{status}": _problem(status) for status in TITLES},
            "securitySchemes": {"sleutel": {"type": "http", "scheme": "bearer"}},
        },
    }


def _results() -> dict[str, Any]:
    return {
        "operationId": "report_results",
        "summary": "Uitslagen, geplande toetsen, betalingen en bewijzen melden",
        "description": f"Recht: `{ApiScope.RESULTS_WRITE}`. Wat in de goede volgorde komt wordt vastgelegd; elke"
        " melding krijgt een eigen antwoord. Wat is geweigerd, houdt de rest niet tegen.",
        "requestBody": {"required": True, "content": _json("Report", REPORT)},
        "responses": {"200": {"description": "Per melding een antwoord.", "content": _json("Answers", ANSWERS)}}
        | _problems(400, 401, 403, 413, 415, 422, 500, 503),
    }


def _read(summary: str, model: str, example: dict[str, Any], scope: str) -> dict[str, Any]:
    return {
        "operationId": f"read_{model.lower()}",
        "summary": summary,
        "description": f"Recht: `{scope}`. In de volgorde waarin zij het laatst veranderden.",
        "parameters": PARAMETERS,
        "responses": {"200": {"description": "Een bladzijde.", "content": _json(model, example)}}
        | _problems(400, 401, 403, 500, 503),
    }


def _json(model: str, example: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{model}"}, "example": example}}


def _problems(*statuses: int) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    example = {"title": TITLES[status], "status": status}
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    return {"description": TITLES[status], "content": {problems.MEDIA_TYPE: content}}
