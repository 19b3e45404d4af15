"""Results that come in by file, brought by an administrator."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from app.clock import local, today
from app.imports.columns import Column, Values
from app.imports.kinds import FileRow, Kind, Verdict, Work, repeated
from app.names import fold
from app.paycodes.codes import canonical, grouped
from app.query import parse_day
from app.results.facts import RouteStep, counting, facts_of, steps_by_route
from app.results.recording import Already, Answer, NewResult, Refused, record_results
from app.tables import Enrolment, ImportKind, Outcome, Role, Step
from app.tables import Kind as EnrolmentKind
from app.text import TextRefused, clean
from app.viewer import Viewer

SOURCE = "bestand"
LONGEST_PLACE = 120
LONGEST_ID = 120
MOST_ATTEMPTS = 99
PART = 1_000

NUMBER, STEP, OUTCOME, DAY = "Deelnamenummer", "Stap", "Uitslag", "Datum"
ATTEMPT, PLACE, ID = "Poging", "Plaats", "Bronnummer"
TOLD = (NUMBER, STEP, OUTCOME, DAY, ATTEMPT)

OUTCOMES = {
    "ingepland": Outcome.SCHEDULED,
    "geslaagd": Outcome.PASSED,
    "betaald": Outcome.PASSED,
    "niet geslaagd": Outcome.FAILED,
    "gezakt": Outcome.FAILED,
}
CHOICES = ("ingepland", "geslaagd", "niet geslaagd")

UNKNOWN_NUMBER = "Dit deelnamenummer is niet bekend."
UNKNOWN_OUTCOME = "Vul bij Uitslag in: ingepland, geslaagd of niet geslaagd."
UNKNOWN_DAY = "Vul bij Datum een datum in als dd-mm-jjjj, bijvoorbeeld 22-04-2026."
UNKNOWN_ATTEMPT = "Vul bij Poging een heel getal in, bijvoorbeeld 1, of laat het leeg."
UNKNOWN_STEP = "Bij deze deelname hoort geen stap met deze naam."
ALREADY = "Deze uitslag was al vastgelegd."
EMPTY = "{} is niet ingevuld."


Told = tuple[int, int, str, date, int | None]
"""Enrolment, step, outcome, day, attempt."""


@dataclass(frozen=True)
class Taken:
    """The enrolment that a row is about, and its steps by the words that people use for them."""

    id: int
    steps: Mapping[int, tuple[str, ...]]

    def step(self, typed: str) -> int | None:
        """The one that is called so, or the only one whose name begins so."""
        word = fold(typed)
        exact = [key for key, names in self.steps.items() if word in names]
        begun = [key for key, names in self.steps.items() if any(name.startswith(word) for name in names)]
        return next((found[0] for found in (exact, begun) if len(found) == 1), None)


class Results(Kind):
    kind = ImportKind.RESULTS
    path = "/beheer/uitslagen"
    title = "Uitslagen"
    rows = ("uitslag", "uitslagen")
    administration = True
    shown = (NUMBER, STEP, OUTCOME, DAY)
    columns: ClassVar[tuple[Column, ...]] = (
        Column(NUMBER, "Acht tekens, zoals ABCD-EFGH. Streepjes en kleine letters mogen.", 18, required=True),
        Column(STEP, "De naam van de stap, zoals Theorietoets.", 24, required=True),
        Column(OUTCOME, "ingepland, geslaagd of niet geslaagd.", 16, required=True),
        Column(DAY, "De dag van de toets, als dd-mm-jjjj.", 14, required=True),
        Column(ATTEMPT, "Het nummer van de poging. Leeg: de poging die aan de beurt is.", 10),
        Column(PLACE, "Waar de toets was.", 30),
        Column(ID, "Het eigen nummer van de bron. Een regel met hetzelfde nummer telt één keer.", 24),
    )

    def permits(self, owner: Viewer | None, organisation: int | None) -> bool:
        return owner is not None and owner.has(Role.ADMINISTRATOR)

    async def lists(self, owner: Viewer) -> Mapping[str, Sequence[str]]:
        names = await Step.select(Step.name).order_by(Step.name).output(as_list=True)
        return {STEP: list(dict.fromkeys(names)), OUTCOME: CHOICES}

    async def example(self, owner: Viewer) -> Values:
        return {
            NUMBER: grouped("ABCDEFGH"),
            STEP: "Theorietoets",
            OUTCOME: "geslaagd",
            DAY: f"{today():%d-%m-%Y}",
            PLACE: "Arnhem",
        }

    def together(self, values: Values) -> Hashable:
        """One enrolment: what follows depends on what was before."""
        return canonical(values.get(NUMBER, ""))

    def ordered(self, rows: Sequence[FileRow]) -> list[FileRow]:
        """As things happened; what cannot be read comes last and is refused."""
        return sorted(rows, key=lambda row: (parse_day(row.values.get(DAY, "")) or date.max, row.number))

    async def foresee(self, work: Work, rows: Sequence[FileRow]) -> Mapping[int, Verdict]:
        """Nobody takes one test twice on one day; who does, has a number for each."""
        return repeated(rows, lambda values: None if values.get(ID) else tuple(values.get(name) for name in TOLD))

    async def read(self, work: Work, rows: Sequence[FileRow]) -> list[NewResult | Verdict]:
        taken = await _taken(rows)
        return [_read(row.values, taken, work.user) for row in rows]

    async def take_over(self, work: Work, read: Sequence[Any]) -> list[Verdict]:
        results = [each for each in read if isinstance(each, NewResult)]
        known = await _known({result.enrolment for result in results})
        new = [result for result in results if not _is_known(result, known)]
        answers = dict(zip(map(id, new), await record_results(new) if new else [], strict=True))
        return [each if isinstance(each, Verdict) else _verdict(each, answers.get(id(each))) for each in read]


def _verdict(result: NewResult, answer: Answer | None) -> Verdict:
    if isinstance(answer, Refused):
        return Verdict((answer.reason,))
    if answer is None or isinstance(answer, Already):
        return Verdict((), (ALREADY,), result.enrolment)
    return Verdict((), (f"{answer.attempt}e poging",) if answer.attempt > 1 else (), result.enrolment)


def _read(values: Values, taken: Mapping[str, Taken], by: int) -> NewResult | Verdict:
    """What a row says, or everything that is wrong with it."""
    errors = [EMPTY.format(name) for name in (NUMBER, STEP, OUTCOME, DAY) if not values.get(name)]
    found = taken.get(canonical(values.get(NUMBER, "")))
    step = found.step(values.get(STEP, "")) if found and values.get(STEP) else None
    outcome = OUTCOMES.get(fold(values.get(OUTCOME, "")))
    day = parse_day(values.get(DAY, ""))
    problems = (
        (UNKNOWN_NUMBER, values.get(NUMBER) and not found),
        (UNKNOWN_STEP, found and values.get(STEP) and step is None),
        (UNKNOWN_OUTCOME, values.get(OUTCOME) and outcome is None),
        (UNKNOWN_DAY, values.get(DAY) and day is None),
        (UNKNOWN_ATTEMPT, values.get(ATTEMPT) and _attempt(values) is None),
    )
    errors += [sentence for sentence, applies in problems if applies]
    texts = {}
    for name, longest in ((PLACE, LONGEST_PLACE), (ID, LONGEST_ID)):
        try:
            texts[name] = clean(values.get(name, ""), longest)
        except TextRefused as refusal:
            errors.append(f"{name}: {refusal}")
    if errors or found is None or step is None or outcome is None or day is None:
        return Verdict(tuple(errors))
    return NewResult(found.id, step, outcome, day, _attempt(values), texts[PLACE], SOURCE, texts[ID] or None, by)


def _attempt(values: Values) -> int | None:
    text = values.get(ATTEMPT, "")
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) <= MOST_ATTEMPTS else None


async def _taken(rows: Iterable[FileRow]) -> dict[str, Taken]:
    """By the number of the enrolment."""
    numbers = sorted({canonical(row.values.get(NUMBER, "")) for row in rows})
    steps, names = await steps_by_route(), await _step_names()
    columns = (Enrolment.id, Enrolment.number, Enrolment.route, Enrolment.kind, Enrolment.enrolled_at)
    found: dict[str, Taken] = {}
    for start in range(0, len(numbers), PART):
        part = numbers[start : start + PART]
        for row in await Enrolment.select(*columns).where(Enrolment.number.is_in(part)):
            own = _own(steps.get(row["route"], ()), row)
            found[row["number"]] = Taken(row["id"], {step.id: names[step.id] for step in own})
    return found


def _own(steps: Iterable[RouteStep], row: Mapping[str, Any]) -> list[RouteStep]:
    kind, day = EnrolmentKind(row["kind"]), local(row["enrolled_at"]).date()
    return [step for step in steps if step.belongs_to(kind, day)]


async def _step_names() -> dict[int, tuple[str, ...]]:
    return {
        row["id"]: (fold(row["name"]), fold(row["slug"])) for row in await Step.select(Step.id, Step.name, Step.slug)
    }


async def _known(enrolments: Iterable[int]) -> set[Told]:
    """What counts already of these enrolments, with its attempt, and without for whoever does not name one."""
    ids = sorted(enrolments)
    known: set[Told] = set()
    for start in range(0, len(ids), PART):
        columns = (Enrolment.id, Enrolment.kind, Enrolment.enrolled_at)
        rows = await Enrolment.select(*columns).where(Enrolment.id.is_in(ids[start : start + PART]))
        for key, facts in (await facts_of(rows)).items():
            for each in counting(facts.results):
                told = (key, each.step, each.outcome, each.day)
                known |= {(*told, each.attempt), (*told, None)}
    return known


def _is_known(result: NewResult, known: set[Told]) -> bool:
    """The same file a second time changes nothing, also where the source has no numbers of its own."""
    told = (result.enrolment, result.step, result.outcome, result.day, result.attempt)
    return result.source_id is None and told in known
