"""What did they ask for? From the query, back to the query, to a WHERE, to words."""

from dataclasses import dataclass, field
from datetime import date

from piccolo.columns.combination import WhereRaw

from app.access import NOTHING, Condition
from app.clock import now
from app.lists import ARRANGEMENT, Selection, arrangement, code_of_one, narrowed, within_days
from app.names import words
from app.pages import day
from app.paycodes.status import LABELS, Clock, Status
from app.query import Query, contains, escape_like
from app.routes.catalogue import Catalogue
from app.tables import Enrolment, Paycode
from app.viewer import OrganisationName

SORTS = ("aangemaakt", "-aangemaakt", "code", "-code", "gebruikt", "-gebruikt")
ALL = "alle"

IN_CODE = "({} LIKE {} ESCAPE '\\' OR {} LIKE {} ESCAPE '\\')"
BY_USER = "{} IN (SELECT enrolment.id FROM enrolment WHERE {})"


@dataclass(frozen=True, kw_only=True)
class PaycodeFilter(Selection):
    """A selection of paycodes."""

    PARAMETERS = {
        "keywords": "trefwoorden",
        "organisation": "organisatie",
        "profile": "profiel",
        "status": "status",
        "since": "aangemaakt_vanaf",
        "until": "aangemaakt_tot",
        **ARRANGEMENT,
        "batches": "batches",
    }

    catalogue: Catalogue
    users: Condition = NOTHING
    """The enrolments whose names may be searched."""
    keywords: str = ""
    profile: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = "-aangemaakt"
    batches: str = ""
    """`alle`: a bar for every batch, not only for the newest."""
    clock: Clock = field(default_factory=lambda: Clock(now()))

    @classmethod
    def from_query(
        cls, raw: bytes, catalogue: Catalogue, organisations: tuple[OrganisationName, ...], users: Condition
    ) -> "PaycodeFilter":
        query = Query(raw)
        filters = cls(
            catalogue=catalogue,
            organisations=organisations,
            users=users,
            keywords=query.text("trefwoorden"),
            organisation=code_of_one(query, organisations),
            profile=query.choice("profiel", catalogue.choices(), "Kies een profiel uit de lijst."),
            status=query.choice("status", list(Status), "Kies een status uit de lijst."),
            since=query.day("aangemaakt_vanaf"),
            until=query.day("aangemaakt_tot"),
            batches=query.choice("batches", (ALL,), "Kies ‘alle’, of laat dit weg."),
            **arrangement(query, SORTS, cls.sort),
        )
        if filters.since and filters.until and filters.since > filters.until:
            query.errors["aangemaakt_vanaf"] = "‘Aangemaakt vanaf’ moet vóór ‘Aangemaakt tot’ liggen."
        return filters

    # To a WHERE

    def narrow(self, visible: Condition) -> Condition:
        return narrowed(self.narrow_counted(visible), self._status())

    def narrow_counted(self, visible: Condition) -> Condition:
        """The selection without status: what tiles and batches count in."""
        return narrowed(visible, self._organisation(), self._profile(), self._created(), self._keywords())

    def _keywords(self) -> Condition | None:
        if not self.keywords:
            return None
        # A batch number is nobody's name: then the names need not be read.
        return self._in_code() if "#" in self.keywords else self._in_code() | self._by_user()

    def _in_code(self) -> WhereRaw:
        parts = [escape_like(part) for part in words(self.keywords)] or [""]
        values = [
            value for part in parts for value in (Paycode.search_text, f"%{part}%", Paycode.code, f"%{part.upper()}%")
        ]
        return WhereRaw(f"({' AND '.join([IN_CODE] * len(parts))})", *values)

    def _by_user(self) -> WhereRaw:
        named = self.users & contains(Enrolment.search_text, self.keywords)
        return WhereRaw(BY_USER, Paycode.used_by, named.querystring)

    def _organisation(self) -> Condition | None:
        return Paycode.organisation == self.chosen_organisation.id if self.organisation else None

    def _profile(self) -> Condition | None:
        return self.catalogue.chosen(self.profile, Paycode.route, Paycode.profile) if self.profile else None

    def _created(self) -> Condition | None:
        return within_days(Paycode.created_at, self.since, self.until)

    def _status(self) -> Condition | None:
        return self.clock.has_status(Status(self.status)) if self.status else None

    # To words

    def _said(self) -> dict[str, str]:
        return {
            "keywords": f"Trefwoorden: {self.keywords}" if self.keywords else "",
            "organisation": f"Organisatie: {self.chosen_organisation.name}" if self.organisation else "",
            "profile": f"Profiel: {self.catalogue.chosen_name(self.profile)}" if self.profile else "",
            "status": f"Status: {LABELS[Status(self.status)]}" if self.status else "",
            "since": f"Aangemaakt vanaf {day(self.since)}" if self.since else "",
            "until": f"Aangemaakt tot en met {day(self.until)}" if self.until else "",
        }
