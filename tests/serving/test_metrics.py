"""Who has the key reads what the portal counted, of all its processes together, and nothing of anybody."""

import json
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from httpx import AsyncClient
from prometheus_client.parser import text_string_to_metric_families

from tests.account.test_on_a_real_server import browser, form_of, guess, sign_in
from tests.browser import serving, worker
from tests.worlds import Worlds

KEY = "k7Rt0vQ2mXb5Zs8Wd1Hn4Lc6Yp9Gf3Ja"
AUTHORIZATION = {"Authorization": f"Bearer {KEY}"}
ROUNDS = 40


def read(url: str) -> dict[tuple[str, ...], float]:
    """Every figure by its name and labels."""
    answer = httpx.get(f"{url}/metrics", headers=AUTHORIZATION, timeout=30)
    assert answer.status_code == 200
    return figures(answer.text)


def figures(text: str) -> dict[tuple[str, ...], float]:
    found = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {(each.name, *(each.labels[label] for label in sorted(each.labels))): each.value for each in found}


@pytest.mark.parametrize("headers", [{}, AUTHORIZATION, {"Authorization": "Bearer x"}, {"Authorization": KEY}])
async def test_without_a_key_of_its_own_the_portal_has_no_such_address(
    client: AsyncClient, demo_readonly: None, headers: dict[str, str]
) -> None:
    assert (await client.get("/metrics", headers=headers)).status_code == 404


@pytest.fixture(scope="module")
def two_workers(worlds: Worlds, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("metered")
    with serving(worlds, f"metered-{worker()}", folder, workers=2, METRICS_KEY=KEY, LOG_FORMAT="json") as url:
        yield url, folder / f"metered-{worker()}.log"


def test_two_processes_count_as_one(two_workers: tuple[str, Path]) -> None:
    url, _ = two_workers
    for headers in ({}, {"Authorization": f"Bearer {KEY}x"}, {"Authorization": f"Basic {KEY}"}):
        assert httpx.get(f"{url}/metrics", headers=headers).status_code == 404
    with browser(url) as client:
        sign_in(client)
        before = read(url)
        for _ in range(ROUNDS):
            assert client.get("/ondersteuning").status_code == 200
        client.get("/deelnames/999999999")
        client.get("/anna.smit@voorbeeld.example")
    with browser(url) as visitor:
        form = form_of(visitor, "/inloggen")
        assert guess(visitor, form, "bram.devries").status_code == 422
    after = read(url)
    since = Counter(after)
    since.subtract(before)
    assert since["portaal_requests_total", "GET", "/ondersteuning", "200"] == ROUNDS
    assert since["portaal_request_seconds_count", "/ondersteuning"] == ROUNDS
    assert since["portaal_requests_total", "GET", "/deelnames/{enrolment}", "404"] == 1
    assert since["portaal_requests_total", "GET", "", "404"] == 1
    assert since["portaal_refused_total", "sign_in"] == 1
    assert since["portaal_statement_seconds_count",] > ROUNDS
    assert 0 < since["portaal_statement_seconds_sum",] < ROUNDS
    assert after["portaal_database_up",] == 1
    waits = ("letters_waiting", "letters_failed", "downloads_waiting", "imports_waiting", "letters_oldest_seconds")
    assert all(after[f"portaal_{each}",] >= 0 for each in waits)


def test_the_connections_are_those_of_both(two_workers: tuple[str, Path], pytestconfig: pytest.Config) -> None:
    from app.database import POOL_MIN_SIZE
    from app.sqlite import READERS

    url, _ = two_workers
    least = 2 * (POOL_MIN_SIZE if pytestconfig.getoption("--database") == "postgres" else READERS + 1)
    deadline = time.monotonic() + 15
    while True:
        found = read(url)
        known = sum(found.get(("portaal_database_connections", state), 0) for state in ("in use", "free"))
        if known >= least:
            return
        assert time.monotonic() < deadline, known
        time.sleep(0.2)


def test_a_line_of_the_log_is_json_and_names_its_request(two_workers: tuple[str, Path]) -> None:
    url, log = two_workers
    answer = httpx.post(f"{url}/inloggen", data={"gebruikersnaam": "kanarie", "wachtwoord": "kanarie"})
    assert answer.status_code == 403
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    [line] = [each for each in lines if each.get("request") == answer.headers["x-request-id"]]
    assert (line["event"], line["path"]) == ("refused", "/inloggen")
    assert "kanarie" not in log.read_text()


def test_no_label_is_what_somebody_sent(two_workers: tuple[str, Path]) -> None:
    url, _ = two_workers
    httpx.request("KANARIE", f"{url}/kanarie?kanarie=kanarie", headers={"X-Request-ID": "kanarie-kanarie"})
    text = httpx.get(f"{url}/metrics", headers=AUTHORIZATION).text
    assert "kanarie" not in text.lower()
    assert not re.search(r"smit|vries|@", text)
