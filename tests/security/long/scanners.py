"""Programs that look for holes, from the environment `.venv-security`, which `make security` makes."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
BIN = ROOT / ".venv-security/bin"


def scan(
    program: str, *arguments: str | Path, home: Path, where: Path = ROOT, within: float = 1200
) -> subprocess.CompletedProcess[str]:
    """What it says, and its exit code. What it keeps is kept in `home`; stopped after `within` seconds."""
    if not (BIN / program).exists():
        pytest.fail(f"{program} is missing: make security installs it")
    return subprocess.run(
        (BIN / program, *arguments),
        env=os.environ | {"HOME": str(home), "PATH": f"{BIN}:{os.environ['PATH']}", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        cwd=where,
        timeout=within,
        stdin=subprocess.DEVNULL,
    )
