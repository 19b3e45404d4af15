"""Results in, wherever they come from: in order, once each, many at a time."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from app import clock
from app.audit import record_all
from app.results.facts import Result, counting, facts_of, steps_by_route
from app.results.rederive import lock, rederive
from app.results.way import NEWEST, OutOfOrder, Way, problem_without
from app.security import PortalRequest
from app.tables import AuditEvent, Outcome, StepResult

ROWS_PER_INSERT = 1000
BY_HAND = "handmatig"
TOLD = ("enrolment", "step", "outcome", "day", "attempt", "place", "source", "source_id")
INSERT = """
INSERT INTO step_result (enrolment, step, outcome, day, attempt, place, source, source_id, recorded_by, recorded_at,
    withdraws, withdrawal_reason)
VALUES """
ROW = "({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})"
UNKNOWN = "Deze deelname bestaat niet."
CONFLICT = "Onder dit kenmerk is al een andere uitslag vastgelegd."


@dataclass(frozen=True)
class NewResult:
    """What somebody reports: `enrolment` and `step` are ids. Without `attempt` it is the one whose turn it is.
    `source_id` is what the source itself knows the result by: a second report of it changes nothing."""

    enrolment: int
    step: int
    outcome: Outcome
    day: date
    attempt: int | None = None
    place: str = ""
    source: str = ""
    source_id: str | None = None
    by: int | None = None
    api_key: int | None = None


@dataclass(frozen=True)
class Recorded:
    id: int
    attempt: int


@dataclass(frozen=True)
class Already:
    """The same source reported the same thing before."""

    id: int


@dataclass(frozen=True)
class Refused:
    """`reason` is a Dutch sentence."""

    reason: str


Answer = Recorded | Already | Refused


@dataclass
class _Fact:
    """One that is known, from before or as of now; then its id comes when it is written."""

    result: NewResult
    id: int = 0

    def tells(self, result: NewResult) -> bool:
        """Whether a report says the same, whoever brought it."""
        attempt = result.attempt or self.result.attempt
        return replace(result, attempt=attempt, by=None, api_key=None) == replace(self.result, by=None, api_key=None)


async def record_results(results: Sequence[NewResult], request: PortalRequest | None = None) -> list[Answer]:
    """Writes what is in order, each result after those before it, and answers each, in the caller's transaction.

    Who report on the same enrolments wait for each other until that ends. Of two who report different things under one
    source id at the same moment one gets the unique violation; reported once more it is answered."""
    rows = await lock({each.enrolment for each in results})
    ways, known = await _ways(rows), await _known(results)
    new: list[_Fact] = []
    judged = [_judge(result, ways, known, new) for result in results]
    for fact, key in zip(new, await _insert([fact.result for fact in new]), strict=True):
        fact.id = key
    await _audit(request, rows, new)
    await rederive({fact.result.enrolment for fact in new})
    return list(_answers(judged, new))


async def withdraw(
    fact: int, reason: str, replacement: NewResult | None = None, *, by: int, request: PortalRequest | None = None
) -> Recorded | Refused:
    """Takes a fact out of account, by a new one that says why and, where there is one, what is right instead: of the
    same attempt at the same step. Both stay. In the caller's transaction."""
    enrolment = await StepResult.select(StepResult.enrolment).where(StepResult.id == fact).first()
    if enrolment is None:
        return Refused("Deze uitslag bestaat niet.")
    rows = await lock([enrolment["enrolment"]])
    row = rows[enrolment["enrolment"]]
    facts, steps = (await facts_of([row]))[row["id"]], (await steps_by_route()).get(row["route"], ())
    wrong = next((each for each in counting(facts.results) if each.id == fact), None)
    if wrong is None:
        return Refused("Deze uitslag is intussen al gecorrigeerd.")
    right = _right(wrong, replacement) if replacement else None
    if problem := problem_without(facts, steps, clock.today(), fact, right):
        return Refused(problem)
    told = replacement or NewResult(row["id"], wrong.step, Outcome.WITHDRAWN, wrong.day, source=BY_HAND)
    told = replace(told, enrolment=row["id"], step=wrong.step, attempt=wrong.attempt, by=by)
    [key] = await _insert([told], withdraws=fact, reason=reason)
    await _audit(request, rows, [_Fact(told, key)], withdraws=fact)
    await rederive([row["id"]])
    return Recorded(key, wrong.attempt)


