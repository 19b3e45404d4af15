"""What `docs/security.md` promises, as data: its tables of requirements, of ASVS and of limits."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.security.asvs import within

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/security.md"
TEST = re.compile(r"`(tests/[\w/]+\.py::test_\w+)`")
PLACE = re.compile(
    r"`((?:app|deploy|docs|static|templates|tests|migrations)/[\w./-]+|Dockerfile|Makefile|pyproject\.toml)`"
)
REASON = re.compile(r"\b(not held|set aside): (.+)")


@dataclass(frozen=True)
class Requirement:
    number: int
    promise: str
    tests: tuple[str, ...]
    not_held: str
    """What of it nothing shows, and why."""
    set_aside: str
    """What of it was decided otherwise, and why."""


@dataclass(frozen=True)
class Row:
    """Of the table of ASVS: answers for one requirement of it or for several."""

    named: str
    ids: tuple[str, ...]
    state: str
    tests: tuple[str, ...]
    places: tuple[str, ...]
    said: str


@dataclass(frozen=True)
class Limit:
    what: str
    value: str
    constant: str


def requirements() -> list[Requirement]:
    return [_requirement(*cells) for cells in table("Requirements")]


def _requirement(number: str, promise: str, held_by: str) -> Requirement:
    reasons = {found[1]: found[2] for part in held_by.split("<br>") if (found := REASON.search(part))}
    return Requirement(
        int(number), promise, named_in(held_by), reasons.get("not held", ""), reasons.get("set aside", "")
    )


def asvs() -> list[Row]:
    return [
        Row(named, tuple(_ids(named)), state, named_in(said), tuple(PLACE.findall(said)), said)
        for named, state, said in table("ASVS 5.0, level 2")
    ]


def _ids(named: str) -> Iterator[str]:
    for each in named.split(", "):
        yield from within(each)


def limits() -> list[Limit]:
    return [Limit(what, value, constant.strip("`")) for what, value, constant in table("Limits and time-outs")]


def table(heading: str) -> list[list[str]]:
    """The cells of the tables under a heading of the second level, their own heads left out."""
    text = DOCUMENT.read_text()
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    heads = {at - 1 for at, row in enumerate(rows) if set("".join(row)) <= set("-: ")}
    return [row for at, row in enumerate(rows) if not {at, at - 1} & heads]


def named_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(TEST.findall(text)))


@cache
def functions(file: str) -> frozenset[str]:
    """The names of all tests in a file; none when it is not there."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()
    found = (
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return frozenset(node.name for node in found if node.name.startswith("test_"))


def exists(test: str) -> bool:
    file, name = test.split("::")
    return name in functions(file)


def value_of(constant: str) -> Any:
    """`app.security:IDLE` is what that module says; `app.tokens:LIFETIMES[RESET]` and `…:TRIES[0]` a part of it."""
    module, name, part = re.fullmatch(r"([\w.]+):(\w+)(?:\[(\w+)\])?", constant).groups()  # type: ignore[union-attr]
    value = getattr(import_module(module), name)
    if part is None:
        return value
    return value[int(part)] if part.isdigit() else {key.name: each for key, each in value.items()}[part]
