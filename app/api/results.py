"""Results that another system reports: matched with what they are about, recorded, answered one by one."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import asyncpg
from msgspec import UNSET

from app.acting import Duty, acting_as
from app.api import messages
from app.api.keys import Key
from app.api.messages import AnswerStatus, CertificateIn, Report, ResultIn
from app.api.queries import find_numbered
from app.clock import local
from app.database import transaction, violated_unique
from app.paycodes.codes import canonical
from app.results.certificates import NewCertificate, record_certificates
from app.results.facts import RouteStep, steps_by_route
from app.results.recording import UNKNOWN, Answer, NewResult, Recorded, Refused, record_results
from app.security import PortalRequest
from app.tables import Certificate, Kind, Outcome, StepResult
from app.text import TextRefused, clean

TRIES = 3
STATUS = {"Recorded": AnswerStatus.CREATED, "Already": AnswerStatus.ALREADY, "Refused": AnswerStatus.REFUSED}

New = TypeVar("New", NewResult, NewCertificate)
Row = Mapping[str, Any]


async def take_in(key: Key, request: PortalRequest, report: Report) -> messages.Answers:
    """All of a report in one transaction; what is refused does not stop the rest. Two systems that at the same moment
    bring the same number or id for different enrolments: one of them is asked once more, and then refused."""
    for _ in range(TRIES - 1):
        try:
            return await _take_in(key, request, report)
        except Exception as error:
            if not (violated_unique(error) or isinstance(error, asyncpg.DeadlockDetectedError)):
                raise
    return await _take_in(key, request, report)


async def _take_in(key: Key, request: PortalRequest, report: Report) -> messages.Answers:
    with acting_as(Duty.RESULTS):
        async with transaction():
            return await _answers_to(key, request, report)


async def _answers_to(key: Key, request: PortalRequest, report: Report) -> messages.Answers:
    typed = [each.enrolment for each in report.results] + [each.enrolment for each in report.certificates]
    numbers = {number_of(each) for each in typed}
    enrolments, steps = await find_numbered(key.access, sorted(numbers - {""})), await steps_by_route()
    results = [_result(key, each, enrolments, steps) for each in report.results]
    certificates = [_certificate(key, each, enrolments) for each in report.certificates]
    return messages.Answers(
        results=_answers([each.id for each in report.results], await _recorded(results, record_results, request)),
        certificates=_answers(
            [each.number for each in report.certificates],
            await _recorded(certificates, record_certificates, request),
        ),
    )


def number_of(typed: str) -> str:
    """As it is stored; empty when it cannot be one."""
    number = canonical(typed)
    return number if re.fullmatch(r"[0-9A-Z]{8}", number, re.A) else ""


def _result(
    key: Key, told: ResultIn, enrolments: Mapping[str, Row], steps: Mapping[int, Sequence[RouteStep]]
) -> NewResult | Refused:
    row = enrolments.get(number_of(told.enrolment))
    if row is None:
        return Refused(UNKNOWN)
    step = _step(told.step, row, steps.get(row["route"], ()))
    if step is None:
        return Refused("Deze stap is er niet op de route van deze deelname.")
    try:
        place, name = clean(told.place, StepResult.place.length or 0), _name(told.id)
    except TextRefused as refusal:
        return Refused(str(refusal))
    return NewResult(
        row["id"],
        step.id,
        Outcome(told.outcome),
        told.day,
        told.attempt,
        place,
        source=key.source,
        source_id=name,
        api_key=key.id,
    )


def _step(slug: str, row: Row, steps: Sequence[RouteStep]) -> RouteStep | None:
    """Of those that share a slug the one that is this enrolment's."""
    kind, enrolled_on = Kind(row["kind"]), local(row["enrolled_at"]).date()
    named = [step for step in steps if step.slug == slug]
    return next((step for step in named if step.belongs_to(kind, enrolled_on)), named[0] if named else None)


def _certificate(key: Key, told: CertificateIn, enrolments: Mapping[str, Row]) -> NewCertificate | Refused:
    row = enrolments.get(number_of(told.enrolment))
    if row is None:
        return Refused(UNKNOWN)
    try:
        number = clean(told.number, Certificate.number.length or 0)
    except TextRefused as refusal:
        return Refused(str(refusal))
    if not number:
        return Refused("Geef het nummer van het bewijs.")
    return NewCertificate(
        row["id"],
        number,
        told.issued_on,
        None if told.valid_until is UNSET else told.valid_until,
        told.crt_registered_on,
        told.skills_passport_on,
        follows_route=told.valid_until is UNSET,
        api_key=key.id,
    )


def _name(typed: str) -> str:
    """What a source calls its result, to the letter: TextRefused for what could be read in two ways."""
    if clean(typed, StepResult.source_id.length or 0) != typed:
        raise TextRefused("In het kenmerk staan spaties of tekens die niet goed te bewaren zijn.")
    return typed


async def _recorded(
    told: Sequence[New | Refused],
    record: Callable[[Sequence[New], PortalRequest], Awaitable[list[Answer]]],
    request: PortalRequest,
) -> list[Answer]:
    new = [each for each in told if not isinstance(each, Refused)]
    answers = iter(await record(new, request) if new else [])
    return [each if isinstance(each, Refused) else next(answers) for each in told]


def _answers(ids: Sequence[str], answers: Sequence[Answer]) -> list[messages.Answer]:
    return [
        messages.Answer(
            index=index,
            id=name,
            status=STATUS[type(answer).__name__],
            attempt=answer.attempt if isinstance(answer, Recorded) else None,
            reason=answer.reason if isinstance(answer, Refused) else None,
        )
        for index, (name, answer) in enumerate(zip(ids, answers, strict=True))
    ]
