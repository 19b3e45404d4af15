"""Every page of the portal in every state that looks different, and how to get there."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex

import pyotp
from playwright.sync_api import Page, Response, expect

from tests.browser import sign_in_page
from tests.imports.files import as_csv, choose
from tests.imports.people import person
from tests.worlds import PASSWORD

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


def refused_confirmation(page: Page) -> None:
    page.locator("[name=huidig_wachtwoord]").fill("onjuist")
    page.get_by_role("button", name="Ga verder").click()
    expect(page.locator("#fouten")).to_be_visible()


def new_address(page: Page) -> None:
    page.get_by_label("E-mailadres").fill(f"{secrets.token_hex(8)}@example.org")
    page.locator("[name=huidig_wachtwoord]").fill(PASSWORD)
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_text("Bevestig uw nieuwe e-mailadres.")).to_be_visible()


def confirm_address(page: Page) -> None:
    new_address(page)
    follow_link(page, "new_address")
    expect(page.get_by_role("button", name="Bevestig e-mailadres")).to_be_visible()


def first_details(page: Page) -> None:
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Verloop")).to_be_visible()


def first_letter(page: Page) -> None:
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("button", name="Open het bericht")).to_be_visible()


def refused_invitation(page: Page) -> None:
    page.get_by_label("Voornaam").fill("Noor")
    page.get_by_role("button", name="Verstuur uitnodiging").click()
    expect(page.locator("#fouten")).to_be_visible()


def first_person(page: Page) -> None:
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Laatste gebeurtenissen")).to_be_visible()


def role_asked(page: Page) -> None:
    first_person(page)
    page.locator("[name=rol]").select_option("aanmeldbeheerder")
    page.locator("[name=organisatie]").select_option("NWT")
    page.get_by_role("button", name="Geef rol").click()
    expect(page.get_by_role("heading", name="deze rol geven?")).to_be_visible()


def role_asked_for_an_organisation(page: Page) -> None:
    first_organisation(page)
    page.get_by_label("Gebruikersnaam of e-mailadres").fill("carla.jansen")
    page.get_by_role("button", name="Geef rol").click()
    expect(page.get_by_role("heading", name="deze rol geven?")).to_be_visible()


def invited(page: Page) -> None:
    """Whose user name is for now a long address without a place to break."""
    page.get_by_label("Mevrouw").check()
    page.get_by_label("Voornaam").fill("Noor")
    page.get_by_label("Achternaam").fill("Kuipers")
    page.locator("[name=emailadres]").fill(f"{secrets.token_hex(24)}@example.org")
    page.locator("[name=rol_1]").select_option("beheerder")
    page.get_by_role("button", name="Verstuur uitnodiging").click()
    expect(page.get_by_text("De uitnodiging gaat zo de deur uit.")).to_be_visible()


def log_of_an_invitation(page: Page) -> None:
    invited(page)
    page.goto("/beheer/logboek?soort=invite")
    expect(page.locator("tbody th").first).to_contain_text("nodigde Noor Kuipers")


def follow_link(page: Page, letter: str) -> None:
    """In the last letter of this kind, which an administrator of a demo can open."""
    page.goto(f"/beheer/berichten?bericht={letter}")
    page.locator("tbody th a").first.click()
    page.get_by_role("button", name="Open het bericht").click()
    link = re.search(r"://[^/]+(/[\w/-]+/[\w-]{20,})", page.locator("pre").first.inner_text())
    assert link
    page.goto(link[1])


def ask_reset(page: Page) -> None:
    page.get_by_label("Gebruikersnaam of e-mailadres").fill("eva.bakker")
    page.get_by_role("button", name="Stuur een link").click()
    expect(page.get_by_text("Kijk in uw mailbox.")).to_be_visible()


def refused_reset(page: Page) -> None:
    ask_reset(page)
    follow_link(page, "reset")
    page.locator("[name=nieuw_wachtwoord]").fill("kort")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator("#fouten")).to_be_visible()


def activation(page: Page) -> None:
    invited(page)
    follow_link(page, "invitation")
    expect(page.get_by_role("heading", name="Welkom, Noor")).to_be_visible()


def confirmed(page: Page) -> None:
    """Who types the password again goes on to what was asked for; who did so a moment ago is there already."""
    if page.locator("[name=huidig_wachtwoord]").is_visible():
        page.locator("[name=huidig_wachtwoord]").fill(PASSWORD)
        page.get_by_role("button", name="Ga verder").click()


def refused_app(page: Page) -> None:
    confirmed(page)
    page.get_by_label("Code uit de app").fill("12345")
    page.get_by_role("button", name="Stel in").click()
    expect(page.locator("#fouten")).to_be_visible()


def recovery_codes(page: Page) -> None:
    """Of somebody new, so that nobody else has to give a second step."""
    activation(page)
    name = token_hex(6)
    page.get_by_label("Gebruikersnaam").fill(name)
    for field in ("nieuw_wachtwoord", "herhaal_wachtwoord"):
        page.locator(f"[name={field}]").fill(PASSWORD)
    page.get_by_role("button", name="Activeer account").click()
    page.context.clear_cookies()
    sign_in_page(page, name)
    page.goto("/profiel/beveiliging/app")
    confirmed(page)
    secret = page.locator("code.secret").inner_text().replace(" ", "")
    page.get_by_label("Code uit de app").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Stel in").click()
    page.get_by_role("button", name="Maak herstelcodes").click()
    expect(page.get_by_role("heading", name="Uw herstelcodes")).to_be_visible()


def second_factors(page: Page) -> None:
    recovery_codes(page)
    page.get_by_role("link", name="Ik heb de codes bewaard").click()
    expect(page.get_by_text("10 van 10 nog te gebruiken")).to_be_visible()


def refused_second_step(page: Page) -> None:
    second_factors(page)
    page.goto("/profiel/bewerken")
    username = page.locator("[name=gebruikersnaam]").input_value()
    page.context.clear_cookies()
    page.goto("/inloggen")
    page.locator("[name=gebruikersnaam]").fill(username)
    page.locator("[name=wachtwoord]").fill(PASSWORD)
    page.locator("[name=wachtwoord]").press("Enter")
    page.get_by_label("Code uit uw authenticator-app").fill("12345")
    page.get_by_role("button", name="Inloggen").click()
    expect(page.locator("#fouten")).to_be_visible()


def refused_recovery(page: Page) -> None:
    refused_second_step(page)
    page.get_by_role("link", name="Gebruik een herstelcode").click()
    page.get_by_label("Herstelcode").fill("2345-6789-ACDE")
    page.get_by_role("button", name="Inloggen").click()
    expect(page.locator("#fouten")).to_be_visible()


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


def refused_enrolment(page: Page) -> None:
    page.get_by_label("Voornaam").fill("Jan")
    page.locator("[name=emailadres]").fill("geen adres")
    page.get_by_role("button", name="Aanmelden", exact=True).click()
    expect(page.locator("#fouten")).to_be_visible()


def linking_question(page: Page) -> None:
    page.get_by_label("De heer").check()
    page.get_by_label("Voornaam").fill("Jan")
    page.get_by_label("Achternaam").fill("Jansen")
    page.locator("[name=emailadres]").fill("jan@example.org")
    page.get_by_label("Organisatiecode").fill("nwt")
    page.get_by_role("button", name="Aanmelden", exact=True).click()
    expect(page.get_by_role("button", name="Ja, aanmelden en koppelen")).to_be_visible()


def refused_organisation(page: Page) -> None:
    page.locator("[name=code]").fill("N1")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator("#fouten")).to_be_visible()


def first_organisation(page: Page) -> None:
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Geef iemand een rol")).to_be_visible()


def first_candidate(page: Page) -> None:
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("link", name="Samenvoegen")).to_be_visible()


def erasing(page: Page) -> None:
    first_candidate(page)
    page.get_by_role("link", name="Wis kandidaat").click()
    page.get_by_role("button", name="Wis voorgoed").click()
    expect(page.locator("#fouten")).to_be_visible()


def refused_link(page: Page) -> None:
    page.get_by_label("Aanmeldnummer").fill("2A3B-4C5D")
    page.get_by_role("button", name="Stuur een link").click()
    expect(page.locator("#fouten")).to_be_visible()


def own_page(page: Page) -> None:
    """By the link in the last letter, which an administrator of a demo can open."""
    page.get_by_label("Mevrouw").check()
    page.get_by_label("Voornaam").fill("Noor")
    page.get_by_label("Achternaam").fill(f"Kuipers {token_hex(4)}")
    page.locator("[name=emailadres]").fill(f"{token_hex(8)}@example.org")
    page.locator("[name=profiel]").first.check()
    page.get_by_label("Organisatiecode").fill("nwt")
    page.get_by_role("button", name="Aanmelden", exact=True).click()
    page.get_by_role("button", name="Ja, aanmelden en koppelen").click()
    page.goto("/beheer/berichten?bericht=enrolled")
    page.locator("tbody th a").first.click()
    page.get_by_role("button", name="Open het bericht").click()
    link = re.search(r"/mijn-gegevens/[\w-]+", page.locator("pre").first.inner_text())
    assert link
    page.goto(link[0])
    expect(page.get_by_role("heading", name="Wie keek")).to_be_visible()


def refused_correction(page: Page) -> None:
    first_candidate(page)
    page.get_by_role("link", name="Bewerk gegevens").click()
    page.get_by_label("Achternaam").fill("")
    page.get_by_label("E-mailadres").fill("geen adres")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator("#fouten")).to_be_visible()


def two_candidates(page: Page) -> None:
    first_candidate(page)
    page.get_by_role("link", name="Samenvoegen").click()
    page.get_by_label("Zoek een andere kandidaat").fill("jan")
    page.get_by_role("button", name="Zoek").click()
    page.get_by_role("link", name="Vergelijk").first.click()
    expect(page.get_by_role("heading", name="Zijn dit dezelfde persoon?")).to_be_visible()


def typed_code(page: Page) -> None:
    page.get_by_label("Organisatiecode").press_sequentially("nwt")
    expect(page.locator("#koppeling [name=koppelen]")).to_be_visible()


def record_result(page: Page) -> None:
    first_details(page)
    page.get_by_role("link", name="Uitslag vastleggen").click()
    page.get_by_label("Dag").fill("")
    page.get_by_role("button", name="Vastleggen").click()
    expect(page.locator("#fouten")).to_be_visible()


def start_renewal(page: Page) -> None:
    first_details(page)
    page.get_by_role("link", name="Verlenging starten").click()
    expect(page.get_by_role("button", name="Verlenging starten")).to_be_visible()


def refused_key(page: Page) -> None:
    page.get_by_label("Naam").fill("HR-systeem")
    page.get_by_role("button", name="Maak sleutel").click()
    expect(page.locator("#fouten")).to_be_visible()


def new_key(page: Page) -> None:
    page.get_by_label("Naam").fill("Toetssysteem Noord")
    page.get_by_label("Bron").fill("toetssysteem-noord")
    page.get_by_label("Uitslagen en bewijzen melden").check()
    page.get_by_role("button", name="Maak sleutel").click()
    expect(page.get_by_role("heading", name="De sleutel is gemaakt")).to_be_visible()


def list_of_keys(page: Page) -> None:
    new_key(page)
    page.get_by_role("link", name="Ik heb de sleutel bewaard").click()
    expect(page.get_by_role("heading", name="API-sleutels")).to_be_visible()


def revoking_a_key(page: Page) -> None:
    list_of_keys(page)
    page.get_by_role("link", name="Trek in").first.click()
    expect(page.get_by_role("button", name="Intrekken")).to_be_visible()


def refused_file(page: Page) -> None:
    choose(page, b"MZ\x90\x00", "kandidaten.xlsx")
    expect(page.locator("#fouten")).to_be_visible()


def faulty_rows(page: Page) -> None:
    choose(page, as_csv([person(), person(2, Voornaam="", Route="Onzin"), person(3)]), "kandidaten.csv")
    expect(page.get_by_text("1 rij heeft een fout")).to_be_visible()


def taken_over(page: Page) -> None:
    choose(page, as_csv([person(token_hex(4))]), "kandidaten.csv")
    page.get_by_role("button", name="1 kandidaat overnemen").click()
    expect(page.get_by_text("1 kandidaat overgenomen")).to_be_visible()


def faulty_results(page: Page) -> None:
    row = {"Deelnamenummer": "ABCD-2345", "Stap": "Theorietoets", "Uitslag": "geslaagd", "Datum": "ooit"}
    choose(page, as_csv([row, row | {"Datum": ""}]), "uitslagen.csv")
    expect(page.get_by_text("2 rijen hebben een fout")).to_be_visible()


def a_route(page: Page) -> None:
    page.get_by_role("link", name="Vakmanschap CO").click()
    expect(page.get_by_role("heading", name="Stappen")).to_be_visible()


def refused_step(page: Page) -> None:
    a_route(page)
    page.get_by_role("link", name="Nieuwe stap").click()
    page.get_by_label("Betaling").check()
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator("#fouten")).to_be_visible()


def foreseen(page: Page) -> None:
    a_route(page)
    page.get_by_role("link", name="Bewerk stap Theorietoets").click()
    page.get_by_label("Geldigheid in maanden").fill("")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_role("heading", name="Gevolg")).to_be_visible()


def refused_batch(page: Page) -> None:
    page.get_by_role("button", name="Geef uit").click()
    expect(page.locator("#fouten")).to_be_visible()


def first_paycode(page: Page) -> None:
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("heading", name="Verloop")).to_be_visible()


def of_candidates(page: Page) -> None:
    page.get_by_text("Kandidaten:").click()
    expect(page.get_by_role("table", name="Kandidaten")).to_be_visible()


def download(words: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        page.locator("tbody tr", has_text=words).get_by_role("link").click()
        expect(page).to_have_url(re.compile(r"/downloads/\d+"))

    return show


STATES = (
    State("sign in", VISITOR, "/inloggen"),
    State("signed out", VISITOR, "/inloggen?uitgelogd=1"),
    State("sign in refused", VISITOR, "/inloggen", refused_sign_in),
    State("password forgotten", VISITOR, "/wachtwoord-vergeten"),
    State("link to a password asked for", "beheerder", "/wachtwoord-vergeten", ask_reset),
    State("new password refused", "beheerder", "/wachtwoord-vergeten", refused_reset),
    State("link that ended", VISITOR, "/wachtwoord-herstellen/onzin", status=404),
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
    State("result refused", "beheerder", "/overzicht?route=co&status=lopend", record_result),
    State("renewal", "beheerder", "/overzicht?route=co&status=verlopen", start_renewal),
    State("key refused", "beheerder", "/beheer/api-sleutels/nieuw", refused_key),
    State("key made", "beheerder", "/beheer/api-sleutels/nieuw", new_key),
    State("keys", "beheerder", "/beheer/api-sleutels/nieuw", list_of_keys),
    State("revoking a key", "beheerder", "/beheer/api-sleutels/nieuw", revoking_a_key),
    State("unlink", "anna.smit", "/overzicht?status=lopend", unlink_page),
    State("unlink several", "anna.smit", "/overzicht?trefwoorden=ruben+van+den+berg", unlink_page),
    State("unlinked", "carla.jansen", "/ontkoppeld?gedaan=ontkoppeld"),
    State("nobody unlinked", "eva.bakker", "/ontkoppeld"),
    State("paycodes", "anna.smit", "/betaalcodes"),
    State("paycodes of the manual", "vera.meijer", "/betaalcodes"),
    State("paycodes of several organisations", "bram.devries", "/betaalcodes?sorteer=code"),
    State("paycode of a long name", "bram.devries", "/betaalcodes?trefwoorden=brandweerladder"),
    State("no paycodes found", "anna.smit", "/betaalcodes?trefwoorden=zzzz&status=gebruikt"),
    State("no paycodes made", "eva.bakker", "/betaalcodes"),
    State("paycode filter that cannot be read", "anna.smit", "/betaalcodes?aangemaakt_tot=ooit", status=400),
    State("profile", "anna.smit", "/profiel?opgeslagen=1"),
    State("profile without a role", "niels.los", "/profiel"),
    State("edit profile", "anna.smit", "/profiel/bewerken"),
    State("edit profile refused", "anna.smit", "/profiel/bewerken", refused_profile),
    State("address to be confirmed", "beheerder", "/profiel/bewerken", new_address),
    State("confirm an address", "beheerder", "/profiel/bewerken", confirm_address),
    State("address that is not confirmed", "anna.smit", "/profiel/emailadres/onzin", status=404),
    State("confirm", "anna.smit", "/profiel/bevestigen"),
    State("confirm refused", "anna.smit", "/profiel/bevestigen?volgende=/profiel", refused_confirmation),
    State("sessions", "anna.smit", "/profiel/beveiliging?beeindigd=1"),
    State("app refused", "anna.smit", "/profiel/beveiliging/app", refused_app),
    State("recovery codes", "beheerder", "/beheer/gebruikers/uitnodigen", recovery_codes),
    State("second factors", "beheerder", "/beheer/gebruikers/uitnodigen", second_factors),
    State("second step refused", "beheerder", "/beheer/gebruikers/uitnodigen", refused_second_step),
    State("recovery code refused", "beheerder", "/beheer/gebruikers/uitnodigen", refused_recovery),
    State("downloads", "anna.smit", "/downloads"),
    State("no downloads", "vera.meijer", "/downloads"),
    State("download being made", "anna.smit", "/downloads", download("Wordt gemaakt")),
    State("download ready", "anna.smit", "/downloads", download("Klaar")),
    State("download failed", "anna.smit", "/downloads", download("Niet gelukt")),
    State("enrolled", "dirk.visser", "/aanmeldingen"),
    State("nobody enrolled found", "dirk.visser", "/aanmeldingen?trefwoorden=zzzz"),
    State("enrolled filter that cannot be read", "dirk.visser", "/aanmeldingen?pagina=ooit", status=400),
    State("enrolling refused", VISITOR, "/aanmelden/co", refused_enrolment),
    State("organisation code typed", VISITOR, "/aanmelden/warmtepomp", typed_code, scripts=True),
    State("link asked", VISITOR, "/aanmelden/afleverset", linking_question),
    State("enrolment received", VISITOR, "/aanmelden/co/ontvangen"),
    State("enrolling a candidate", "dirk.visser", "/aanmeldingen/nieuw", refused_enrolment),
    State("file refused", "dirk.visser", "/aanmeldingen/importeren", refused_file),
    State("rows with errors", "dirk.visser", "/aanmeldingen/importeren", faulty_rows),
    State("rows taken over", "dirk.visser", "/aanmeldingen/importeren", taken_over),
    State("results with errors", "beheerder", "/beheer/uitslagen", faulty_results),
    State("administration", "beheerder", "/beheer"),
    State("organisations", "beheerder", "/beheer/organisaties"),
    State("an organisation", "beheerder", "/beheer/organisaties?trefwoorden=nwt", first_organisation),
    State(
        "role asked for an organisation",
        "beheerder",
        "/beheer/organisaties?trefwoorden=nwt",
        role_asked_for_an_organisation,
    ),
    State("new organisation refused", "beheerder", "/beheer/organisaties/nieuw", refused_organisation),
    State("link to the own page asked for", VISITOR, "/mijn-gegevens?verstuurd=1"),
    State("link refused", VISITOR, "/mijn-gegevens", refused_link),
    State("link that does not work", VISITOR, "/mijn-gegevens/onzin", status=404),
    State("own page", "beheerder", "/aanmelden/co", own_page),
    State("a candidate to erase", "beheerder", "/beheer/kandidaten?organisatie=NWT", erasing),
    State("candidates", "beheerder", "/beheer/kandidaten?trefwoorden=van"),
    State("a candidate", "beheerder", "/beheer/kandidaten?organisatie=NWT", first_candidate),
    State("correction refused", "beheerder", "/beheer/kandidaten?trefwoorden=berg", refused_correction),
    State("two candidates to merge", "beheerder", "/beheer/kandidaten?trefwoorden=bakker", two_candidates),
    State("routes", "beheerder", "/beheer/routes"),
    State("a route", "beheerder", "/beheer/routes", a_route),
    State("step refused", "beheerder", "/beheer/routes", refused_step),
    State("what a change of steps does", "beheerder", "/beheer/routes", foreseen),
    State("letters", "beheerder", "/beheer/berichten"),
    State("a letter that waits", "beheerder", "/beheer/berichten?status=te-verzenden", first_letter),
    State("batches", "beheerder", "/beheer/batches"),
    State("a batch that cannot be issued", "beheerder", "/beheer/batches/nieuw", refused_batch),
    State("a batch", "beheerder", "/beheer/batches/6?gedaan=verlengen&codes=2"),
    State("a batch handed out", "beheerder", "/beheer/batches/6/uitdeelvel"),
    State("a paycode", "beheerder", "/beheer/batches/6", first_paycode),
    State("log", "beheerder", "/beheer/logboek"),
    State("what is kept", "beheerder", "/beheer/gegevens", of_candidates),
    State("nothing found in the log", "beheerder", "/beheer/logboek?persoon=niemand&soort=betaalcode"),
    State("support for who is signed in", "anna.smit", "/ondersteuning"),
    State("not theirs", "anna.smit", "/deelnames/99999999", status=404),
    State("not allowed", "dirk.visser", "/overzicht", status=403),
    State("people", "beheerder", "/beheer/gebruikers"),
    State("invite refused", "beheerder", "/beheer/gebruikers/uitnodigen?organisatie=NWT", refused_invitation),
    State("person", "beheerder", "/beheer/gebruikers?trefwoorden=bram", first_person),
    State("role asked", "beheerder", "/beheer/gebruikers?trefwoorden=bram", role_asked),
    State("somebody invited", "beheerder", "/beheer/gebruikers/uitnodigen", invited),
    State("log of somebody invited", "beheerder", "/beheer/gebruikers/uitnodigen", log_of_an_invitation),
    State("activate an account", "beheerder", "/beheer/gebruikers/uitnodigen", activation),
    State("activation that ended", VISITOR, f"/activeren/{'a' * 43}", status=404),
)
BROKEN = State("failure", "anna.smit", "/ontkoppeld", status=500)
