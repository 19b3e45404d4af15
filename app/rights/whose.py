"""Which rows tell of which person: found by what refers to whom, so that a new table is never forgotten."""

from collections.abc import Iterator, Sequence
from typing import Any

from piccolo.columns import ForeignKey

from app.access import Condition
from app.piccolo_app import APP_CONFIG
from app.tables import AuditEvent, Candidate, Enrolment, Import, Mail, Unlinking, User

BY_NUMBER = {Import}
"""Stay when an account is erased: they tell what was done, and by which number."""


def bound_to_user() -> Iterator[tuple[Any, Any]]:
    """Every table whose rows belong to an account and go with it, and its column that says whose."""
    for table in APP_CONFIG.table_classes:
        for column in _references(table, User):
            if column._meta.name == "user" and table not in BY_NUMBER:
                yield table, column


def of_user(table: Any, user: int) -> Condition | None:
    """The rows of a table that tell of this account; nothing where it tells of none."""
    if table is User:
        return _one(User.id == user)
    if table is AuditEvent:
        about = (AuditEvent.object_type == "user") & (AuditEvent.object_id == user)
        return _one((AuditEvent.actor == user) | about)
    return next((_one(column == user) for column in _references(table, User) if column._meta.name == "user"), None)


def of_candidate(table: Any, candidate: int, enrolments: Sequence[int], email: str) -> Condition | None:
    """The same of a candidate with these enrolments."""
    if table is Candidate:
        return _one(Candidate.id == candidate)
    if table is AuditEvent:
        person = (AuditEvent.object_type == "candidate") & (AuditEvent.object_id == candidate)
        theirs = (AuditEvent.object_type == "enrolment") & AuditEvent.object_id.is_in(list(enrolments) or [0])
        return _one(person | theirs)
    if own := next(iter(_references(table, Candidate)), None):
        return _one(own == candidate)
    names = {"enrolment", "used_by"}
    referring = [column for column in _references(table, Enrolment) if column._meta.name in names]
    if not referring:
        return None
    about = referring[0].is_in(list(enrolments) or [0])
    if table is Mail:
        return _one(about | (Mail.user.is_null() & Mail.enrolment.is_null() & (Mail.recipient == email)))
    return _one(about)


async def ever_linked(enrolment: int) -> list[int]:
    """Every organisation that an enrolment is linked to or was."""
    row = await Enrolment.select(Enrolment.organisation).where(Enrolment.id == enrolment).first()
    past = await Unlinking.select(Unlinking.organisation).where(Unlinking.enrolment == enrolment)
    found = {each["organisation"] for each in past} | ({row["organisation"]} if row else set())
    return sorted(found - {None})


def _references(table: Any, to: Any) -> list[ForeignKey[Any]]:
    return [column for column in table._meta.foreign_key_columns if column._foreign_key_meta.resolved_references is to]


def _one(condition: Any) -> Condition:
    found: Condition = condition
    return found
