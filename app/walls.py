"""The second wall, on PostgreSQL: row-level security on every table that holds what is an organisation's, and no more
privileges for the portal's own role than it needs.

A policy reads on whose behalf a statement is (`app/acting.py`), once for the statement. It is there for safety: the
conditions of `app/access.py` stay in every statement, and give its speed. `portaal migrate` brings a database to what
stands here; a policy that changes gets a new name by itself."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.acting import Duty

READ, ADD, CHANGE, REMOVE = "SELECT", "INSERT", "UPDATE", "DELETE"
ALL = (READ, ADD, CHANGE, REMOVE)
ANYWHERE = (Duty.CHORES, Duty.MAINTENANCE)


def _setting(name: str, kind: str) -> str:
    return f"nullif(current_setting('app.{name}', true), '')::{kind}"


def _ids(*names: str) -> str:
    """As one value for the whole statement."""
    lists = (f"coalesce({_setting(name, 'bigint[]')}, '{{}}')" for name in names)
    return f"ANY ((SELECT {' || '.join(lists)})::bigint[])"


MINE = f'"user" = (SELECT {_setting("user", "bigint")})'
OURS = f"organisation = {_ids('organisations')}"
OURS_OR_ENROLLED_BY_US = f"organisation = {_ids('organisations', 'enrols_for')}"


def _there_is(table: str, condition: str, whose: str) -> str:
    """Of another table. The policies of that one narrow it too: what belongs to a row that may not be seen is not."""
    return f"EXISTS (SELECT 1 FROM {table} WHERE {condition} AND {table}.{whose})"  # noqa: S608 - our own names


@dataclass(frozen=True)
class Wall:
    """Around one table. Administrators and two duties read and change everything; the rest only what is said."""

    duties: tuple[Duty, ...] = ()
    """Which read and change all of it."""
    readers: tuple[Duty, ...] = ()
    """Which read all of it."""
    seen: str = ""
    """What others read."""
    kept: str = ""
    """What others read and change."""
    unlinked: Mapping[str, str] = field(default_factory=dict)
    """What UNLINKING may do: add or change → which rows."""
    taken: bool = False
    """Anybody may add to it: the log and the outbox, which few can read."""
    may: tuple[str, ...] = ALL

    def policies(self, table: str) -> Iterator[tuple[str, str]]:
        """What each is called and what makes it."""
        everything = self._by(ANYWHERE + self.duties + self.readers)
        yield _policy(table, READ, _either(everything, self.seen, self.kept))
        for verb in (ADD, CHANGE, REMOVE):
            yield _policy(table, verb, self._writes(verb))

    def _writes(self, verb: str) -> str:
        if verb == ADD and self.taken:
            return "true"
        own = self.unlinked.get(verb)
        unlinking = f"(SELECT {_duty((Duty.UNLINKING,))}) AND ({own})" if own else ""
        return _either(self._by(ANYWHERE + self.duties), self.kept, unlinking)

    def _by(self, duties: tuple[Duty, ...]) -> str:
        """One value for the whole statement."""
        return f"(SELECT {sees_everything(duties)})"


@dataclass(frozen=True)
class Open:
    """A table that the wall is not around, and why."""

    why: str
    may: tuple[str, ...] = ALL


CATALOGUE = "the catalogue: the same for everybody, and shown to visitors"
BEFORE_ANYBODY = "read to find out who asks: there is nobody yet on whose behalf that could be"
HELD = "found by the hash of a secret that one person holds, before it is known who that is"

ENROLS = (Duty.ENROLMENT, Duty.IMPORTS, Duty.RESULTS)
TELLS = (Duty.CANDIDATE, Duty.MAIL)

TABLES: dict[str, Wall | Open] = {
    "candidate": Wall(
        ENROLS,
        readers=TELLS,
        seen=_there_is("enrolment", "enrolment.candidate = candidate.id", OURS),
    ),
    "enrolment": Wall(
        (*ENROLS, Duty.CANDIDATE),
        readers=(Duty.MAIL, Duty.UNLINKING),
        seen=OURS_OR_ENROLLED_BY_US,
        unlinked={CHANGE: f"organisation IS NULL OR {OURS}"},
    ),
    "unlinking": Wall((Duty.CANDIDATE,), readers=(Duty.MAIL,), seen=OURS, unlinked={ADD: OURS, CHANGE: OURS}),
    "step_result": Wall(
        ENROLS,
        readers=(Duty.CANDIDATE,),
        seen=_there_is("enrolment", "enrolment.id = step_result.enrolment", OURS),
        may=(READ, ADD, CHANGE),
    ),
    "certificate": Wall(
        ENROLS, readers=(Duty.CANDIDATE,), seen=_there_is("enrolment", "enrolment.id = certificate.enrolment", OURS)
    ),
    "batch": Wall(seen=OURS),
    "paycode": Wall(ENROLS, seen=OURS, may=(READ, ADD, CHANGE)),
    "paycode_event": Wall(may=(READ, ADD)),
    "import": Wall((Duty.IMPORTS,), kept=MINE),
    "import_row": Wall((Duty.IMPORTS,), kept=_there_is("import", 'import.id = import_row."import"', MINE)),
    "download": Wall((Duty.DOWNLOADS,), kept=MINE),
    "download_chunk": Wall(
        (Duty.DOWNLOADS,),
        seen=_there_is("download", "download.id = download_chunk.download", MINE),
    ),
    "mail": Wall((Duty.MAIL,), taken=True),
    "disclosure": Wall(readers=(Duty.CANDIDATE,), taken=True, may=(READ, ADD, REMOVE)),
    "audit_event": Wall(readers=(Duty.CANDIDATE,), taken=True, may=(READ, ADD)),
    "audit_seal": Open("hashes over days of the log: nobody's in particular", (READ, ADD)),
    "chore": Open("what is done once a day, and how many of what"),
    "organisation": Open("names, shown with the code that a visitor types and read to find out who asks"),
    "organisation_route": Open(CATALOGUE),
    "route": Open(CATALOGUE),
    "profile": Open(CATALOGUE),
    "step": Open(CATALOGUE),
    "portal_user": Open(BEFORE_ANYBODY),
    "mandate": Open(BEFORE_ANYBODY),
    "session": Open(HELD),
    "pending_sign_in": Open(HELD),
    "passkey_challenge": Open(HELD),
    "token": Open(HELD),
    "api_key": Open(HELD),
    "second_factor": Open(BEFORE_ANYBODY),
    "recovery_code": Open(BEFORE_ANYBODY),
    "passkey": Open(BEFORE_ANYBODY),
    "form_token": Open("hashes of forms that were sent"),
    "attempt": Open("hashes of who tried something, counted before anybody is known"),
    "migration": Open("which migrations ran", (READ,)),
}


def policies() -> dict[str, tuple[str, str]]:
    """All of them: name → table and statement."""
    found = {table: wall.policies(table) for table, wall in TABLES.items() if isinstance(wall, Wall)}
    return {name: (table, statement) for table, its in found.items() for name, statement in its}


def sees_everything(duties: tuple[Duty, ...] = ANYWHERE) -> str:
    return f"current_setting('app.everywhere', true) = 'on' OR {_duty(duties)}"


def _policy(table: str, verb: str, rows: str) -> tuple[str, str]:
    rule = f"FOR {verb} TO PUBLIC {'WITH CHECK' if verb == ADD else 'USING'} ({rows})"
    name = f"rl_{table}_{verb.lower()}_{hashlib.sha256(rule.encode()).hexdigest()[:8]}"
    return name, f'CREATE POLICY {name} ON "{table}" {rule}'


def _either(*conditions: str) -> str:
    return " OR ".join(filter(None, conditions))


def _duty(duties: tuple[Duty, ...]) -> str:
    return f"current_setting('app.duty', true) = ANY ('{{{','.join(duties)}}}')"
