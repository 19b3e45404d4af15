"""The second step in a real browser: an app without scripts, and passkeys with an authenticator of Chromium's own."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from tests.browser import serving, worker
from tests.quality.test_axe import in_every_mode
from tests.worlds import PASSWORD, Worlds

SECURITY = "/profiel/beveiliging"


@pytest.fixture
def site(worlds: Worlds, tmp_path: Path) -> Iterator[str]:
    """The portal at a name: browsers know no passkeys of a host that is a number."""
    with serving(worlds, f"named-{worker()}", tmp_path, host="localhost") as url:
        yield url


def first_step(page: Page) -> None:
    page.goto("/inloggen")
    page.locator("[name=gebruikersnaam]").fill("anna.smit")
    page.locator("[name=wachtwoord]").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()


def confirm(page: Page) -> None:
    page.locator("[name=huidig_wachtwoord]").fill(PASSWORD)
    page.get_by_role("button", name="Ga verder").click()


def test_an_app_works_without_scripts(new_context: Callable[..., BrowserContext]) -> None:
    context = new_context(java_script_enabled=False, viewport={"width": 320, "height": 800})
    page = context.new_page()
    first_step(page)
    page.goto(SECURITY)
    expect(page.get_by_text("Passkey", exact=True)).to_be_hidden()
    page.get_by_role("link", name="Stel in authenticator-app").click()
    confirm(page)
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.get_by_label("Code uit de app").fill("000000")
    page.get_by_role("button", name="Stel in").click()
    expect(page).to_have_title(re.compile("^Fout: "))
    page.get_by_label("Code uit de app").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Stel in").click()
    page.get_by_role("button", name="Maak herstelcodes").click()
    expect(page.locator("ol code")).to_have_count(10)
    codes = page.locator("ol code").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download als tekst").click()
    assert download.value.suggested_filename == "herstelcodes-evenementenportaal.txt"
    assert all(code in download.value.path().read_text() for code in codes)
    page.get_by_role("link", name="Ik heb de codes bewaard").click()
    expect(page.get_by_text("10 van 10 nog te gebruiken")).to_be_visible()
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Uitloggen").click()
    first_step(page)
    expect(page.get_by_role("heading", name="Tweede stap")).to_be_visible()
    expect(page.get_by_role("button", name="Gebruik een passkey")).to_be_hidden()
    page.get_by_role("link", name="Gebruik een herstelcode").click()
    page.get_by_label("Herstelcode").fill(codes[0])
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/overzicht")


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


@pytest.fixture
def authenticator(page: Page) -> tuple[CDPSession, str]:
    """One that is built in, and knows its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options: dict[str, Any] = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, str(made["authenticatorId"])


def test_a_passkey_signs_in_as_second_step_and_alone(page: Page, authenticator: tuple[CDPSession, str]) -> None:
    first_step(page)
    page.goto(SECURITY)
    page.get_by_role("link", name="Voeg toe een passkey").click()
    confirm(page)
    assert in_every_mode(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Naam").fill("Mijn laptop")
    page.get_by_role("button", name="Voeg passkey toe").click()
    expect(page.get_by_role("heading", name="Herstelcodes")).to_be_visible()
    page.get_by_role("link", name="Later").click()
    expect(page.get_by_text("Passkey Mijn laptop", exact=True)).to_be_visible()

    session, key = authenticator
    [credential] = session.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    assert (credential["rpId"], credential["isResidentCredential"]) == ("localhost", True)

    sign_out(page)
    assert in_every_mode(page) == []
    first_step(page)
    expect(page.get_by_role("button", name="Gebruik een passkey")).to_be_visible()
    assert in_every_mode(page) == []
    page.get_by_role("button", name="Gebruik een passkey").click()
    page.wait_for_url("**/overzicht")

    sign_out(page)
    page.goto("/inloggen?volgende=/betaalcodes")
    page.get_by_role("button", name="Inloggen met een passkey").press("Enter")
    page.wait_for_url(re.compile(r"\d/betaalcodes$"))

    # A copy of the key, from before it was used.
    session.send("WebAuthn.removeCredential", {"authenticatorId": key, "credentialId": credential["credentialId"]})
    session.send("WebAuthn.addCredential", {"authenticatorId": key, "credential": credential})
    sign_out(page)
    page.goto("/inloggen")
    page.get_by_role("button", name="Inloggen met een passkey").click()
    expect(page.get_by_text("Met deze passkey kunt u hier niet inloggen.")).to_be_visible()


def test_who_does_not_show_themselves_is_told_so(page: Page, authenticator: tuple[CDPSession, str]) -> None:
    session, key = authenticator
    page.goto("/inloggen")
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.get_by_role("button", name="Inloggen met een passkey").click()
    expect(page.get_by_text("De passkey is niet gebruikt.")).to_be_visible()
    expect(page.get_by_role("button", name="Inloggen met een passkey")).to_be_focused()


def sign_out(page: Page) -> None:
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Uitloggen").click()
    expect(page.get_by_text("U bent uitgelogd.")).to_be_visible()
