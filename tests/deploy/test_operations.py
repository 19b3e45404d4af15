"""docs/operations.md names nothing that is not there."""

import re
from pathlib import Path

import pytest

from app.cli import portaal
from app.meters import COUNTED
from app.metrics import WAITING
from app.settings import NAMES

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/operations.md").read_text()
OTHERS = {"HOST"}
"""Settings of compose.yaml alone."""


def test_its_commands_are_there() -> None:
    groups = {name: getattr(command, "commands", {}) for name, command in portaal.commands.items()}
    named = re.findall(r"(?:`|^|bin/|portaal )portaal ([a-z]+)(?: ([a-z]+))?", DOCUMENT, re.M)
    assert {"migrate", "serve", "backup", "restore", "restored", "user", "log"} <= {command for command, _ in named}
    for command, part in named:
        assert command in groups, command
        assert not groups[command] or part in groups[command], f"{command} {part}"


def test_its_settings_are_there() -> None:
    named = set(re.findall(r"`([A-Z][A-Z_]+)`|\b([A-Z]+(?:_[A-Z]+)+)=|-e ([A-Z]+(?:_[A-Z]+)*)=", DOCUMENT))
    names = {name for found in named for name in found if name}
    assert names - OTHERS - {"BYPASSRLS"} <= NAMES
    assert names


def test_its_metrics_are_there() -> None:
    counted = {metric.name for metric in COUNTED.collect()} | {*WAITING.values(), "portaal_database_up"}
    named = set(re.findall(r"`(portaal_[a-z_]+)", DOCUMENT)) - {"portaal_owner", "portaal_backup"}
    assert named
    assert named <= counted


def test_its_files_are_there() -> None:
    for place in re.findall(r"`((?:deploy|tests|app|docs)/[\w./-]+)`", DOCUMENT):
        assert (ROOT / place).exists(), place
