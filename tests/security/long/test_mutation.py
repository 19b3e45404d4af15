"""Where a mistake opens a door, a mistake is noticed: of all small changes to these modules at most one in ten goes
past the tests named here."""

import json
import shlex
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.security.long.scanners import ROOT, scan

pytestmark = [pytest.mark.long, pytest.mark.once]

TESTS = {
    "app/access.py": "tests/security/test_access.py",
    "app/paycodes/redemption.py": "tests/paycodes/test_redemption.py",
    "app/throttle.py": "tests/throttle",
    "app/tokens.py": "tests/security/test_tokens.py",
}
LEAST = 0.9
# Plugins that these tests do without take most of the time of a start.
PYTEST = (
    *("env", "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1", str(ROOT / ".venv/bin/python"), "-m", "pytest"),
    *("-p", "anyio.pytest_plugin", "-p", "no:cacheprovider", "-q", "-x"),
)
COPIED = ("app", "migrations", "static", "templates", "tests", "pyproject.toml")
SESSION = """
[cosmic-ray]
module-path = "{module}"
timeout = 60.0
excluded-modules = []
test-command = {command}
[cosmic-ray.distributor]
name = "local"
"""


@pytest.mark.parametrize("module", TESTS)
def test_a_change_to_this_module_is_noticed(module: str, tmp_path: Path) -> None:
    """In a copy, which every change breaks in its own way; its worlds are made once."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in COPIED:
        source = ROOT / name
        ignore = shutil.ignore_patterns("node_modules", "__pycache__")
        shutil.copytree(source, copy / name, ignore=ignore) if source.is_dir() else shutil.copy(source, copy / name)
    (tmp_path / "worlds").mkdir()
    command = (*PYTEST, "--worlds", str(tmp_path / "worlds"), TESTS[module])
    subprocess.run(command, cwd=copy, check=True, capture_output=True, stdin=subprocess.DEVNULL)  # as it is: all pass
    (copy / "session.toml").write_text(SESSION.format(module=module, command=json.dumps(shlex.join(command))))
    for step in (("init", "session.toml", "session.sqlite"), ("exec", "session.toml", "session.sqlite")):
        said = scan("cosmic-ray", *step, home=tmp_path, where=copy, within=3000)
        assert said.returncode == 0, said.stderr
    told = [
        json.loads(line)[1]
        for line in scan("cosmic-ray", "dump", "session.sqlite", home=tmp_path, where=copy).stdout.splitlines()
    ]
    outcomes = Counter(each["test_outcome"] for each in told)
    survivors = "\n".join(each["diff"] for each in told if each["test_outcome"] == "survived")
    assert outcomes["killed"] >= LEAST * len(told), f"{outcomes}\n{survivors}"