def _right(wrong: Result, replacement: NewResult) -> Result:
    return Result(NEWEST, wrong.step, wrong.attempt, replacement.outcome, replacement.day, withdraws=wrong.id)


async def _ways(rows: Mapping[int, Mapping[str, Any]]) -> dict[int, Way]:
    facts, steps, today = await facts_of(list(rows.values())), await steps_by_route(), clock.today()
    return {key: Way.of(facts[key], steps.get(row["route"], ()), today) for key, row in rows.items()}


async def _known(results: Iterable[NewResult]) -> dict[tuple[str, str], _Fact]:
    """By source and its own id: what was reported before of all that is reported now."""
    ids: dict[str, set[str]] = defaultdict(set)
    for each in results:
        if each.source_id is not None:
            ids[each.source].add(each.source_id)
    columns = [getattr(StepResult, name) for name in ("id", *TOLD)]
    known: dict[tuple[str, str], _Fact] = {}
    for source, those in ids.items():
        here = (StepResult.source == source) & StepResult.source_id.is_in(sorted(those))
        for row in await StepResult.select(*columns).where(here):
            key, outcome = row.pop("id"), Outcome(row.pop("outcome"))
            known[source, row["source_id"]] = _Fact(NewResult(outcome=outcome, **row), key)
    return known


def _judge(
    result: NewResult, ways: Mapping[int, Way], known: dict[tuple[str, str], _Fact], new: list[_Fact]
) -> _Fact | Refused:
    """A fact that is known or becomes so (then it is added to both), or why not."""
    name = (result.source, result.source_id) if result.source_id is not None else None
    if name in known:
        return known[name] if known[name].tells(result) else Refused(CONFLICT)
    if result.enrolment not in ways:
        return Refused(UNKNOWN)
    try:
        attempt = ways[result.enrolment].add(result.step, result.outcome, result.day, result.attempt)
    except OutOfOrder as problem:
        return Refused(str(problem))
    fact = _Fact(replace(result, attempt=attempt))
    new.append(fact)
    if name is not None:
        known[name] = fact
    return fact


async def _insert(results: Sequence[NewResult], withdraws: int | None = None, reason: str = "") -> list[int]:
    """Their ids, in the same order."""
    ids: list[int] = []
    for start in range(0, len(results), ROWS_PER_INSERT):
        part = results[start : start + ROWS_PER_INSERT]
        values: list[Any] = []
        for each in part:
            told = (getattr(each, name) for name in TOLD)
            values += (*told, each.by, clock.now(), withdraws, reason)
        rows = await StepResult.raw(INSERT + ", ".join([ROW] * len(part)) + " RETURNING id", *values)
        ids += sorted(row["id"] for row in rows)
    return ids


async def _audit(
    request: PortalRequest | None, rows: Mapping[int, Mapping[str, Any]], facts: Sequence[_Fact], **details: int
) -> None:
    events = [
        AuditEvent(
            actor=fact.result.by,
            api_key=fact.result.api_key,
            object_type="enrolment",
            object_id=fact.result.enrolment,
            organisation=rows[fact.result.enrolment]["organisation"],
            details={"result": fact.id, "step": fact.result.step, "outcome": fact.result.outcome} | details,
        )
        for fact in facts
    ]
    await record_all(request, "withdraw_result" if details else "record_result", events)


def _answers(judged: Iterable[_Fact | Refused], new: Iterable[_Fact]) -> Iterator[Answer]:
    """What came twice in one report was recorded the first time."""
    unanswered = {fact.id for fact in new}
    for each in judged:
        if isinstance(each, Refused):
            yield each
        elif each.id in unanswered:
            unanswered.remove(each.id)
            yield Recorded(each.id, each.result.attempt or 0)
        else:
            yield Already(each.id)
