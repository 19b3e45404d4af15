"""No line of the portal does what its rules forbid, and each rule is heard when it is broken."""

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.security.long.scanners import ROOT, scan

pytestmark = [pytest.mark.long, pytest.mark.once]

RULES = Path(__file__).parent / "rules.yaml"
QUIET = ("scan", "--metrics", "off", "--disable-version-check", "--config", RULES, "--json", "--no-git-ignore")

# In this semgrep stumbles over the one `match` of the portal, and reads on after it.
UNREAD = {"app/paycodes/batches/history.py"}

_OWN = "repeats a constant of its own for each value"
REASONS = [
    ("query-without-access", "app/organisations/queries.py", "takes the viewer, whose access says which"),
    ("sql-made-of-parts", "app/candidates/administration/queries.py", _OWN),
    ("sql-made-of-parts", "app/candidates/workbook.py", "names one of its own columns"),
    ("sql-made-of-parts", "app/paycodes/filters.py", _OWN),
    ("sql-made-of-parts", "app/people/filters.py", _OWN),
    ("sql-made-of-parts", "app/query.py", _OWN),
    ("sql-made-of-parts", "app/results/certificates.py", _OWN),
    ("sql-made-of-parts", "app/results/recording.py", _OWN),
    ("text-as-markup", "app/pages.py", "the address is escaped"),
    ("text-as-markup", "app/pages.py", "what a macro made, which escapes"),
    ("text-as-markup", "app/pages.py", "the drawing of a library, of an address of our own"),
]


def rules() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(RULES.read_text())["rules"]
    return found


def heard(home: Path, *where: Path) -> Counter[tuple[str, str]]:
    """How often each rule is broken in each file; a file that semgrep cannot read fails."""
    answer = json.loads(scan("semgrep", *QUIET, *where, home=home).stdout)
    assert {relative(each["path"]) for each in answer["errors"]} <= UNREAD, answer["errors"]
    return Counter((found["check_id"].rsplit(".", 1)[1], relative(found["path"])) for found in answer["results"])


def relative(path: str) -> str:
    return str((ROOT / path).relative_to(ROOT))


def test_nothing_in_the_portal_breaks_a_rule_without_a_reason(tmp_path: Path) -> None:
    assert heard(tmp_path, ROOT / "app", ROOT / "templates") == Counter((rule, path) for rule, path, _ in REASONS)


def test_each_rule_is_heard_when_it_is_broken(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=ROOT, prefix="planted-") as folder:
        for rule in rules():
            planted = Path(folder) / rule["id"] / rule["metadata"].get("planted_in", "planted.py")
            planted.parent.mkdir()
            planted.write_text(rule["metadata"]["planted"])
        broken = {(rule, Path(path).parent.name) for rule, path in heard(tmp_path, Path(folder))}
    assert broken == {(rule["id"], rule["id"]) for rule in rules()}


def findings(home: Path, *arguments: str | Path) -> list[dict[str, Any]]:
    """What bandit finds of at least medium weight."""
    said = scan("bandit", "--quiet", "--severity-level", "medium", "--format", "json", *arguments, home=home)
    found: list[dict[str, Any]] = json.loads(said.stdout)["results"]
    return found


def test_bandit_finds_nothing_that_has_no_reason(tmp_path: Path) -> None:
    """Ruff asks the same, and has its answer in the line; in a file of statements alone there is one for all of it."""
    found = [each for each in findings(tmp_path, "--recursive", "app") if "app/constraints/" not in each["filename"]]
    assert [(each["test_id"], each["filename"], each["line_number"]) for each in found if not has_reason(each)] == []


def has_reason(found: dict[str, Any]) -> bool:
    lines = (ROOT / found["filename"]).read_text().splitlines()
    return any(f"noqa: {found['test_id'].replace('B', 'S')}" in lines[line - 1] for line in found["line_range"])


def test_bandit_hears_what_is_planted(tmp_path: Path) -> None:
    planted = tmp_path / "planted.py"
    planted.write_text("import subprocess\n\nsubprocess.run('ls ' + name, shell=True)\n")
    assert {each["test_id"] for each in findings(tmp_path, planted)} == {"B602"}
