"""What scanners find in the running portal, as a manager who is signed in: nothing. Both find what is planted."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser import serving
from tests.security.long.planted import holes
from tests.security.long.scanners import scan
from tests.worlds import PASSWORD, Worlds

pytestmark = [pytest.mark.long, pytest.mark.once]

# Not those that look for other programs, guess passwords (throttled), or look at what only https has, which
# test_internet_nl.py holds.
MODULES = "backup,crlf,csp,csrf,exec,file,htaccess,ldap,methods,permanentxss,redirect,sql,ssrf,timesql,upload,xss,xxe"
# One page of each kind, with every parameter that it reads.
PAGES = (
    "/overzicht?route=co&trefwoorden=jan&organisatie=NWT&profiel=co&stap=betaling&uitslag=geslaagd&status=lopend"
    "&vanaf=2024-01-01&tot=2026-12-31&sorteer=naam&pagina=1&per_pagina=25",
    "/betaalcodes?trefwoorden=jan&organisatie=NWT&profiel=co&status=gebruikt&aangemaakt_vanaf=2022-01-01"
    "&aangemaakt_tot=2026-12-31&sorteer=-aangemaakt&pagina=1&per_pagina=25",
    "/overzicht.xlsx?trefwoorden=jan&sorteer=naam",
    "/deelnames/1*",
    "/inloggen?volgende=/overzicht",
)
FOUND = re.compile(r"identified the following injection point|is vulnerable|appears to be .* injectable")


@pytest.fixture(scope="module")
def site(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demo world that a scanner may write in."""
    with serving(worlds, "scanned", tmp_path_factory.mktemp("scanned")) as url:
        yield url


@pytest.fixture(scope="module")
def cookies(site: str) -> str:
    """Of a manager of two organisations."""
    with httpx.Client(base_url=site, headers={"Sec-Fetch-Site": "same-origin"}) as client:
        form = client.get("/inloggen").text
        token = form.split('name="_csrf" value="')[1].split('"')[0]
        sent = {"_csrf": token, "gebruikersnaam": "bram.devries", "wachtwoord": PASSWORD}
        assert client.post("/inloggen", data=sent).headers["location"] == "/overzicht"
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def wapiti(url: str, home: Path, modules: str, *options: str) -> dict[str, list[dict[str, str]]]:
    """Kind of hole → where it found one."""
    report = home / "report.json"
    scan(
        "wapiti",
        *("--url", url, "--scope", "domain", "--module", modules, "--format", "json", "--output", str(report)),
        *("--store-session", str(home), "--store-config", str(home), "--flush-session", "--verbose", "0", *options),
        home=home,
        within=1500,
    )
    found = json.loads(report.read_text())
    assert found["infos"]["crawled_pages_nbr"] > 0
    kinds: dict[str, list[dict[str, str]]] = found["vulnerabilities"] | found["anomalies"]
    return {kind: each for kind, each in kinds.items() if each}


def test_wapiti_finds_what_is_planted(tmp_path: Path) -> None:
    with holes() as url:
        assert {"SQL Injection", "Reflected Cross Site Scripting"} <= set(wapiti(f"{url}/", tmp_path, "sql,xss"))


def test_wapiti_finds_nothing(site: str, cookies: str, tmp_path: Path) -> None:
    options = ("--header", f"Cookie: {cookies}", "--header", "Sec-Fetch-Site: same-origin")
    limits = ("--max-scan-time", "240", "--max-attack-time", "60", "--depth", "5", "--max-files-per-dir", "15")
    start = ("--start", f"{site}/betaalcodes", "--start", f"{site}/profiel", "--exclude", f"{site}/uitloggen")
    found = wapiti(f"{site}/overzicht", tmp_path, MODULES, *options, *limits, *start)
    assert found == {}, json.dumps(found, indent=1)[:4000]


def sqlmap(url: str, home: Path, *options: str) -> str:
    quiet = ("--batch", "--disable-coloring", "--flush-session", "--output-dir", str(home), "--threads", "4")
    return scan("sqlmap", "-u", url, *quiet, *options, home=home, within=1500).stdout


def test_sqlmap_finds_what_is_planted(tmp_path: Path) -> None:
    with holes() as url:
        assert FOUND.search(sqlmap(f"{url}/zoek?naam=jan", tmp_path, "--dbms", "sqlite"))


@pytest.mark.parametrize("page", PAGES)
def test_sqlmap_finds_nothing(site: str, cookies: str, tmp_path: Path, page: str) -> None:
    said = sqlmap(f"{site}{page}", tmp_path, "--cookie", cookies, "--dbms", "sqlite", "--level", "1", "--risk", "2")
    assert "all tested parameters do not appear to be injectable" in said, said[-4000:]
    assert not FOUND.search(said), said[-4000:]
