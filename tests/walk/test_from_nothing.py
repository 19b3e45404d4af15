"""From an empty database to a manager who sees the right signs, through pages and the API alone."""

import re
import subprocess
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import BrowserContext, Page, expect

from app.clock import today
from tests.browser import serving, sign_in_page, worker
from tests.worlds import Worlds, environment, portaal_command

PASSWORD = "Kaas!broodje7met"
STEPS = (
    ("Aanmelding", "registration", ""),
    ("Betaling", "payment", ""),
    ("Theorietoets", "test", "1"),
    ("Praktijktoets", "test", "1"),
    ("Bewijs van Vakmanschap", "certificate", ""),
)

NewContext = Callable[..., BrowserContext]


@pytest.fixture
def site(worlds: Worlds, tmp_path: Path) -> Iterator[str]:
    """The portal on a database in which there is nothing but its first administrator."""
    name = f"nothing-{worker()}"
    worlds.copy("empty", name)
    subprocess.run(
        portaal_command(
            *("user", "create", "--username", "wilma", "--email", "wilma@example.org"),
            *("--given-name", "Wilma", "--family-name", "Post", "--salutation", "ms"),
        ),
        env=environment(worlds.databases.url(name)),
        input=f"{PASSWORD}\n",
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent.parent,
    )
    with serving(worlds, name, tmp_path, world="") as url:
        yield url


def fill(page: Page, **values: str | bool) -> None:
    """Controls by name, whatever their kind."""
    for name, value in values.items():
        control = page.locator(f"main [name='{name}']")
        kind = control.first.evaluate("each => each.tagName === 'SELECT' ? 'select' : each.type")
        if kind == "select":
            control.select_option(value=str(value))
        elif kind in {"radio", "checkbox"}:
            chosen = control if isinstance(value, bool) else page.locator(f"main [name='{name}'][value='{value}']")
            chosen.check()
        else:
            control.fill(str(value))


