"""What a kind of import declares: its columns, who may bring it, how rows are judged and taken over."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from app.database import transaction
from app.imports.columns import Column, Values
from app.tables import ImportKind
from app.viewer import Viewer

REPEATED = "Hetzelfde staat al in rij {}."


@dataclass(frozen=True)
class FileRow:
    """One row of a file: its own key, its number as the file counts, and what stands in it."""

    id: int
    number: int
    values: Values


@dataclass(frozen=True)
class Verdict:
    """Of one row, in Dutch sentences. With an error it is not taken over; `enrolment` is what came of it."""

    errors: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    enrolment: int | None = None


@dataclass(frozen=True)
class Work:
    """An import as whoever takes it over needs it."""

    id: int
    user: int
    organisation: int | None
    assign_paycodes: bool
    file_hash: str


class Kind:
    """One kind of import. Rows are judged by taking them over and undoing that, so that both say the same."""

    kind: ClassVar[ImportKind]
    path: ClassVar[str]
    title: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    shown: ClassVar[tuple[str, ...]]
    """The columns that tell the rows apart on screen."""
    rows: ClassVar[tuple[str, str]]
    """What a row is called: one, more."""
    administration: ClassVar[bool] = False
    """It belongs to Beheer, where one sees the files of the other."""

    def permits(self, owner: Viewer | None, organisation: int | None) -> bool:
        """Whether this person may bring it, as they are now."""
        raise NotImplementedError

    async def lists(self, owner: Viewer) -> Mapping[str, Sequence[str]]:
        """Column → what can be chosen there, for the template."""
        raise NotImplementedError

    async def example(self, owner: Viewer) -> Values:
        """A row as it could be, for the template."""
        raise NotImplementedError

    def together(self, values: Values) -> Hashable:
        """What rows share that have to be judged at once, because one follows from the other."""
        raise NotImplementedError

    def ordered(self, rows: Sequence[FileRow]) -> list[FileRow]:
        """The order in which they are taken over."""
        return sorted(rows, key=lambda row: row.number)

    async def foresee(self, work: Work, rows: Sequence[FileRow]) -> Mapping[int, Verdict]:
        """What only the whole file tells: key of a row → why it is refused."""
        return {}

    async def read(self, work: Work, rows: Sequence[FileRow]) -> list[Any]:
        """What each row says, or a Verdict on what cannot be read; nothing that may change meanwhile."""
        raise NotImplementedError

    async def take_over(self, work: Work, read: Sequence[Any]) -> list[Verdict]:
        """Writes what was read, in the caller's transaction. Where one is refused, nothing of it may stay."""
        raise NotImplementedError

    async def tell(self, verdicts: Sequence[Verdict]) -> None:
        """Whoever is to hear that it was done, in that same transaction."""

    async def check(self, work: Work, rows: Sequence[FileRow]) -> list[Verdict]:
        """What taking them over would say; nothing of it stays."""
        read = await self.read(work, rows)
        try:
            async with transaction():
                raise _Undone(await self.take_over(work, read))
        except _Undone as undone:
            return undone.verdicts


class _Undone(Exception):
    def __init__(self, verdicts: list[Verdict]) -> None:
        self.verdicts = verdicts


def repeated(rows: Sequence[FileRow], told: Callable[[Values], Hashable | None]) -> dict[int, Verdict]:
    """Rows that tell what one before them tells; `told` gives None for what may be repeated."""
    first: dict[Hashable, int] = {}
    verdicts = {}
    for row in rows:
        words = told(row.values)
        if words is not None and first.setdefault(words, row.number) != row.number:
            verdicts[row.id] = Verdict((REPEATED.format(first[words]),))
    return verdicts
