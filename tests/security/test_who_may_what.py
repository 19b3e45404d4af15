"""Every address and verb of the portal, and who may use it. Grows only on purpose."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.security import Audience
from app.tables import Mandate, Role
from tests.candidates.handmade import MADE_AT, organisation_of
from tests.clients import post, visitor
from tests.sessions import client_of

PUBLIC, SIGNED_IN, STATIC = Audience.PUBLIC, Audience.SIGNED_IN, Audience.STATIC
MANAGERS = frozenset({Role.ORGANISATION_MANAGER, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
ENROLMENT_MANAGERS = frozenset({Role.ENROLMENT_MANAGER})
CLOSED = (SIGNED_IN, MANAGERS, ADMINISTRATORS, ENROLMENT_MANAGERS)

Declared = Audience | frozenset[Role]

WHO: dict[str, Declared] = {
    "GET /": SIGNED_IN,
    "GET /gezond": STATIC,
    "GET /static/{file_path:path}": STATIC,
    "HEAD /static/{file_path:path}": STATIC,
    "GET /inloggen": PUBLIC,
    "POST /inloggen": PUBLIC,
    "POST /uitloggen": SIGNED_IN,
    "GET /ondersteuning": PUBLIC,
    "GET /aanmeldingen": ENROLMENT_MANAGERS,
    "GET /beheer": ADMINISTRATORS,
    "GET /profiel": SIGNED_IN,
    "GET /profiel/bewerken": SIGNED_IN,
    "POST /profiel/bewerken": SIGNED_IN,
    "GET /profiel/beveiliging": SIGNED_IN,
    "POST /profiel/beveiliging/sessies/beeindigen": SIGNED_IN,
    "POST /profiel/beveiliging/sessies/{session:str}/beeindigen": SIGNED_IN,
    "GET /overzicht": MANAGERS,
    "GET /overzicht.xlsx": MANAGERS,
    "GET /ontkoppeld": MANAGERS,
    "GET /deelnames/{enrolment:str}": MANAGERS,
    "GET /deelnames/{enrolment:str}/ontkoppelen": MANAGERS,
    "POST /deelnames/{enrolment:str}/ontkoppelen": MANAGERS,
    "POST /deelnames/{enrolment:str}/herstellen": MANAGERS,
    "GET /betaalcodes": MANAGERS,
    "GET /betaalcodes.xlsx": MANAGERS,
    "GET /downloads": MANAGERS,
    "GET /downloads/{download:str}": MANAGERS,
    "GET /downloads/{download:str}/bestand": MANAGERS,
    "POST /downloads/{download:str}/opnieuw": MANAGERS,
}


def handlers(application: Any) -> Iterator[tuple[str, Declared]]:
    for route in application.routes:
        for handler in route.route_handlers:
            for verb in handler.http_methods - {"OPTIONS"}:
                yield f"{verb} {route.path}", handler.opt["access"]


async def test_everybody_may_do_what_this_table_says(application: Any, demo_readonly: None) -> None:
    assert dict(handlers(application)) == WHO


def addresses(*declared: Declared) -> list[tuple[str, str]]:
    """Verb and address, with a number where one is asked."""
    found = [each.split(" ") for each, who in WHO.items() if who in declared]
    return [(verb, "/".join("1" if part.startswith("{") else part for part in url.split("/"))) for verb, url in found]


async def test_a_visitor_is_sent_to_sign_in_from_everything_else(application: Any, demo_readonly: None) -> None:
    async with visitor(application) as nobody:
        for verb, url in addresses(*CLOSED):
            answer = await nobody.request(verb, url)
            assert (answer.status_code, answer.headers["location"][:9]) == (303, "/inloggen"), url
            fragment = await nobody.request(verb, url, headers={"HX-Request": "true"})
            assert (fragment.status_code, fragment.headers["hx-redirect"][:9]) == (401, "/inloggen"), url


@pytest.mark.parametrize("role", [None, *Role])
async def test_without_the_role_it_is_refused_whatever_is_asked(application: Any, db: None, role: Role | None) -> None:
    organisation = await organisation_of("kim", "ABC")
    await Mandate.delete(force=True)
    if role:
        where = None if role is Role.ADMINISTRATOR else organisation
        await Mandate.insert(Mandate(user=1, role=role, organisation=where, given_at=MADE_AT))
    kim = await client_of(application, "kim")
    others = [each for each in CLOSED if isinstance(each, frozenset) and role not in each]
    for verb, url in addresses(*others):
        answer = await (post(kim, url, {}) if verb == "POST" else kim.request(verb, url))
        assert answer.status_code == 403, url


async def test_no_verb_that_changes_something_does_so_without_a_token(application: Any, demo_readonly: None) -> None:
    anna = await client_of(application, "anna.smit")
    for verb, url in addresses(*CLOSED):
        if verb == "POST":
            assert (await post(anna, url, {})).status_code == 403, url
            assert (await post(anna, url, {"_csrf": "0" * 128})).status_code == 403, url
