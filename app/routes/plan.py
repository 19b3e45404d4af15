"""The steps of a route as they will be, in order, and what must hold of them; all pure."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.results.facts import RouteStep
from app.tables import Kind, Purpose, Step

# One letter per step in `Enrolment.progress`.
MOST_STEPS = 40
NEW = 0
"""The id of a step that is not there yet."""

PURPOSES = {
    Purpose.REGISTRATION: "Aanmelding",
    Purpose.PAYMENT: "Betaling",
    Purpose.TEST: "Toets of examen",
    Purpose.CERTIFICATE: "Bewijs",
}
BOTH = "beide"
KINDS = {
    BOTH: "Eerste keer en verlenging",
    Kind.FIRST: "Alleen de eerste keer",
    Kind.RENEWAL: "Alleen bij een verlenging",
}
ONCE = {
    Purpose.REGISTRATION: "een aanmelding",
    Purpose.PAYMENT: "een betaling",
    Purpose.CERTIFICATE: "een bewijs",
}


@dataclass(frozen=True)
class PlannedStep:
    id: int
    slug: str
    name: str
    purpose: Purpose
    kind: Kind | None = None
    icon: str = ""
    may_fail: bool = False
    validity_months: int | None = None
    used_from: date | None = None
    used_until: date | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "PlannedStep":
        own = {name: row[name] for name in cls.__dataclass_fields__}
        return cls(**own | {"purpose": Purpose(row["purpose"]), "kind": Kind(row["kind"]) if row["kind"] else None})

    def columns(self) -> dict[Any, Any]:
        return {getattr(Step, name): getattr(self, name) for name in self.__dataclass_fields__ if name != "id"}

    def concerns(self, kind: Kind) -> bool:
        return self.kind in (None, kind)

    def meets(self, other: "PlannedStep") -> bool:
        """Whether there is an enrolment that has both."""
        together = self.kind is None or other.kind is None or self.kind == other.kind
        starts = max(self.used_from or date.min, other.used_from or date.min)
        return together and starts <= min(self.used_until or date.max, other.used_until or date.max)


Plan = tuple[PlannedStep, ...]


def as_route_steps(plan: Plan) -> tuple[RouteStep, ...]:
    """As progress sees them."""
    return tuple(
        RouteStep(
            id=step.id,
            position=place,
            purpose=step.purpose,
            kind=step.kind,
            validity_months=step.validity_months,
            used_from=step.used_from,
            used_until=step.used_until,
            slug=step.slug,
            name=step.name,
            may_fail=step.may_fail,
        )
        for place, step in enumerate(plan, 1)
    )


def fingerprint(before: Plan, after: Plan) -> str:
    """What two of the same changes share: who agreed to one did not agree to another."""
    return hashlib.sha256(repr((before, after)).encode()).hexdigest()[:32]


def touches(before: Plan, after: Plan) -> bool:
    """Whether anything that is derived could be other than it was."""
    return _derived_from(before) != _derived_from(after)


def _derived_from(plan: Plan) -> list[tuple[Any, ...]]:
    return [(step.id, step.purpose, step.kind, step.validity_months, step.used_from, step.used_until) for step in plan]


def with_step(plan: Plan, step: PlannedStep, place: int) -> Plan:
    """The plan with this step, new or changed, at a place from 1."""
    others = [each for each in plan if each.id != step.id]
    return (*others[: place - 1], step, *others[place - 1 :])


def without_step(plan: Plan, key: int) -> Plan:
    return tuple(each for each in plan if each.id != key)


def proposed_place(plan: Plan, purpose: Purpose = Purpose.TEST) -> int:
    """Where a new step belongs: before the certificate, unless it is one."""
    if purpose == Purpose.CERTIFICATE:
        return len(plan) + 1
    return next((place for place, each in enumerate(plan, 1) if each.purpose == Purpose.CERTIFICATE), len(plan) + 1)


def problems(plan: Plan, subject: int) -> dict[str, str]:
    """What is wrong with the plan, by the field of the step `subject` that it can be mended in; `""`: by none."""
    found: dict[str, str] = {}
    for name, sentence in _problems(plan, next((step for step in plan if step.id == subject), None)):
        found.setdefault(name, sentence)
    return found


def _problems(plan: Plan, subject: PlannedStep | None) -> Iterator[tuple[str, str]]:
    if len(plan) > MOST_STEPS:
        yield "", f"Een route heeft ten hoogste {MOST_STEPS} stappen."
    if subject and any(each.slug == subject.slug for each in plan if each is not subject):
        yield "slug", "Een andere stap van deze route heet al zo in adressen."
    if subject:
        yield from _of_its_kind(plan, subject)
    yield from _registration(plan)
    yield from _order(plan)


def _of_its_kind(plan: Plan, subject: PlannedStep) -> Iterator[tuple[str, str]]:
    if subject.used_from and subject.used_until and subject.used_from > subject.used_until:
        yield "tot", "De laatste dag ligt vóór de eerste."
    twice = [each for each in plan if each is not subject and each.purpose == subject.purpose and each.meets(subject)]
    if subject.purpose in ONCE and twice:
        once = ONCE[subject.purpose]
        yield "doel", f"Wie deze stap heeft, heeft ook al {once}: {twice[0].name}. Dat kan maar één keer tegelijk."


def _registration(plan: Plan) -> Iterator[tuple[str, str]]:
    """Everybody has it, whenever they enrol."""
    registrations = [step for step in plan if step.purpose == Purpose.REGISTRATION]
    if any(step.used_from or step.used_until for step in registrations):
        yield "vanaf", "De aanmelding geldt altijd: laat de eerste en de laatste dag leeg."
    for kind, words in ((Kind.FIRST, "de eerste keer"), (Kind.RENEWAL, "een verlenging")):
        if any(step.concerns(kind) for step in plan) and not any(step.concerns(kind) for step in registrations):
            yield "doel", f"Een route begint met een aanmelding, ook voor {words}."


def _order(plan: Plan) -> Iterator[tuple[str, str]]:
    purposes = [step.purpose for step in plan]
    if purposes != sorted(purposes, key=lambda purpose: purpose != Purpose.REGISTRATION):
        yield "plaats", "De aanmelding is de eerste stap."
    if purposes != sorted(purposes, key=lambda purpose: purpose == Purpose.CERTIFICATE):
        yield "plaats", "Het bewijs is de laatste stap: toetsen en betalingen komen daarvoor."
