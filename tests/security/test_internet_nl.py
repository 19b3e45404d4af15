"""internet.nl finds nothing to say about any answer, whatever its status; what it asks is heard when broken."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.clock import now
from app.headers import ALWAYS, CONTENT_SECURITY_POLICY
from app.support import SECURITY_TXT_EXPIRES
from tests.account.test_headers import ANSWERS
from tests.security.internet_nl import header_faults, policy_faults, security_txt_faults
from tests.sessions import client_of

FILES = ["/static/app.css", "/static/app.js", "/static/htmx-4.0.1.min.js", "/static/icons.svg", "/static/favicon.svg"]
PAGES = ["/overzicht", "/overzicht.xlsx", "/betaalcodes", "/profiel/beveiliging", "/api/v1/schema", *FILES]
LONG = {"strict-transport-security": "max-age=31536000"}
GOOD = {name.lower(): value for name, value in ALWAYS.items()} | LONG


@pytest.mark.parametrize("name", ANSWERS)
async def test_it_has_nothing_to_say_about_an_answer(client: AsyncClient, demo_readonly: None, name: str) -> None:
    status, verb, url, sent = ANSWERS[name]
    answer = await client.request(verb, url, **sent)
    assert (answer.status_code, header_faults(answer.headers)) == (status, [])


@pytest.mark.parametrize("url", PAGES)
async def test_nor_about_a_page_or_a_file(demo_readonly: None, application: Any, url: str) -> None:
    answer = await (await client_of(application, "anna.smit")).get(url)
    assert (answer.status_code, header_faults(answer.headers)) == (200, [])


@pytest.mark.parametrize("how", ["400", "403", "404", "500", "503", "storing", "fout"])
async def test_nor_about_a_failure(failing: AsyncClient, how: str) -> None:
    assert header_faults((await failing.get(f"/mislukt/{how}")).headers) == []


@pytest.mark.parametrize("name", [*GOOD])
def test_each_header_is_missed(name: str) -> None:
    asked = {"content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy", *LONG}
    without = {other: value for other, value in GOOD.items() if other != name}
    assert bool(header_faults(without)) == (name in asked)


@pytest.mark.parametrize(
    ("kept", "instead"),
    [
        ("script-src 'self'", "script-src 'self' 'unsafe-inline'"),
        ("script-src 'self'", "script-src 'self' 'unsafe-eval'"),
        ("style-src 'self'", "style-src 'self' 'unsafe-hashes'"),
        ("script-src 'self'", "script-src 'self' data:"),
        ("object-src 'none'", "object-src data:"),
        ("img-src 'self'", "img-src *"),
        ("img-src 'self'", "img-src https:"),
        ("connect-src 'self'", "connect-src http://example.org"),
        ("default-src 'none'", ""),
        ("frame-ancestors 'none'", ""),
        ("base-uri 'none'", ""),
        ("form-action 'self'", ""),
    ],
)
def test_a_looser_policy_is_heard(kept: str, instead: str) -> None:
    assert kept in CONTENT_SECURITY_POLICY
    assert list(policy_faults(CONTENT_SECURITY_POLICY)) == []
    assert len(list(policy_faults(CONTENT_SECURITY_POLICY.replace(kept, instead)))) == 1


async def test_who_finds_a_hole_reads_whom_to_tell(client: AsyncClient, demo_readonly: None) -> None:
    answer = await client.get("/.well-known/security.txt")
    assert security_txt_faults(answer, now()) == []
    assert "Contact: mailto:helpdesk@vakmanschaptechniek.nl\n" in answer.text
    assert "Preferred-Languages: nl\n" in answer.text
    assert security_txt_faults(answer, now() + timedelta(days=366)) == ["expired, or not within a year"]


def test_it_is_renewed_a_month_before_it_expires() -> None:
    assert now() < SECURITY_TXT_EXPIRES - timedelta(days=30), "look whether app/support.py still holds, and renew it"
