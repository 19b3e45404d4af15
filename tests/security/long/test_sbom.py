"""The bill of materials names all that others wrote, with its version and its hashes."""

import re
from pathlib import Path

import pytest

from app.pages import STATIC
from tests.security.long.scanners import ROOT
from tests.security.sbom import bill
from tests.test_locks import pins
from tests.vendored.test_checksums import LISTED

pytestmark = [pytest.mark.long, pytest.mark.once]


def test_it_names_every_package_and_file_with_version_and_hash(tmp_path: Path) -> None:
    made = bill(tmp_path)
    assert made["bomFormat"] == "CycloneDX"
    components = {each["name"]: each for each in made["components"]}
    expected = pins("requirements.lock") | {"htmx.org": "4.0.1", "lucide-static": "1.62.0"}
    assert {name: each["version"] for name, each in components.items()} == expected
    hashes = {
        found["content"]
        for each in made["components"]
        for found in [*each.get("hashes", []), *_of(each.get("externalReferences", []))]
    }
    locked = set(re.findall(r"--hash=sha256:([0-9a-f]{64})", (ROOT / "requirements.lock").read_text()))
    files = {LISTED[name] for name in LISTED if (STATIC / name).suffix in {".js", ".svg"}}
    assert hashes == locked | files


def _of(references: list[dict[str, list[dict[str, str]]]]) -> list[dict[str, str]]:
    return [found for each in references for found in each.get("hashes", [])]
