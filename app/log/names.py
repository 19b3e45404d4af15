"""Who and what the ids in the log stand for, looked up when it is read: the log itself holds no name."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.mail.letters import NAMES as LETTERS
from app.names import full_name
from app.paycodes.codes import grouped
from app.tables import (
    ApiKey,
    Batch,
    Candidate,
    Enrolment,
    Import,
    Mail,
    Organisation,
    Paycode,
    Profile,
    Route,
    Step,
    User,
)

Row = Mapping[str, Any]
Key = tuple[str, int]
NAME = ("given_name", "name_particle", "family_name")


@dataclass(frozen=True)
class Kind:
    """Of things that events tell of: where they are found, how one is called, and what is said of one that is gone."""

    table: Any
    columns: tuple[str, ...]
    shown: Callable[[Row], str]
    gone: str


def _person(row: Row) -> str:
    return full_name(*(row[part] for part in NAME))


KINDS: Mapping[str, Kind] = {
    "user": Kind(User, (*NAME, "username"), lambda row: f"{_person(row)} ({row['username']})", "een account"),
    "api_key": Kind(ApiKey, ("name",), lambda row: f"API-sleutel {row['name']}", "een API-sleutel"),
    "organisation": Kind(
        Organisation, ("code", "name"), lambda row: f"{row['name']} ({row['code']})", "een organisatie"
    ),
    "enrolment": Kind(
        Enrolment, (*NAME, "number"), lambda row: f"{_person(row)} ({grouped(row['number'])})", "een deelname"
    ),
    "candidate": Kind(Candidate, NAME, _person, "een kandidaat"),
    "route": Kind(Route, ("name",), lambda row: f"route {row['name']}", "een route"),
    "profile": Kind(Profile, ("name",), lambda row: f"profiel {row['name']}", "een profiel"),
    "step": Kind(Step, ("name",), lambda row: f"stap {row['name']}", "een stap"),
    "batch": Kind(Batch, ("number",), lambda row: f"batch #{row['number']}", "een batch"),
    "paycode": Kind(Paycode, ("code",), lambda row: f"betaalcode {grouped(row['code'])}", "een betaalcode"),
    "import": Kind(Import, ("file_name",), lambda row: f"bestand {row['file_name']}", "een bestand"),
    "mail": Kind(Mail, ("template",), lambda row: f"bericht {LETTERS.get(row['template'], '')}".strip(), "een bericht"),
}


class Names:
    """Of all that some events name: `names.of("user", 12)`."""

    def __init__(self, found: Mapping[Key, str]) -> None:
        self._found = found

    def of(self, kind: str, key: int | None) -> str:
        if kind not in KINDS or key is None:
            return KINDS[kind].gone if kind in KINDS else kind
        return self._found.get((kind, key)) or f"{KINDS[kind].gone} die er niet meer is (nummer {key})"


async def look_up(wanted: Iterable[Key]) -> Names:
    """One statement for each kind of thing."""
    ids: dict[str, set[int]] = defaultdict(set)
    for kind, key in wanted:
        if kind in KINDS:
            ids[kind].add(key)
    found: dict[Key, str] = {}
    for kind, keys in ids.items():
        found |= {(kind, row["id"]): KINDS[kind].shown(row) for row in await _rows(KINDS[kind], sorted(keys))}
    return Names(found)


async def _rows(kind: Kind, keys: Sequence[int]) -> Sequence[Row]:
    columns = [getattr(kind.table, column) for column in ("id", *kind.columns)]
    rows: Sequence[Row] = await kind.table.select(*columns).where(kind.table.id.is_in(list(keys)))
    return rows
