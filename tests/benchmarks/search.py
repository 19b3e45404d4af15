"""How long the administrator's search takes: `python -m tests.benchmarks.search http://127.0.0.1:8000`.

Asks the portal of a scale world for persons in each way that they can be sought, as htmx does, one request
after the other; prints the quickest, the median and the slowest of `ROUNDS`, in milliseconds as the client sees it."""

import sys
from statistics import median

from httpx import Client
from lxml import html

from app.query import as_query
from tests.benchmarks.pages import milliseconds, sign_in

ROUNDS = 21
PATH = "/beheer/kandidaten"
REGISTERED = "CRT-400000"


def main(base_url: str, username: str = "beheerder") -> None:
    with Client(base_url=base_url) as client:
        sign_in(client, username)
        for what, query in searches(client).items():
            address = f"{PATH}?{query}"
            times = [milliseconds(client, address) for _ in range(ROUNDS)]
            count = html.fromstring(client.get(address).content).xpath("string(//*[@id='aantal'])").strip()
            sys.stdout.write(
                f"{what:28} min {min(times):6.1f}  p50 {median(times):6.1f}  max {max(times):6.1f}  {count}\n"
            )


def searches(client: Client) -> dict[str, str]:
    """What is sought → the query, with the name, address and numbers of somebody who is there."""
    page = html.fromstring(client.get(PATH, params={"trefwoorden": "jansen", "pagina": "3"}).content)
    row = page.xpath("//tbody/tr[1]")[0]
    address = row.xpath("string(.//th//a/@href)")
    name, email = (row.xpath(f"string({cell})").strip() for cell in (".//th//a", ".//td[contains(., '@')]"))
    person = html.fromstring(client.get(address).content)
    number = person.xpath("string(//dt[.='Aanmeldnummer']/following-sibling::dd)").strip()
    give_number(client, f"{address}/bewerken")
    return {
        "nothing typed": "",
        "a whole name": as_query({"trefwoorden": name}),
        "an e-mail address": as_query({"trefwoorden": email}),
        "a rare word": as_query({"trefwoorden": email.partition("@")[0]}),
        "number of an enrolment": as_query({"trefwoorden": number}),
        "number in the CRT": as_query({"trefwoorden": REGISTERED}),
        "a common name": "trefwoorden=jansen",
        "a very common word": "trefwoorden=example",
        "its last page": "trefwoorden=example&pagina=9999",
        "two words": "trefwoorden=jan+vries",
        "one letter": "trefwoorden=j",
        "two letters": "trefwoorden=ja+de",
        "nothing found": "trefwoorden=bestaatniet",
        "nothing found, two words": "trefwoorden=jansen+bestaatniet",
        "without an organisation": "organisatie=geen",
        "a name in an organisation": "trefwoorden=jansen&organisatie=GRT",
        "one letter in an organisation": "trefwoorden=j&organisatie=GRT",
        "nothing in an organisation": "trefwoorden=bestaatniet&organisatie=GRT",
    }


def give_number(client: Client, address: str) -> None:
    """In the CRT: a scale world has none. 422: a run before this one gave it to somebody."""
    form = html.fromstring(client.get(address).content).xpath("//main//form[@method='post']")[0]
    answer = client.post(address, data=dict(form.form_values()) | {"crtnummer": REGISTERED})
    if answer.status_code not in {303, 422}:
        raise SystemExit(f"{address} answers {answer.status_code}")


if __name__ == "__main__":
    main(*sys.argv[1:])