def press(page: Page, button: str) -> None:
    """And what was filled in is accepted."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
    expect(page.locator("#fouten")).to_have_count(0)


def make_route(page: Page) -> None:
    page.goto("/beheer/routes/nieuw")
    fill(page, naam="Vakmanschap Warmtepomp", label="Warmtepomp", slug="warmtepomp")
    press(page, "Opslaan")
    route = page.url.partition("?")[0]
    for name, purpose, fails in STEPS:
        page.goto(f"{route}/stappen/nieuw")
        fill(page, naam=name, doel=purpose)
        page.locator("[name=zakken]").set_checked(bool(fails))
        press(page, "Opslaan")
        expect(page.locator("tbody th", has_text=name)).to_be_visible()
    page.goto(f"{route}/profielen/nieuw")
    fill(page, naam="Monteur Warmtepomp")
    press(page, "Opslaan")


def make_organisation(page: Page) -> None:
    page.goto("/beheer/organisaties/nieuw")
    fill(page, naam="Zonnehof Techniek", code="ZHT")
    page.get_by_label("Warmtepomp").check()
    press(page, "Opslaan")
    expect(page.get_by_role("heading", name="Zonnehof Techniek")).to_be_visible()


def invite(page: Page, given_name: str, role: str) -> str:
    """Gives the address that the letter leads to."""
    email = f"{given_name.lower()}@example.org"
    page.goto("/beheer/gebruikers/uitnodigen?organisatie=ZHT")
    fill(page, aanhef="neutral", voornaam=given_name, achternaam="Bos", emailadres=email)
    page.locator("[name=rol_1]").select_option(label=role)
    press(page, "Verstuur uitnodiging")
    letter = open_letter(page, email)
    found = re.search(r"https?://\S+(/activeren/\S+)", letter)
    assert found, letter
    return found[1]


def open_letter(page: Page, recipient: str) -> str:
    """Nothing leaves without a mail server: the administrator reads it in the portal."""
    page.goto(f"/beheer/berichten?trefwoorden={recipient}")
    page.locator("tbody th a").first.click()
    press(page, "Open het bericht")
    return page.get_by_role("main").inner_text()


def activate(page: Page, address: str, username: str) -> None:
    page.goto(address)
    fill(page, gebruikersnaam=username, nieuw_wachtwoord=PASSWORD, herhaal_wachtwoord=PASSWORD)
    press(page, "Activeer account")
    sign_in_page(page, username, PASSWORD)


def issue_paycodes(page: Page) -> list[str]:
    page.goto("/beheer/batches/nieuw")
    fill(page, aantal="5", profiel="warmtepomp")
    page.locator("[name=organisatie]").select_option(label="Zonnehof Techniek (ZHT)")
    press(page, "Geef uit")
    page.goto("/betaalcodes")
    codes = [each.strip() for each in page.locator("tbody th .code").all_inner_texts()]
    assert len(codes) == 5
    return codes


def enrol(page: Page, given_name: str, **values: str) -> None:
    page.goto("/aanmelden")
    page.get_by_role("main").get_by_role("link", name="Vakmanschap Warmtepomp").click()
    fill(page, aanhef="mr", voornaam=given_name, achternaam="Kuiper", emailadres=f"{given_name.lower()}@example.org")
    fill(page, **values)
    if "organisatiecode" in values:
        page.get_by_label("Ja, koppel mijn aanmelding").check()
    press(page, "Aanmelden")
    expect(page.get_by_role("heading", level=1)).to_contain_text("ontvangen")


def number_of(page: Page, recipient: str) -> str:
    """As the candidate finds it in the letter."""
    found = re.search(r"\b[2-8ACDEFGHJPSTUWXZ]{4}-[2-8ACDEFGHJPSTUWXZ]{4}\b", open_letter(page, recipient))
    assert found
    return found[0]


def workbook(*rows: tuple[object, ...]) -> bytes:
    book, file = Workbook(), BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def take_over(page: Page, address: str, content: bytes, button: re.Pattern[str]) -> None:
    page.goto(address)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.locator("[name=bestand]").set_input_files({"name": "lijst.xlsx", "mimeType": kind, "buffer": content})
    press(page, "Upload en controleer")
    page.get_by_role("button", name=button).click(timeout=20_000)
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"\d+ \w+ overgenomen"), timeout=20_000)


def make_api_key(page: Page) -> str:
    page.goto("/beheer/api-sleutels/nieuw")
    fill(page, naam="Toetsdirect", bron="toetsdirect")
    page.locator("main [name='results:write']").check()
    press(page, "Maak sleutel")
    found = re.search(r"evp_\S+", page.get_by_role("main").inner_text())
    assert found
    return found[0]


def report(page: Page, key: str, *results: dict[str, Any]) -> None:
    answer = page.request.post(
        "/api/v1/results", data={"results": list(results)}, headers={"Authorization": f"Bearer {key}"}
    )
    assert answer.status == 200, answer.text()
    assert {each["status"] for each in answer.json()["results"]} == {"created"}, answer.text()


def signs(page: Page, name: str) -> list[str | None]:
    row = page.locator("tbody tr", has_text=name)
    return [each.get_attribute("data-uitslag") for each in row.locator("[data-stap]").all()]


def test_an_empty_installation_becomes_one_that_runs(new_context: NewContext) -> None:
    desk, manager, enroller, home = (new_context().new_page() for _ in range(4))
    sign_in_page(desk, "wilma", PASSWORD)
    make_route(desk)
    make_organisation(desk)
    activate(manager, invite(desk, "Mila", "Organisatiebeheerder"), "mila.bos")
    activate(enroller, invite(desk, "Joost", "Aanmeldbeheerder"), "joost.bos")
    code, *_ = issue_paycodes(desk)

    enrol(home, "Adam", betaalcode=code)
    enrol(home, "Bert", organisatiecode="ZHT")
    head = ("Aanhef", "Voornaam", "Achternaam", "E-mailadres", "Route", "Profiel")
    cor = ("De heer", "Cor", "Kuiper", "cor@example.org", "Vakmanschap Warmtepomp", "Monteur Warmtepomp")
    enroller.goto("/aanmeldingen")
    take_over(enroller, "/aanmeldingen/importeren", workbook(head, cor), re.compile("overnemen"))

    adam, bert = number_of(desk, "adam@example.org"), number_of(desk, "bert@example.org")
    passed = {"outcome": "passed", "day": today().isoformat()}
    report(
        desk,
        make_api_key(desk),
        {"id": "T-1", "enrolment": adam, "step": "theorietoets", **passed},
        {"id": "P-1", "enrolment": bert, "step": "betaling", **passed},
    )
    columns = ("Deelnamenummer", "Stap", "Uitslag", "Datum")
    failed = (bert, "Theorietoets", "niet geslaagd", f"{today():%d-%m-%Y}")
    take_over(desk, "/beheer/uitslagen", workbook(columns, failed), re.compile("overnemen"))

    manager.goto("/overzicht?route=warmtepomp")
    assert signs(manager, "Kuiper, Adam") == ["geslaagd", "geslaagd", "geslaagd", "open", "open"]
    assert signs(manager, "Kuiper, Bert") == ["geslaagd", "geslaagd", "gezakt", "open", "open"]
    assert signs(manager, "Kuiper, Cor") == ["geslaagd", "open", "open", "open", "open"]
    manager.get_by_role("link", name=re.compile("Ontkoppel kandidaat.*Cor")).click()
    manager.get_by_role("dialog").get_by_role("button", name="Ontkoppelen").click()
    expect(manager.locator("#aantal")).to_have_text("2 resultaten - Toon 1 - 2")
    with manager.expect_download() as download:
        manager.get_by_role("link", name="Download selectie (Excel)").click()
    rows = list(load_workbook(BytesIO(download.value.path().read_bytes()), read_only=True).worksheets[0].values)
    assert len(rows) == 3
    assert {row[rows[0].index("Voornaam")] for row in rows[1:]} == {"Adam", "Bert"}
