"""The image holds what the portal needs to run and nothing else; what it leaves behind is not missed."""

import re
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest
from httpx import Client

from tests.benchmarks.pages import sign_in
from tests.browser import serving
from tests.worlds import Worlds

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
BUILD, RUN = DOCKERFILE.split("\n\nFROM ")
TAKEN = {"app", "migrations", "static", "templates", "pyproject.toml", "requirements.lock"}
BLOCKER = """
import sys


class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {names!r}:
            raise ModuleNotFoundError(name)


sys.meta_path.insert(0, Blocker())
"""


def left_behind() -> set[str]:
    """What is uninstalled after the locked versions were installed; of what builds the portal that is no loss."""
    [names] = re.findall(r"pip uninstall --yes --quiet(.+?)&&", DOCKERFILE.replace("\\\n", " "), re.S)
    return set(names.split()) - {"flit_core", "pip"}


def test_it_follows_the_rules_for_dockerfiles() -> None:
    said = subprocess.run([ROOT / ".venv/bin/hadolint", ROOT / "Dockerfile"], capture_output=True, text=True)
    assert said.returncode == 0, said.stdout


def test_it_is_made_of_one_base_and_needs_no_newer_builder() -> None:
    assert set(re.findall(r"^FROM (\S+)", DOCKERFILE, re.M)) == {"python:3.13-slim"}
    assert "<<" not in DOCKERFILE


def test_dependencies_come_by_their_hashes() -> None:
    assert "--require-hashes -r requirements.lock" in BUILD


def test_it_takes_in_what_runs_and_nothing_else() -> None:
    copied = {
        source for sources in re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.M) for source in sources.split()
    }
    assert copied == TAKEN
    ignored, *let_through = (ROOT / ".dockerignore").read_text().split()
    assert ignored == "*"
    assert {line.removeprefix("!") for line in let_through if line.startswith("!")} == TAKEN
    assert re.findall(r"^COPY --from=(.+)$", RUN, re.M) == ["build /app /app"]


def test_nobody_runs_it_and_it_can_be_stopped_and_looked_after() -> None:
    assert re.findall(r"^USER (.+)$", RUN, re.M) == ["10001:10001"]
    assert "STOPSIGNAL SIGTERM" in RUN
    assert re.search(r"^HEALTHCHECK .*\n.*/gezond", RUN, re.M)
    assert RUN.rstrip().endswith('CMD ["serve", "--host", "0.0.0.0", "--migrate"]')


@pytest.fixture
def blocker(tmp_path: Path) -> str:
    """A folder that, on the path of Python, hides what the image leaves behind."""
    names = {
        name
        for each in left_behind()
        for name in (distribution(each).read_text("top_level.txt") or each.replace("-", "_")).split()
    }
    (tmp_path / "sitecustomize.py").write_text(BLOCKER.format(names=names))
    return str(tmp_path)


def test_what_it_leaves_behind_is_not_missed(worlds: Worlds, tmp_path: Path, blocker: str) -> None:
    with serving(worlds, "image", tmp_path, PYTHONPATH=blocker) as site, Client(base_url=site) as client:
        sign_in(client, "anna.smit")
        for address in ("/overzicht", "/overzicht.xlsx", "/betaalcodes", "/profiel/beveiliging", "/ondersteuning"):
            assert client.get(address).status_code == 200, address
