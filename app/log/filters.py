"""Which events did the administrator ask for?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

from app.access import NOTHING, Condition
from app.lists import ARRANGEMENT, Selection, arrangement, code_of_one, narrowed, within_days
from app.log.words import DEEDS, SUBJECTS, Subject
from app.pages import day
from app.query import Query
from app.tables import AuditEvent
from app.viewer import OrganisationName

SORTS = ("moment", "-moment")


@dataclass(frozen=True)
class Person:
    """Whose events are asked for: what they did, and what was done to them. Each condition walks one index, and no
    event meets two of them."""

    by: tuple[Condition, ...] = ()
    to: tuple[Condition, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LogFilter(Selection):
    """A selection of events."""

    PARAMETERS = {
        "person": "persoon",
        "organisation": "organisatie",
        "deed": "soort",
        "since": "vanaf",
        "until": "tot",
        **ARRANGEMENT,
    }

    person: str = ""
    """A user name, or the number of an enrolment."""
    found: Person = Person()
    deed: str = ""
    """A subject with all that belongs to it, or one action."""
    since: date | None = None
    until: date | None = None
    sort: str = "-moment"

    @classmethod
    def from_query(cls, raw: bytes, organisations: tuple[OrganisationName, ...], person: Person) -> "LogFilter":
        query = Query(raw)
        filters = cls(
            organisations=organisations,
            person=query.text("persoon"),
            found=person,
            organisation=code_of_one(query, organisations),
            deed=query.choice("soort", {*Subject, *DEEDS}, "Kies een soort uit de lijst."),
            since=query.day("vanaf"),
            until=query.day("tot"),
            **arrangement(query, SORTS, cls.sort),
        )
        if filters.since and filters.until and filters.since > filters.until:
            query.errors["vanaf"] = "‘Vanaf’ moet vóór ‘Tot’ liggen."
        return filters

    def narrow(self, visible: Condition) -> Condition:
        return reduce(or_, self.parts(visible))

    def parts(self, visible: Condition) -> Sequence[Condition]:
        """The selection in parts that have no event in common, each of which an index gives in order."""
        common = narrowed(NOTHING if self.errors else visible, self._organisation(), self._period())
        each: Sequence[Condition | None] = [None]
        together = None
        if self.deed:
            each = [AuditEvent.action == action for action in actions_of(self.deed)]
            together = AuditEvent.action.is_in(list(actions_of(self.deed)))
        if not self.person:
            return [narrowed(common, action) for action in each]
        by = [narrowed(common, person, action) for person in self.found.by for action in each]
        return [*by, *(narrowed(common, person, together) for person in self.found.to)] or [NOTHING]

    def _organisation(self) -> Condition | None:
        return AuditEvent.organisation == self.chosen_organisation.id if self.organisation else None

    def _period(self) -> Condition | None:
        return within_days(AuditEvent.at, self.since, self.until)

    def _said(self) -> dict[str, str]:
        return {
            "person": f"Persoon: {self.person}" if self.person else "",
            "organisation": f"Organisatie: {self.chosen_organisation.name}" if self.organisation else "",
            "deed": f"Soort: {name_of(self.deed)}" if self.deed else "",
            "since": f"Vanaf {day(self.since)}" if self.since else "",
            "until": f"Tot en met {day(self.until)}" if self.until else "",
        }


def actions_of(deed: str) -> Sequence[str]:
    if deed in DEEDS:
        return (deed,)
    return [action for action, each in DEEDS.items() if each.subject == deed]


def name_of(deed: str) -> str:
    return DEEDS[deed].name if deed in DEEDS else SUBJECTS[Subject(deed)]
