"""What a browser keeps of the portal: nothing but a cookie that scripts cannot read."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser import PageAs

WALK = (
    "/overzicht",
    "/overzicht?route=co&trefwoorden=a",
    "/betaalcodes",
    "/ontkoppeld",
    "/downloads",
    "/profiel",
    "/profiel/bewerken",
    "/profiel/beveiliging",
    "/ondersteuning",
)
KEPT = """async () => ({
  local: localStorage.length, session: sessionStorage.length, cookies: document.cookie,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
})"""
NOTHING: dict[str, Any] = {"local": 0, "session": 0, "cookies": "", "databases": 0, "caches": 0, "workers": 0}


def sign_out(page: Page) -> None:
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.locator(".notice")).to_have_text("U bent uitgelogd.")


def test_a_walk_leaves_nothing_behind(page_as: PageAs) -> None:
    page = page_as("anna.smit")
    for address in WALK:
        answer = page.goto(address)
        assert answer
        assert answer.status == 200
        assert answer.header_value("cache-control") == "private, no-store"
    page.goto("/overzicht")
    page.get_by_label("Trefwoorden").fill("jan")
    expect(page.locator(".chip")).to_have_count(1)
    page.locator("tbody [data-steps]").first.click()
    assert page.evaluate(KEPT) == NOTHING
    cookies = [(cookie["name"], cookie["httpOnly"], cookie["sameSite"]) for cookie in page.context.cookies()]
    assert ("sessie", True, "Lax") in cookies
    assert {name for name, _, _ in cookies} <= {"sessie", "formulier", "apparaat"}
    assert all(http_only for _, http_only, _ in cookies)


def test_back_after_signing_out_shows_nobody(page_as: PageAs) -> None:
    page = page_as("anna.smit", own_session=True)
    page.goto("/overzicht")
    name = page.locator("tbody th a").first.inner_text()
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Verloop")).to_be_visible()
    sign_out(page)
    for _ in range(2):
        page.go_back()
        expect(page).to_have_url(re.compile("/inloggen"))
        assert name not in page.content()
        assert "Anna Smit" not in page.content()


def test_a_shared_address_asks_the_next_person_to_sign_in(page_as: PageAs) -> None:
    page = page_as("anna.smit", own_session=True)
    page.goto("/overzicht?trefwoorden=jan")
    sign_out(page)
    page.goto("/overzicht?trefwoorden=jan")
    expect(page).to_have_url(re.compile(r"/inloggen\?volgende="))
    expect(page.locator("tbody")).to_have_count(0)
