"""Values from environment variables, `NAME_FILE` secrets and `.env`; it keeps every problem, not just the first."""

import re
from collections.abc import Callable, Collection, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
Network = IPv4Network | IPv6Network

DOTENV_LINE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)")
SECRET_LENGTH = 32
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Names the folder that the processes share which serve, to them and to the library that keeps their counts there."""


class SettingsError(Exception):
    """All that is wrong with the settings, one line per problem, each naming its variable."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Reader:
    """Reads values by name. An empty value counts as absent; a refused one gives the default and a problem."""

    def __init__(self, values: Mapping[str, str], secrets: Collection[str]) -> None:
        self.problems: list[str] = []
        self._values = values
        self._secrets = secrets

    def value(self, name: str, parse: Callable[[str], T], default: T) -> T:
        text = self.text(name)
        try:
            return parse(text) if text else default
        except ValueError as refusal:
            self.refuse(name, str(refusal))
            return default

    def text(self, name: str) -> str:
        text = self._values.get(name, "").strip()
        file = self._values.get(f"{name}_FILE", "").strip() if name in self._secrets else ""
        if text and file:
            self.refuse(name, f"and {name}_FILE are both set: keep one")
        elif file:
            return self._content(name, Path(file))
        return text

    def require(self, name: str, value: str) -> None:
        """Refuses an absent value, unless the name was refused already."""
        if not value and not any(problem.startswith(name) for problem in self.problems):
            self.refuse(name, "is required")

    def refuse(self, name: str, why: str) -> None:
        self.problems.append(f"{name} {why}")

    def _content(self, name: str, file: Path) -> str:
        try:
            text = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.refuse(f"{name}_FILE", f"cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}")
            return ""
        if not text:
            self.refuse(f"{name}_FILE", "names an empty file")
        return text


def read_dotenv(text: str, known: Collection[str]) -> dict[str, str]:
    """The settings of a `.env` file: `NAME=value` per line, quotes and `#` lines allowed."""
    values: dict[str, str] = {}
    problems: list[str] = []
    for number, line in enumerate(map(str.strip, text.splitlines()), start=1):
        if not line or line.startswith("#"):
            continue
        match = DOTENV_LINE.fullmatch(line)
        if match is None:
            problems.append(f".env line {number} is not NAME=value")
        elif match[1] not in known:
            problems.append(f"{match[1]} (.env line {number}) is not a setting of this portal")
        else:
            values[match[1]] = unquoted(match[2].strip())
    if problems:
        raise SettingsError(problems)
    return values


def unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else text


def flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("must be 0 or 1")
    return text == "1"


def number(low: int, high: int) -> Callable[[str], int]:
    """A parser of plain decimal numbers from low to high."""

    def parse(text: str) -> int:
        if re.fullmatch(r"[0-9]{1,9}", text) is None or not low <= int(text) <= high:
            raise ValueError(f"must be a number from {low} to {high}")
        return int(text)

    return parse


def whole_path(text: str) -> Path:
    """Wherever the program was started."""
    if not Path(text).is_absolute():
        raise ValueError("must be a whole path, like /srv/copies")
    return Path(text)


def one_of(*choices: str) -> Callable[[str], str]:
    """A parser that knows these words only."""

    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be {' or '.join(choices)}")
        return text

    return parse


def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas."""
    try:
        parsed = tuple(ip_network(part.strip()) for part in text.split(","))
    except ValueError:
        raise ValueError("must be addresses or networks separated by commas, like 10.0.0.0/8,::1") from None
    if any(network.prefixlen == 0 for network in parsed):
        raise ValueError("must not trust the whole world")
    return parsed


def secret(text: str) -> str:
    """A secret that nobody guesses by typing: long enough and not one sign repeated."""
    if len(text) < SECRET_LENGTH:
        raise ValueError(f"must have at least {SECRET_LENGTH} characters")
    if len(set(text)) < 8:
        raise ValueError("is too simple: make one with `openssl rand -hex 32`")
    return text


def several(parse: Callable[[str], T]) -> Callable[[str], tuple[T, ...]]:
    """A parser of values separated by commas."""

    def parse_each(text: str) -> tuple[T, ...]:
        return tuple(parse(part.strip()) for part in text.split(","))

    return parse_each
