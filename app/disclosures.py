"""Which enrolments left the portal, in a file or an answer to another system: kept so that a candidate can be told who
took their data along, and so compactly that a list of fifty thousand takes less than a picture."""

import base64
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.access import Access
from app.clock import now
from app.many import insert_many
from app.tables import Disclosure, DisclosureKind

BLOCK = 65_536
"""Ids in one row, of which each has a bit."""


class Part(NamedTuple):
    """Those of one block of ids, on behalf of one organisation; none: of Vakmanschap Techniek."""

    organisation: int | None
    block: int
    members: bytes


class Disclosed:
    """Those that somebody is shown, gathered one by one."""

    def __init__(self, access: Access) -> None:
        self._everywhere = access.everywhere
        self._bits: dict[tuple[int | None, int], bytearray] = {}

    def add(self, enrolment: int, organisation: int | None) -> None:
        """One, and whom it is linked to."""
        block, place = divmod(enrolment, BLOCK)
        key = None if self._everywhere else organisation, block
        if key not in self._bits:
            self._bits[key] = bytearray(BLOCK // 8)
        self._bits[key][place >> 3] |= 1 << (place & 7)

    @property
    def parts(self) -> list[Part]:
        return [Part(*key, zlib.compress(bits, 9)) for key, bits in self._bits.items()]


def among(members: bytes, enrolment: int) -> bool:
    """Whether it is one of those of its block."""
    place = enrolment % BLOCK
    return bool(zlib.decompress(members)[place >> 3] >> (place & 7) & 1)


async def keep(kind: DisclosureKind, parts: Sequence[Part], download: int | None = None) -> None:
    """In the transaction in which they leave."""
    told = {"at": now(), "kind": kind.value, "download": download}
    await insert_many(Disclosure, [told | part._asdict() for part in parts])


@dataclass(frozen=True)
class Taken:
    """One time that an enrolment left the portal."""

    at: datetime
    kind: DisclosureKind
    organisation: int | None
    download: int | None


async def taken(enrolment: int, organisations: Iterable[int]) -> list[Taken]:
    """When, with whom and in what, the last first. `organisations`: all that it was ever linked to."""
    near = Disclosure.block == enrolment // BLOCK
    found: list[Taken] = []
    for organisation in (None, *organisations):
        own = Disclosure.organisation.is_null() if organisation is None else Disclosure.organisation == organisation
        found += _those_with(await Disclosure.select().where(own & near), enrolment)
    return sorted(found, key=lambda each: each.at, reverse=True)


def _those_with(rows: Iterable[Mapping[str, Any]], enrolment: int) -> Iterator[Taken]:
    for row in rows:
        if among(row["members"], enrolment):
            yield Taken(row["at"], DisclosureKind(row["kind"]), row["organisation"], row["download"])


# Between the process that writes a workbook and the portal


def as_text(parts: Iterable[Part]) -> str:
    """`organisation block members` a line."""
    lines = ((part.organisation or "", part.block, base64.b64encode(part.members).decode()) for part in parts)
    return "\n".join(f"{whose} {block} {bits}" for whose, block, bits in lines)


def from_text(text: str) -> list[Part]:
    lines = [line.split(" ") for line in text.splitlines()]
    return [Part(int(whose) if whose else None, int(block), base64.b64decode(bits)) for whose, block, bits in lines]
