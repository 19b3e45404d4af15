"""The locks install on a fresh machine with nothing but pip, and nothing that was not looked at."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z, -]+\])?==([^ ;\\]+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return dict(PIN.findall((ROOT / lock).read_text()))


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-security.lock"])
def test_every_version_has_its_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = re.split(r"\n(?=[a-z])", text)
    assert len(entries) == len(PIN.findall(text))
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert "://" not in text


def test_the_build_backend_is_locked_and_pip_is_not() -> None:
    locked = pins("requirements.lock")
    assert "flit-core" in locked
    assert not {"pip", "setuptools"} & set(locked)


def test_what_is_tested_is_what_runs() -> None:
    tested = pins("requirements-dev.lock")
    assert {name: tested.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")


def test_every_dependency_that_is_asked_for_is_locked() -> None:
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())
    names = [*asked["project"]["dependencies"], *asked["dependency-groups"]["dev"]]
    wanted = {re.split(r"[^A-Za-z0-9_-]", name)[0].replace("_", "-") for name in names}
    assert wanted <= set(pins("requirements-dev.lock"))
