"""What other steps do to who is on the route: how many, in which way; nobody by name."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from app.candidates.status import LABELS, TONES, Calendar, Status
from app.clock import local
from app.results.progress import outcome
from app.results.reroute import Rerouted
from app.routes.plan import Plan
from app.tables import State

CERTIFIED = frozenset({State.COMPLETED, State.RENEWING, State.RENEWED})
MOST_EXAMPLES = 5


@dataclass(frozen=True)
class Look:
    """How enrolments read on screen: their status, and per step of either plan (`Effect.ids`) the outcome."""

    status: Status
    outcomes: tuple[str | None, ...]


@dataclass(frozen=True)
class Transition:
    """From how they read to how they will."""

    before: Look
    after: Look
    certified: bool

    def gains(self, place: int) -> bool:
        return self.before.outcomes[place] is None and self.after.outcomes[place] is not None

    def loses(self, place: int) -> bool:
        return self.before.outcomes[place] is not None and self.after.outcomes[place] is None

    @property
    def hides(self) -> bool:
        """Whether something that was recorded no longer counts."""
        outcomes = zip(self.before.outcomes, self.after.outcomes, strict=True)
        return any(before not in {None, "open"} and after is None for before, after in outcomes)

    @property
    def reopens(self) -> bool:
        """Whether it takes from who has finished, or gives them something to do."""
        outcomes = zip(self.before.outcomes, self.after.outcomes, strict=True)
        undone = any(after in {"open", "ingepland", "gezakt"} and before is None for before, after in outcomes)
        return self.certified and (undone or self.hides)


@dataclass(frozen=True)
class StepEffect:
    name: str
    gained: int
    lost: int
    changed: int


@dataclass(frozen=True)
class Example:
    """How this many enrolments read, before and after: per step its name and the outcome."""

    enrolments: int
    before: list[tuple[str, str]]
    after: list[tuple[str, str]]
    tones: tuple[tuple[str, str], tuple[str, str]]
    """Of the status before and after: tone and words."""


@dataclass
class Effect:
    """Counts while enrolments are looked at, one by one."""

    before: Plan
    after: Plan
    calendar: Calendar
    moved: int = 0
    """Of how many only the letters change place: on screen, the order of the steps."""
    last_reopened: date | None = None
    """The last day on which one of those enrolled who have finished and would not have."""
    transitions: Counter[Transition] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._old = {step.id: place for place, step in enumerate(self.before)}
        self._new = {step.id: place for place, step in enumerate(self.after)}
        self.names = {step.id: step.name for step in (*self.before, *self.after)}
        self.ids = [*self._old, *(each for each in self._new if each not in self._old)]

    def add(self, each: Rerouted) -> None:
        if each.is_moved:
            self.moved += 1
            return
        row, new = each.row, each.progress
        before = self._look(row["progress"], self._old, State(row["state"]), row["valid_until"])
        after = self._look(new.progress, self._new, new.state, new.valid_until)
        transition = Transition(before, after, State(row["state"]) in CERTIFIED)
        self.transitions[transition] += 1
        if transition.reopens:
            self.last_reopened = max(local(row["enrolled_at"]).date(), self.last_reopened or date.min)

    def _look(self, progress: str, places: dict[int, int], state: State, until: date | None) -> Look:
        letters = (progress[places[each] : places[each] + 1] if each in places else "" for each in self.ids)
        read = tuple(outcome(letter, until, self.calendar.today) for letter in letters)
        return Look(self.calendar.status(state, until), read)

    @property
    def changed(self) -> int:
        return self.transitions.total()

    @property
    def dated(self) -> int:
        """Of how many something changes that neither the outcomes nor the status tell: a day."""
        return sum(count for each, count in self.transitions.items() if each.before == each.after)

    @property
    def reopened(self) -> int:
        return sum(count for each, count in self.transitions.items() if each.reopens)

    @property
    def hidden(self) -> int:
        return sum(count for each, count in self.transitions.items() if each.hides)

    @property
    def statuses(self) -> list[tuple[tuple[str, str], tuple[str, str], int]]:
        """From which status to which, as tone and words, and how many; the most first."""
        counts: Counter[tuple[Status, Status]] = Counter()
        for each, count in self.transitions.items():
            counts[each.before.status, each.after.status] += count
        return [(_shown(before), _shown(after), count) for (before, after), count in counts.most_common()]

    @property
    def steps(self) -> list[StepEffect]:
        """Those of which anything changes, in order."""
        found = [self._step(place, self.names[each]) for place, each in enumerate(self.ids)]
        return [each for each in found if each.gained or each.lost or each.changed]

    def _step(self, place: int, name: str) -> StepEffect:
        gained, lost, changed = 0, 0, 0
        for each, count in self.transitions.items():
            gained += count * each.gains(place)
            lost += count * each.loses(place)
            other = each.before.outcomes[place] != each.after.outcomes[place]
            changed += count * (other and not each.gains(place) and not each.loses(place))
        return StepEffect(name, gained, lost, changed)

    @property
    def examples(self) -> list[Example]:
        """The ways in which most change, as far as they look different."""
        seen = Counter({each: count for each, count in self.transitions.items() if each.before != each.after})
        return [
            Example(
                enrolments=count,
                before=self._shown_steps(each.before, self._old),
                after=self._shown_steps(each.after, self._new),
                tones=(_shown(each.before.status), _shown(each.after.status)),
            )
            for each, count in seen.most_common(MOST_EXAMPLES)
        ]

    def _shown_steps(self, look: Look, places: dict[int, int]) -> list[tuple[str, str]]:
        found = dict(zip(self.ids, look.outcomes, strict=True))
        return [(self.names[each], seen) for each in places if (seen := found[each])]


def _shown(status: Status) -> tuple[str, str]:
    return TONES[status], LABELS[status]
