"""What is known of an enrolment: dated facts, and the steps of its route that they count for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NamedTuple, TypeVar

from app.clock import local
from app.tables import Certificate, Enrolment, Kind, Outcome, Paycode, Purpose, Step, StepResult

Value = TypeVar("Value")


@dataclass(frozen=True)
class RouteStep:
    """A step of a route as progress sees it. `used_from` and `used_until` are its first and last day."""

    id: int
    position: int
    purpose: Purpose
    kind: Kind | None = None
    validity_months: int | None = None
    used_from: date | None = None
    used_until: date | None = None
    slug: str = ""
    name: str = ""
    may_fail: bool = False

    def belongs_to(self, kind: Kind, enrolled_on: date) -> bool:
        """Whether who enrolled that day, for this kind, has this step to do."""
        return (
            self.kind in (None, kind)
            and (self.used_from is None or self.used_from <= enrolled_on)
            and (self.used_until is None or enrolled_on <= self.used_until)
        )


class Result(NamedTuple):
    """A step result as it was recorded; `withdraws` is the id of the result that it corrects, or that with the
    outcome `withdrawn` it takes away."""

    id: int
    step: int
    attempt: int
    outcome: Outcome
    day: date
    withdraws: int | None = None


def counting(results: Iterable[Result]) -> list[Result]:
    """Those that count: not withdrawn, and telling more than that another is."""
    known = list(results)
    withdrawn = {result.withdraws for result in known}
    return [each for each in known if each.id not in withdrawn and each.outcome != Outcome.WITHDRAWN]


class Issued(NamedTuple):
    """A certificate. Without `valid_until` it has no end; the last two are the days on which it was recorded in the
    Centraal Register Techniek and in the Vakpaspoort."""

    issued_on: date
    valid_until: date | None = None
    crt_registered_on: date | None = None
    skills_passport_on: date | None = None


@dataclass(frozen=True)
class Facts:
    """All that progress follows from. Days are days in Amsterdam."""

    kind: Kind
    enrolled_on: date
    payments: tuple[date, ...] = ()
    """Days on which a paycode was redeemed."""
    results: tuple[Result, ...] = ()
    certificate: Issued | None = None
    renewals: tuple[bool, ...] = ()
    """Per enrolment that renews this one: whether it has its certificate."""


async def steps_by_route() -> dict[int, tuple[RouteStep, ...]]:
    """The steps of every route, in order."""
    columns = [getattr(Step, field.name) for field in fields(RouteStep)]
    rows = await Step.select(Step.route, *columns).order_by(Step.route, Step.position)
    steps: dict[int, list[RouteStep]] = defaultdict(list)
    for row in rows:
        steps[row.pop("route")].append(RouteStep(**row))
    return {route: tuple(its_steps) for route, its_steps in steps.items()}


async def facts_of(enrolments: Sequence[Mapping[str, Any]]) -> dict[int, Facts]:
    """The facts of these enrolments (id, kind, enrolled_at), in four statements however many they are."""
    ids = [row["id"] for row in enrolments]
    payments, results, renewals = await _payments(ids), await _results(ids), await _renewals(ids)
    certificates = await _certificates(ids + [renewal for several in renewals.values() for renewal in several])
    return {
        row["id"]: Facts(
            kind=Kind(row["kind"]),
            enrolled_on=local(row["enrolled_at"]).date(),
            payments=payments.get(row["id"], ()),
            results=results.get(row["id"], ()),
            certificate=certificates.get(row["id"]),
            renewals=tuple(renewal in certificates for renewal in renewals.get(row["id"], ())),
        )
        for row in enrolments
    }


async def _payments(ids: list[int]) -> dict[int, tuple[date, ...]]:
    columns = (Paycode.used_by, Paycode.used_at)
    rows = await Paycode.select(*columns).where(Paycode.used_by.is_in(ids)).order_by(Paycode.used_at)
    return _grouped((row["used_by"], local(row["used_at"]).date()) for row in rows)


async def _results(ids: list[int]) -> dict[int, tuple[Result, ...]]:
    columns = [getattr(StepResult, field) for field in ("enrolment", *Result._fields)]
    rows = await StepResult.select(*columns).where(StepResult.enrolment.is_in(ids)).order_by(StepResult.id)

    return _grouped((row.pop("enrolment"), Result(**row)) for row in rows)


async def _renewals(ids: list[int]) -> dict[int, tuple[int, ...]]:
    columns = (Enrolment.renews, Enrolment.id)
    rows = await Enrolment.select(*columns).where(Enrolment.renews.is_in(ids)).order_by(Enrolment.id)
    return _grouped((row["renews"], row["id"]) for row in rows)


async def _certificates(ids: list[int]) -> dict[int, Issued]:
    columns = [getattr(Certificate, field) for field in ("enrolment", *Issued._fields)]
    rows = await Certificate.select(*columns).where(Certificate.enrolment.is_in(ids))
    return {row.pop("enrolment"): Issued(**row) for row in rows}


def _grouped(pairs: Iterable[tuple[int, Value]]) -> dict[int, tuple[Value, ...]]:
    groups: dict[int, list[Value]] = defaultdict(list)
    for enrolment, value in pairs:
        groups[enrolment].append(value)
    return {enrolment: tuple(values) for enrolment, values in groups.items()}
