"""html-validate and vnu find nothing in any page or fragment.

What `.htmlvalidate.json` sets besides its own choices: a list may have a name, which ARIA allows and which tells
what the list is of; the doctype is in small letters; a telephone number on one line needs no other spaces, so that
it can be found and copied as it is written."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.quality.sources import FRAGMENTS, PAGES, gather

HERE = Path(__file__).parent
HTML_VALIDATE = (HERE / "node_modules/.bin/html-validate", "--config", HERE / ".htmlvalidate.json")
VNU = ("java", "-Xss1024k", "-jar", HERE / "node_modules/vnu-jar/build/dist/vnu.jar")


@pytest.fixture(scope="module")
def sources(
    used_server: str, broken_server: str, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    return gather(browser, used_server, broken_server, tmp_path_factory.mktemp("sources"))


def test_every_page_and_fragment_is_there(sources: list[Path]) -> None:
    assert len(sources) == len(PAGES) + len(FRAGMENTS) + 1
    assert all("</html>" in source.read_text() for source in sources)


def test_html_validate_finds_nothing(sources: list[Path]) -> None:
    require("node", *HTML_VALIDATE, "--version")
    judge(*HTML_VALIDATE, "--formatter", "text", *sources)


def test_vnu_finds_nothing(sources: list[Path]) -> None:
    require("java", *VNU, "--version")
    judge(*VNU, "--format", "gnu", "--stdout", *sources)


def require(program: str, *command: str | Path) -> None:
    """Skips where the tool cannot run; CI fails when it has what the tool needs."""
    if _run(*command).returncode == 0:
        return
    reason = f"needs npm and {program}: tests/prepare says what is missing"
    if os.environ.get("CI") and shutil.which("npm") and shutil.which(program):
        pytest.fail(reason)
    pytest.skip(reason)


def judge(*command: str | Path) -> None:
    result = _run(*command)
    if result.returncode or result.stdout:
        pytest.fail(f"ended with {result.returncode}:\n{result.stdout}{result.stderr}", pytrace=False)


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as missing:
        return subprocess.CompletedProcess(command, 127, "", str(missing))
