"""What Lighthouse, on a phone, thinks of a list of fifty rows."""

import json
import os
import shutil
import subprocess
from statistics import median
from typing import Any

import click

from tests.benchmarks.load import wait_until_quiet
from tests.benchmarks.shipped import Bench, Figure, Portal, at_least

VERSION = "12.8.2"
USER = "schaal.groot"
PAGES = {"Overzicht": "/overzicht?per_pagina=50", "Betaalcodes": "/betaalcodes?per_pagina=50"}
TIMES = 3
CHROMIUM = "/usr/bin/chromium"


def figures(bench: Bench) -> list[Figure]:
    """Nothing without npm and Chromium."""
    if shutil.which("npm") is None or not shutil.which(CHROMIUM):
        click.echo("Lighthouse is left out: npm or chromium is missing (apt-get install npm chromium)", err=True)
        return []
    install = ("npm", "install", "--no-audit", "--no-fund", "--silent", f"lighthouse@{VERSION}")
    subprocess.run(install, cwd=bench.folder, check=True)
    with bench.portal() as portal:
        return [figure(bench, portal, page, path) for page, path in PAGES.items()]


def figure(bench: Bench, portal: Portal, page: str, path: str) -> Figure:
    wait_until_quiet()
    reports = [report(bench, portal, path) for _ in range(TIMES)]
    scores = [100 * each["categories"]["performance"]["score"] for each in reports]
    paint = median(each["audits"]["largest-contentful-paint"]["numericValue"] for each in reports)
    return at_least(
        f"Lighthouse {VERSION}, mobile performance of {page} with 50 rows",
        98,
        median(scores),
        note=f"largest paint after {paint / 1000:.2f} s",
    )


def report(bench: Bench, portal: Portal, path: str) -> dict[str, Any]:
    headers = json.dumps({"Cookie": portal.headers(USER)["Cookie"]})
    told = subprocess.run(
        [
            str(bench.folder / "node_modules/.bin/lighthouse"),
            f"{portal.url}{path}",
            "--quiet",
            "--output=json",
            "--only-categories=performance",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
            f"--extra-headers={headers}",
        ],
        env=os.environ | {"CHROME_PATH": CHROMIUM},
        cwd=bench.folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found: dict[str, Any] = json.loads(told)
    assert found["finalDisplayedUrl"] == f"{portal.url}{path}", found["finalDisplayedUrl"]
    return found
