"""The bill of materials: everything of others that the portal is made of, with version and hash, as CycloneDX.

`make sbom` writes it to `dist/sbom.json`: cyclonedx-py reads the lock, and what lies in `static/` is added."""

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from app.pages import STATIC
from tests.security.long.scanners import ROOT, scan
from tests.vendored.test_checksums import LISTED

LUCIDE = re.compile(r"Lucide ([\d.]+)")


def bill(home: Path) -> dict[str, Any]:
    """What cyclonedx-py keeps, it keeps in `home`."""
    said = scan(
        "cyclonedx-py", "requirements", "requirements.lock", "--pyproject", "pyproject.toml", "--output-reproducible",
        home=home, within=120,
    )  # fmt: skip
    if said.returncode:
        raise RuntimeError(said.stderr)
    found: dict[str, Any] = json.loads(said.stdout)
    return found | {"components": [*found["components"], *vendored()]}


def vendored() -> list[dict[str, Any]]:
    """Files of others that are served as they are."""
    script = next(name for name in LISTED if name.startswith("htmx-"))
    lucide = LUCIDE.search((STATIC / "icons.svg").read_text())
    assert lucide
    return [
        _component("htmx.org", script.removeprefix("htmx-").removesuffix(".min.js"), "0BSD", script),
        _component("lucide-static", lucide[1], "ISC", "icons.svg"),
    ]


def _component(name: str, version: str, licence: str, file: str) -> dict[str, Any]:
    return {
        "bom-ref": f"static/{file}",
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:npm/{name}@{version}",
        "licenses": [{"license": {"id": licence}}],
        "hashes": [{"alg": "SHA-256", "content": LISTED[file]}],
    }


def main(target: Path) -> None:
    with tempfile.TemporaryDirectory() as home:
        text = json.dumps(bill(Path(home)), indent=2, sort_keys=True)
    target.parent.mkdir(exist_ok=True)
    target.write_text(f"{text}\n")


if __name__ == "__main__":
    main(ROOT / sys.argv[1])
