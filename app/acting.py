"""On whose behalf the database is asked: somebody who signed in, another system, or the portal itself on one of a few
duties. PostgreSQL then shows each statement what they may see and nothing else (`app/walls.py`): the second wall,
behind the conditions of `app/access.py`. SQLite has none: there this changes nothing.

It is entered in few places: with the session, with the key of another system, and where a duty begins. Whoever
enters nothing is nobody, and sees none of what the wall is around."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.access import Access


class Duty(StrEnum):
    """What the portal does beyond what whoever asks may see, or while nobody asks. Each reaches only the tables that
    name it."""

    ENROLMENT = "enrolment"
    """Somebody enrols or pays: the person may be known here, the code may be anybody's, and what is derived follows
    from all facts."""
    UNLINKING = "unlinking"
    """A manager ends a link, or undoes that: what is no longer linked to the own organisations, but was."""
    CANDIDATE = "candidate"
    """A candidate sees what is kept and who looked, and ends a link, by the secret in a letter: nobody is signed in."""
    RESULTS = "results"
    """Another system brings results of enrolments that it may see: what is derived follows from all facts."""
    IMPORTS = "imports"
    """Files that wait, whoever brought them; what they enrol and record is as with ENROLMENT and RESULTS."""
    DOWNLOADS = "downloads"
    """Workbooks that wait, whoever asked for them. What is written in them their owner may see."""
    MAIL = "mail"
    """Letters that wait, to whomever."""
    CHORES = "chores"
    """Once a day: sealing the log, and clearing away what has had its time, in whichever table."""
    MAINTENANCE = "maintenance"
    """Commands and migrations, on everything. No page does this."""


@dataclass(frozen=True)
class Acting:
    user: int = 0
    organisations: tuple[int, ...] = ()
    enrols_for: tuple[int, ...] = ()
    everywhere: bool = False
    duty: Duty | None = None

    @cached_property
    def settings(self) -> dict[str, str]:
        """As PostgreSQL knows them: numbers and words of ours."""
        return {
            "user": str(self.user or ""),
            "organisations": _array(self.organisations),
            "enrols_for": _array(self.enrols_for),
            "everywhere": "on" if self.everywhere else "",
            "duty": self.duty or "",
        }

    @cached_property
    def told(self) -> str:
        """To a transaction that begins: `; SET LOCAL …` for each that says something."""
        return "".join(_setting(*each) for each in self.settings.items() if each[1])

    @cached_property
    def told_instead(self) -> str:
        """To one that was on another's behalf: the same for all of them."""
        return "".join(_setting(*each) for each in self.settings.items())


NOBODY = Acting()
_acting: ContextVar[Acting] = ContextVar("acting", default=NOBODY)


def acting() -> Acting:
    """On whose behalf it is now."""
    return _acting.get()


@contextmanager
def acting_for(access: "Access | None") -> Iterator[None]:
    """Inside it is for this person, or for nobody."""
    with _in_turn(_of(access)):
        yield


@contextmanager
def acting_as(duty: Duty) -> Iterator[None]:
    """Inside the portal does its duty, for whoever it was."""
    with _in_turn(replace(acting(), duty=duty)):
        yield


def act_for(access: "Access") -> None:
    """From here on, until the `with` ends that is around it."""
    _acting.set(_of(access))


@contextmanager
def _in_turn(new: Acting) -> Iterator[None]:
    token = _acting.set(new)
    try:
        yield
    finally:
        _acting.reset(token)


def _of(access: "Access | None") -> Acting:
    if access is None:
        return NOBODY
    return Acting(access.user, access.organisations, access.enrols_for, access.everywhere)


def _setting(name: str, value: str) -> str:
    return f"; SET LOCAL app.\"{name}\" = '{value}'"


def _array(ids: tuple[int, ...]) -> str:
    return f"{{{','.join(map(str, ids))}}}" if ids else ""
