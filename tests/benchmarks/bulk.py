"""Much at once, the way it comes in: codes by the form, enrolments by a file, results by the API."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from httpx import AsyncClient, Client
from lxml import html

from app.clock import today
from tests.benchmarks.load import wait_until_quiet
from tests.benchmarks.shipped import Bench, Figure, Portal, at_least, at_most
from tests.clients import sign_in
from tests.imports.files import ENROLMENTS, as_csv, confirmed, said, settled, uploaded
from tests.imports.people import people

CODES, BATCHES = 10_000, 3
ROWS = 5_000
MOST, CALLS = 1_000, 10
ADMINISTRATOR = "beheerder"
ENROLS = "dirk.visser"
# Who paid, and has nothing else: the next step of each is the one at its first `o`.
WAITING = "SELECT number, route, progress FROM enrolment WHERE progress LIKE 'po%' ORDER BY id LIMIT {}"


def figures(bench: Bench) -> list[Figure]:
    wait_until_quiet()
    with bench.portal() as portal, portal.client(ADMINISTRATOR) as client:
        return [issued(client), reported(portal, client), imported(portal)]


def issued(client: Client) -> Figure:
    """From sending the form to being led to the batch."""
    times = [_issue(client) for _ in range(BATCHES)]
    return at_most(f"{CODES:,} paycodes", 0.3, median(times), " s", f"of {BATCHES}, the slowest {max(times):.2f}")


def _issue(client: Client) -> float:
    path = "/beheer/batches/nieuw"
    form = html.fromstring(client.get(path).content).xpath("//main//form[@method='post']")[0]
    choices = [value for value in form.inputs["profiel"].value_options if value]
    fields = dict(form.form_values()) | {"aantal": str(CODES), "profiel": choices[0], "organisatie": "GRT"}
    start = time.perf_counter()
    answer = client.post(path, data=fields)
    lasted = time.perf_counter() - start
    assert answer.status_code == 303, answer.status_code
    return lasted


def imported(portal: Portal) -> Figure:
    """From sending the file, which is then checked, shown and confirmed, to seeing that all were taken over."""
    return at_most(f"Import of {ROWS:,} enrolments", 10, asyncio.run(_import(portal)), " s")


async def _import(portal: Portal) -> float:
    async with AsyncClient(base_url=portal.url, timeout=60) as client:
        await sign_in(client, ENROLS)
        content = as_csv(people(ROWS))
        start = time.perf_counter()
        address = await uploaded(client, ENROLMENTS, content)
        await settled(client, address)
        done = await confirmed(client, address)
        lasted = time.perf_counter() - start
        assert "5.000 kandidaten overgenomen" in said(done), said(done)
        return lasted


def reported(portal: Portal, client: Client) -> Figure:
    """Each the next result of somebody who waits for it, call after call."""
    key = _key(client)
    results = list(_results(portal))
    calls = [results[start : start + MOST] for start in range(0, len(results), MOST)]
    with Client(base_url=portal.url, timeout=60, headers={"Authorization": f"Bearer {key}"}) as system:
        times = [_report(system, call) for call in calls]
    return at_least(
        f"Results through the API, {len(calls)} calls of {len(calls[0]):,}",
        2_000,
        len(results) / sum(times),
        " a second",
        f"a call {median(times):.2f} s, the slowest {max(times):.2f}",
    )


def _key(client: Client) -> str:
    path = "/beheer/api-sleutels/nieuw"
    form = html.fromstring(client.get(path).content).xpath("//main//form[@method='post']")[0]
    fields = dict(form.form_values()) | {"naam": "Meting", "bron": "meting", "results:write": "1"}
    made = html.fromstring(client.post(path, data=fields).content)
    return str(made.xpath("string(//code[@class='secret'])"))


def _results(portal: Portal) -> Iterator[dict[str, Any]]:
    found = portal.databases.rows("SELECT route, position, slug FROM step", portal.name)
    steps = {(route, int(position)): slug for route, position, slug in found}
    waiting = portal.databases.rows(WAITING.format(MOST * CALLS), portal.name)
    for number, route, progress in waiting:
        yield {
            "id": f"M-{number}",
            "enrolment": number,
            "step": steps[route, progress.index("o") + 1],
            "outcome": "passed",
            "day": today().isoformat(),
        }


def _report(system: Client, results: Sequence[dict[str, Any]]) -> float:
    content = json.dumps({"results": results})
    start = time.perf_counter()
    answer = system.post("/api/v1/results", content=content, headers={"Content-Type": "application/json"})
    lasted = time.perf_counter() - start
    assert answer.status_code == 200, answer.text
    refused = [each["reason"] for each in answer.json()["results"] if each["status"] != "created"]
    assert not refused, refused[:3]
    return lasted
