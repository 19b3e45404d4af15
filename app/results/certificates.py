"""Certificates in: the last fact of a way, corrected in place and with a trace of every change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app import clock
from app.audit import record, record_all
from app.results.facts import facts_of, steps_by_route
from app.results.recording import UNKNOWN, Already, Answer, Recorded, Refused
from app.results.rederive import lock, rederive
from app.results.way import OutOfOrder, Way
from app.security import PortalRequest
from app.tables import AuditEvent, Certificate

CONFLICT = "Dit nummer is al van een ander bewijs."
DIFFERS = "Dit bewijs is al vastgelegd, met andere gegevens."
INSERT = """
INSERT INTO certificate (enrolment, number, issued_on, valid_until, crt_registered_on, skills_passport_on) VALUES """
ROW = "({}, {}, {}, {}, {}, {})"


@dataclass(frozen=True)
class NewCertificate:
    """What somebody reports. With `follows_route` it is valid for as long as the route says."""

    enrolment: int
    number: str
    issued_on: date
    valid_until: date | None = None
    crt_registered_on: date | None = None
    skills_passport_on: date | None = None
    follows_route: bool = False
    by: int | None = None
    api_key: int | None = None

    @property
    def told(self) -> tuple[Any, ...]:
        registered = self.crt_registered_on, self.skills_passport_on
        return (self.enrolment, self.number, self.issued_on, self.valid_until, *registered)


def problems_with_days(told: NewCertificate, today: date) -> dict[str, str]:
    """By column, what cannot be so whatever the enrolment."""
    errors = {}
    if told.issued_on > today:
        errors["issued_on"] = "Deze dag ligt in de toekomst."
    if told.valid_until is not None and told.valid_until <= told.issued_on:
        errors["valid_until"] = "Het bewijs moet langer geldig zijn dan de dag waarop het is behaald."
    for column in ("crt_registered_on", "skills_passport_on"):
        day = getattr(told, column)
        if day is not None and day < told.issued_on:
            errors[column] = "Deze dag ligt vóór de dag waarop het bewijs is behaald."
        elif day is not None and day > today:
            errors[column] = "Deze dag ligt in de toekomst."
    return errors


async def record_certificates(
    certificates: Sequence[NewCertificate], request: PortalRequest | None = None
) -> list[Answer]:
    """As `record_results`: those that are in order are written, each is answered, all in the caller's transaction.
    A number is of one certificate: the same one again changes nothing."""
    rows = await lock({each.enrolment for each in certificates})
    facts, steps = await facts_of(list(rows.values())), await steps_by_route()
    ways = {key: Way.of(facts[key], steps.get(row["route"], ()), clock.today()) for key, row in rows.items()}
    known = await _known([each.number for each in certificates])
    answers, new = [], []
    for certificate in certificates:
        answer, told = _judge(certificate, ways, known)
        answers.append(answer)
        if isinstance(answer, Recorded):
            known[told.number] = told
            new.append(told)
    if new:
        values = [value for each in new for value in each.told]
        await Certificate.raw(INSERT + ", ".join([ROW] * len(new)), *values)
        await _audit(request, rows, new)
        await rederive({each.enrolment for each in new})
    return answers


async def correct_certificate(told: NewCertificate, request: PortalRequest | None = None) -> dict[str, str]:
    """What is wrong, by column or for all under the empty name; nothing wrong: it is written, in the caller's
    transaction. A number that another certificate has is a unique violation."""
    rows = await lock([told.enrolment])
    row = rows[told.enrolment]
    before = await Certificate.select().where(Certificate.enrolment == told.enrolment).first()
    assert before is not None
    facts, steps = (await facts_of([row]))[told.enrolment], (await steps_by_route()).get(row["route"], ())
    way = Way.of(replace(facts, certificate=None), steps, clock.today())
    if errors := problems_with_days(told, clock.today()) or _problem(way, told.issued_on):
        return errors
    columns = ("number", "issued_on", "valid_until", "crt_registered_on", "skills_passport_on")
    changes: dict[Any, Any] = {
        column: getattr(told, column) for column in columns if getattr(told, column) != before[column]
    }
    if changes:
        await Certificate.update(changes).where(Certificate.enrolment == told.enrolment)
        await record(
            request,
            "correct_certificate",
            "enrolment",
            told.enrolment,
            organisation=row["organisation"],
            columns=" ".join(changes),
        )
        await rederive([told.enrolment])
    return {}


def _problem(way: Way, issued_on: date) -> dict[str, str]:
    try:
        way.certify(issued_on)
    except OutOfOrder as problem:
        return {"": str(problem)}
    return {}


async def _known(numbers: Sequence[str]) -> dict[str, NewCertificate]:
    """By number, those that there are already."""
    columns = (
        Certificate.enrolment,
        Certificate.number,
        Certificate.issued_on,
        Certificate.valid_until,
        Certificate.crt_registered_on,
        Certificate.skills_passport_on,
    )
    rows = await Certificate.select(*columns).where(Certificate.number.is_in(list(numbers)))
    return {row["number"]: NewCertificate(**row) for row in rows}


def _judge(
    certificate: NewCertificate, ways: Mapping[int, Way], known: Mapping[str, NewCertificate]
) -> tuple[Answer, NewCertificate]:
    """An answer, and the certificate with the day until which it is valid."""
    way = ways.get(certificate.enrolment)
    if way is None:
        return Refused(UNKNOWN), certificate
    if certificate.issued_on > clock.today():
        return Refused("Deze dag ligt in de toekomst."), certificate
    if certificate.follows_route:
        certificate = replace(certificate, valid_until=way.valid_until(certificate.issued_on))
    if same := known.get(certificate.number):
        return _again(certificate, same), certificate
    problems = problems_with_days(certificate, clock.today()) or _problem(way, certificate.issued_on)
    if problems:
        return Refused(next(iter(problems.values()))), certificate
    return Recorded(certificate.enrolment, 1), certificate


def _again(certificate: NewCertificate, same: NewCertificate) -> Answer:
    if same.enrolment != certificate.enrolment:
        return Refused(CONFLICT)
    return Already(same.enrolment) if same.told == certificate.told else Refused(DIFFERS)


async def _audit(
    request: PortalRequest | None, rows: Mapping[int, Mapping[str, Any]], certificates: Sequence[NewCertificate]
) -> None:
    events = [
        AuditEvent(
            actor=each.by,
            api_key=each.api_key,
            object_type="enrolment",
            object_id=each.enrolment,
            organisation=rows[each.enrolment]["organisation"],
        )
        for each in certificates
    ]
    await record_all(request, "record_certificate", events)
