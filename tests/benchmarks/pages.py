"""How long the list pages take: `python -m tests.benchmarks.pages http://127.0.0.1:8000`.

Signs in at a portal that serves a scale world and asks for each page in turn, as htmx does, one request
after the other; prints the median and the slowest of `ROUNDS`, in milliseconds as the client sees them."""

import sys
import time
from collections.abc import Mapping
from statistics import median

from httpx import Client
from lxml import html

PASSWORD = "Merel!9bruggen"
ROUNDS = 41
WHOLE = {"Accept-Encoding": "br"}
FRAGMENT = WHOLE | {"HX-Request": "true"}
PAGES = {
    "schaal.groot": (
        "/overzicht",
        "/overzicht?route=co",
        "/overzicht?pagina=999999",
        "/overzicht?trefwoorden=jansen",
        "/overzicht?trefwoorden=jansen&pagina=999999",
        "/overzicht?status=herkansing&sorteer=-aangemeld",
        "/betaalcodes",
        "/betaalcodes?pagina=999999",
        "/betaalcodes?trefwoorden=jansen",
    ),
    "schaal.midden": ("/overzicht", "/overzicht?trefwoorden=jansen", "/betaalcodes"),
    "schaal.klein": ("/overzicht", "/overzicht?route=co", "/betaalcodes"),
}


def main(base_url: str) -> None:
    for username, addresses in PAGES.items():
        with Client(base_url=base_url) as client:
            sign_in(client, username)
            for address in addresses:
                times = [milliseconds(client, address) for _ in range(ROUNDS)]
                sys.stdout.write(f"{username:14} {address:50} p50 {median(times):6.1f}  max {max(times):6.1f}\n")


def sign_in(client: Client, username: str) -> None:
    form = html.fromstring(client.get("/inloggen").content).forms[0]
    fields = dict(form.form_values()) | {"gebruikersnaam": username, "wachtwoord": PASSWORD}
    answer = client.post("/inloggen", data=fields)
    if answer.status_code != 303:
        raise SystemExit(f"{username} cannot sign in: {answer.status_code}")


def milliseconds(client: Client, address: str, headers: Mapping[str, str] = FRAGMENT) -> float:
    start = time.perf_counter()
    answer = client.get(address, headers=headers)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answers {answer.status_code}")
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main(sys.argv[1])
