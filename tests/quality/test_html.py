"""html-validate and vnu find nothing in any page or fragment.

What `.htmlvalidate.json` sets besides its own choices: a list may have a name, which ARIA allows and which tells
what the list is of; the doctype is in small letters; a telephone number on one line needs no other spaces, so that
it can be found and copied as it is written; boxes to tick share a name, as the rows that they choose share a column."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.quality.sources import FRAGMENTS, PAGES, gather

pytestmark = pytest.mark.once

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Judge:
    name: str
    needs: str
    command: tuple[str | Path, ...]
    options: tuple[str, ...]

    @property
    def runs(self) -> bool:
        return self.run("--version").returncode == 0

    def complaints(self, sources: list[Path]) -> str:
        """Nothing is what one hopes for."""
        result = self.run(*self.options, *sources)
        return result.stdout + result.stderr if result.returncode or result.stdout else ""

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run((*self.command, *arguments), capture_output=True, text=True, check=False)
        except FileNotFoundError as missing:
            return subprocess.CompletedProcess(self.command, 127, "", str(missing))


HTML_VALIDATE = HERE / "node_modules/.bin/html-validate"
VNU = HERE / "node_modules/vnu-jar/build/dist/vnu.jar"
JUDGES = (
    Judge("html-validate", "node", (HTML_VALIDATE, "--config", HERE / ".htmlvalidate.json"), ("--formatter", "text")),
    Judge("vnu", "java", ("java", "-Xss1024k", "-jar", VNU), ("--format", "gnu", "--stdout")),
)


def test_the_judges_find_nothing(used_server: str, broken_server: str, browser: Browser, tmp_path: Path) -> None:
    """In one test: what they judge is gathered once."""
    sources = gather(browser, used_server, broken_server, tmp_path)
    assert len(sources) == len(PAGES) + len(FRAGMENTS) + 1
    here = [judge for judge in JUDGES if judge.runs]
    complaints = "".join(judge.complaints(sources) for judge in here)
    assert not complaints, complaints
    for judge in JUDGES:
        if judge not in here:
            miss(judge)


def miss(judge: Judge) -> None:
    """CI fails when it has what the tool needs, and the tool does not run."""
    reason = f"{judge.name} does not run: it needs npm and {judge.needs}, see tests/prepare"
    if os.environ.get("CI") and shutil.which("npm") and shutil.which(judge.needs):
        pytest.fail(reason)
    pytest.skip(reason)
