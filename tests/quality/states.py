"""Every page of the portal in every state that looks different, and how to get there."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, Response, expect

VISITOR = ""
UNLINK = "a[href*='/ontkoppelen']"


@dataclass(frozen=True)
class State:
    name: str
    user: str
    address: str
    then: Callable[[Page], None] = lambda page: None
    """What somebody does on the page before it looks like this."""
    status: int = 200
    scripts: bool = False
    """It only exists where scripts run."""

    def open(self, page: Page) -> None:
        answer = page.goto(self.address)
        assert isinstance(answer, Response)
        assert answer.status == self.status, f"{self.address} answers {answer.status}"
        self.then(page)


def refused_sign_in(page: Page) -> None:
    page.get_by_label("Gebruikersnaam").fill("anna.smit")
    page.locator("[name=wachtwoord]").fill("onjuist")
    page.get_by_role("button", name="Inloggen").click()
    expect(page.locator("#fouten")).to_be_visible()


def refused_profile(page: Page) -> None:
    page.get_by_label("Voornaam").fill("")
    page.get_by_label("E-mailadres").fill("geen adres")
    page.locator("[name=nieuw_wachtwoord]").fill("kort")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator("#fouten")).to_be_visible()


def first_details(page: Page) -> None:
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Verloop")).to_be_visible()


def unlink_page(page: Page) -> None:
    page.goto(page.locator(f"tbody {UNLINK}").first.get_attribute("href") or "")
    expect(page.get_by_role("button", name="Ontkoppelen")).to_be_visible()


def dialog(page: Page) -> None:
    page.locator(f"tbody {UNLINK}").first.click()
    expect(page.locator("dialog[open] h2")).to_be_focused()


def steps(page: Page) -> None:
    page.locator("tbody [data-steps]").nth(1).click()
    expect(page.locator("#stappen h3")).to_be_focused()


def undo_message(page: Page) -> None:
    dialog(page)
    page.get_by_role("button", name="Ontkoppelen").click()
    expect(page.locator(".toast")).to_contain_text("is ontkoppeld.")


def menu(page: Page) -> None:
    page.locator(".menu > summary").click()
    expect(page.get_by_role("button", name="Uitloggen")).to_be_visible()


def download(words: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.locator("tbody tr", has_text=words).get_by_role("link").click()
        expect(page).to_have_url(re.compile(r"/downloads/\d+"))

    return show


STATES = (
    State("sign in", VISITOR, "/inloggen"),
    State("signed out", VISITOR, "/inloggen?uitgelogd=1"),
    State("sign in refused", VISITOR, "/inloggen", refused_sign_in),
    State("support", VISITOR, "/ondersteuning"),
    State("not found", VISITOR, "/static/is-er-niet", status=404),
    State("overview", "anna.smit", "/overzicht"),
    State("overview of a route", "anna.smit", "/overzicht?route=co"),
    State("overview of several organisations", "bram.devries", "/overzicht?organisatie=ZPI"),
    State("overview of an administrator", "beheerder", "/overzicht?route=warmtepomp&sorteer=-gewijzigd"),
    State("overview with filters", "anna.smit", "/overzicht?route=co&trefwoorden=a&stap=theorietoets&uitslag=gezakt"),
    State("last page", "anna.smit", "/overzicht?pagina=99"),
    State("nobody found", "anna.smit", "/overzicht?trefwoorden=zzzz&status=lopend"),
    State("nobody linked", "eva.bakker", "/overzicht"),
    State("manager of nothing", "niels.los", "/overzicht"),
    State("filter that cannot be read", "anna.smit", "/overzicht?vanaf=ooit&stap=onzin", status=400),
    State("dialog", "anna.smit", "/overzicht?route=co", dialog, scripts=True),
    State("steps", "anna.smit", "/overzicht", steps, scripts=True),
    State("message with undo", "anna.smit", "/overzicht", undo_message, scripts=True),
    State("menu", "anna.smit", "/betaalcodes?status=gebruikt", menu),
    State("details of somebody certified", "anna.smit", "/overzicht?status=afgerond", first_details),
    State("details of somebody who failed", "anna.smit", "/overzicht?status=herkansing", first_details),
    State("unlink", "anna.smit", "/overzicht?status=lopend", unlink_page),
    State("unlink several", "anna.smit", "/overzicht?trefwoorden=ruben+van+den+berg", unlink_page),
    State("unlinked", "carla.jansen", "/ontkoppeld?gedaan=ontkoppeld"),
    State("nobody unlinked", "eva.bakker", "/ontkoppeld"),
    State("paycodes", "anna.smit", "/betaalcodes"),
    State("paycodes of the manual", "vera.meijer", "/betaalcodes"),
    State("paycodes of several organisations", "bram.devries", "/betaalcodes?sorteer=code"),
    State("no paycodes found", "anna.smit", "/betaalcodes?trefwoorden=zzzz&status=gebruikt"),
    State("no paycodes made", "eva.bakker", "/betaalcodes"),
    State("paycode filter that cannot be read", "anna.smit", "/betaalcodes?aangemaakt_tot=ooit", status=400),
    State("profile", "anna.smit", "/profiel?opgeslagen=1"),
    State("profile without a role", "niels.los", "/profiel"),
    State("edit profile", "anna.smit", "/profiel/bewerken"),
    State("edit profile refused", "anna.smit", "/profiel/bewerken", refused_profile),
    State("sessions", "anna.smit", "/profiel/beveiliging?beeindigd=1"),
    State("downloads", "anna.smit", "/downloads"),
    State("no downloads", "vera.meijer", "/downloads"),
    State("download being made", "anna.smit", "/downloads", download("Wordt gemaakt")),
    State("download ready", "anna.smit", "/downloads", download("Klaar")),
    State("download failed", "anna.smit", "/downloads", download("Niet gelukt")),
    State("enrolled", "dirk.visser", "/aanmeldingen"),
    State("nobody enrolled found", "dirk.visser", "/aanmeldingen?trefwoorden=zzzz"),
    State("enrolled filter that cannot be read", "dirk.visser", "/aanmeldingen?pagina=ooit", status=400),
    State("administration", "beheerder", "/beheer"),
    State("support for who is signed in", "anna.smit", "/ondersteuning"),
    State("not theirs", "anna.smit", "/deelnames/99999999", status=404),
    State("not allowed", "dirk.visser", "/overzicht", status=403),
)
BROKEN = State("failure", "anna.smit", "/ontkoppeld", status=500)
