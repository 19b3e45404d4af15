"""One enrolment: the person, where the link comes from, and every fact about the way to the certificate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import Access, Condition
from app.audit import record
from app.candidates.filters import CandidateFilter
from app.candidates.progress import StepCell, step_cells
from app.candidates.queries import ORDERS
from app.candidates.status import LABELS, TONES, Status
from app.clock import local
from app.names import formal_name, full_name, list_name
from app.pages import day
from app.paycodes.codes import grouped
from app.query import with_query
from app.routes.catalogue import RouteEntry
from app.security import PortalRequest
from app.tables import Certificate, Enrolment, Kind, LinkSource, Outcome, Paycode, Role, State, StepResult

Record = dict[str, Any]

SOURCES = {
    LinkSource.WEBSITE: "met de organisatiecode, bij de aanmelding op de website",
    LinkSource.ENROLMENT_MANAGER: "door de aanmeldbeheerder",
    LinkSource.PAYCODE: "met een betaalcode van de organisatie",
    LinkSource.ADMINISTRATOR: "door Vakmanschap Techniek",
}
RESULTS = {
    Outcome.SCHEDULED: ("ingepland", "ingepland"),
    Outcome.PASSED: ("geslaagd", "geslaagd"),
    Outcome.FAILED: ("gezakt", "niet geslaagd"),
    Outcome.WITHDRAWN: ("open", "uitslag ingetrokken"),
}
# The neighbour of an enrolment in a selection, in the selection's own order.
NEIGHBOUR = """
SELECT enrolment.id FROM enrolment
WHERE ({{}}) AND (enrolment.{column}, enrolment.id) {sign} (
    SELECT here.{column}, here.id FROM enrolment AS here WHERE here.id = {{}}
)
ORDER BY enrolment.{column} {way}, enrolment.id {way} LIMIT 1
"""


@dataclass(frozen=True)
class Moment:
    """On the timeline."""

    on: date
    tone: str
    title: str
    text: str = ""
    correct_href: str = ""

    @property
    def when(self) -> str:
        return day(self.on)


@dataclass(frozen=True)
class Details:
    row: Record
    results: Sequence[Record]
    certificate: Record | None
    paycodes: Sequence[Record]
    """Those that this person may see."""
    filters: CandidateFilter
    previous: int | None
    next: int | None
    managed: bool
    """Whether this person records what happens to it."""
    related: Sequence[Record]
    """The enrolment that it renews and those that renew it: id, number, renews."""

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def name(self) -> str:
        return full_name(*self._names)

    @property
    def list_name(self) -> str:
        return list_name(*self._names)

    @property
    def formal_name(self) -> str:
        return formal_name(self.row["candidate.salutation"], *self._names)

    @property
    def _names(self) -> tuple[str, str, str]:
        return self.row["given_name"], self.row["name_particle"], self.row["family_name"]

    @property
    def number(self) -> str:
        return grouped(self.row["number"])

    @property
    def route(self) -> str:
        return self._route.name

    @property
    def website(self) -> str:
        return self._route.website

    @property
    def quality_scheme_url(self) -> str:
        return self._route.quality_scheme_url

    @property
    def _route(self) -> RouteEntry:
        return self.filters.catalogue.route_by_id(self.row["route"])

    @property
    def kind(self) -> str:
        return "Verlenging" if self.row["kind"] == Kind.RENEWAL else ""

    @property
    def profile(self) -> str:
        return self.filters.catalogue.profile_name(self.row["profile"])

    @property
    def organisation(self) -> str:
        code, name = self.row["organisation.code"], self.row["organisation.name"]
        return f"{name}, {code}" if code else ""

    @property
    def link(self) -> str:
        """Where the link comes from, by whom and when."""
        if not self.row["link_source"]:
            return ""
        by = full_name(
            *(self.row[f"linked_by.{part}"] or "" for part in ("given_name", "name_particle", "family_name"))
        )
        batch = self.paycodes[0]["batch.number"] if self.paycodes and self._by_paycode else ""
        said = SOURCES[LinkSource(self.row["link_source"])]
        return said + (f", {by}" if by else "") + (f" (batch #{batch})" if batch else "")

    @property
    def _by_paycode(self) -> bool:
        return bool(self.row["link_source"] == LinkSource.PAYCODE)

    @property
    def standing(self) -> tuple[str, str]:
        """The tone and the words of the status."""
        status: Status = self.filters.calendar.status(State(self.row["state"]), self.row["valid_until"])
        return TONES[status], LABELS[status]

    @cached_property
    def steps(self) -> list[StepCell]:
        today = self.filters.calendar.today
        row = self.row
        return list(step_cells(self._route, row["progress"], row["progress_notes"], row["valid_until"], today).values())

    @property
    def timeline(self) -> list[Moment]:
        """Every fact, the withdrawn ones too, by day."""
        enrolled = Moment(local(self.row["enrolled_at"]).date(), "geslaagd", "Aangemeld", f"Nummer {self.number}")
        corrected = {each["withdraws"]: each["withdrawal_reason"] for each in self.results if each["withdraws"]}
        moments = [enrolled, *(self._result(each, corrected.get(each["id"])) for each in self.results)]
        moments += [
            Moment(local(each["used_at"]).date(), "geslaagd", "Betaald met een betaalcode", grouped(each["code"]))
            for each in self.paycodes
        ]
        if self.certificate:
            moments.append(_certificate(self.certificate))
        return sorted(moments, key=lambda moment: moment.on)

    def _result(self, row: Record, withdrawn: str | None) -> Moment:
        tone, words = RESULTS[Outcome(row["outcome"])]
        attempt = f"{row['attempt']}e poging" if row["attempt"] > 1 else ""
        told = [attempt, row["place"], f"ingetrokken: {withdrawn}" if withdrawn else ""]
        counts = withdrawn is None and row["outcome"] != Outcome.WITHDRAWN
        return Moment(
            row["day"],
            "open" if withdrawn else tone,
            f"{row['step.name']}: {words}",
            ", ".join(filter(None, told)),
            f"{self.results_href}/{row['id']}/corrigeren" if counts and self.managed else "",
        )

    @property
    def query(self) -> str:
        return self.filters.query(number=self.filters.number)

    @property
    def back_href(self) -> str:
        return with_query("/overzicht", self.query)

    @property
    def previous_href(self) -> str:
        return with_query(f"/deelnames/{self.previous}", self.query) if self.previous else ""

    @property
    def next_href(self) -> str:
        return with_query(f"/deelnames/{self.next}", self.query) if self.next else ""

    @property
    def unlink_href(self) -> str:
        return with_query(f"/deelnames/{self.id}/ontkoppelen", self.query)

    @property
    def results_href(self) -> str:
        return f"/deelnames/{self.id}/uitslagen"

    @property
    def may_renew(self) -> bool:
        """Whether there is a certificate that nobody renews, on a route that has a way to."""
        route = self.filters.catalogue.route_by_id(self.row["route"])
        renewable = any(step.renewal_only for step in route.steps)
        renewed = any(each["renews"] == self.id for each in self.related)
        return self.managed and self.certificate is not None and renewable and not renewed


def _certificate(row: Record) -> Moment:
    told = [
        f"Nummer {row['number']}",
        f"geldig tot {day(row['valid_until'])}" if row["valid_until"] else "",
        f"in het Centraal Register Techniek op {day(row['crt_registered_on'])}" if row["crt_registered_on"] else "",
        f"in het Vakpaspoort op {day(row['skills_passport_on'])}" if row["skills_passport_on"] else "",
    ]
    return Moment(row["issued_on"], "geslaagd", "Bewijs van Vakmanschap behaald", ", ".join(filter(None, told)))


async def find_enrolment(access: Access, key: int) -> Record:
    """One that this person may see. Not theirs and not there are the same: NotFoundException."""
    row = (
        await Enrolment.select(
            *Enrolment.all_columns(),
            Enrolment.candidate.salutation,
            Enrolment.candidate.email,
            Enrolment.organisation.code,
            Enrolment.organisation.name,
            Enrolment.linked_by.given_name,
            Enrolment.linked_by.name_particle,
            Enrolment.linked_by.family_name,
        )
        .where(access.enrolments & (Enrolment.id == key))
        .first()
    )
    if row is None:
        raise NotFoundException
    return dict(row)


async def show_enrolment(access: Access, key: int, filters: CandidateFilter) -> Details:
    row = await find_enrolment(access, key)
    visible = filters.narrow(access.enrolments)
    return Details(
        row=row,
        results=await _results(key),
        certificate=await Certificate.select().where(Certificate.enrolment == key).first(),
        paycodes=await _paycodes(access, key),
        filters=filters,
        previous=await _neighbour(visible, filters.sort, key, back=True),
        next=await _neighbour(visible, filters.sort, key, back=False),
        managed=access.everywhere,
        related=await _related(access, row),
    )


async def record_view(access: Access, request: PortalRequest, row: Record) -> None:
    """Of an administrator it is on record that they were one: whose data it were, the organisation says."""
    as_whom: dict[str, Any] = {"role": Role.ADMINISTRATOR.value} if access.everywhere else {}
    await record(request, "view", "enrolment", row["id"], organisation=row["organisation"], **as_whom)


async def _results(enrolment: int) -> list[Record]:
    columns = (*StepResult.all_columns(), StepResult.step.name)
    found = await StepResult.select(*columns).where(StepResult.enrolment == enrolment).order_by(StepResult.id)
    return list(found)


async def _related(access: Access, row: Record) -> list[Record]:
    columns = (Enrolment.id, Enrolment.number, Enrolment.renews)
    which = Enrolment.renews == row["id"]
    if row["renews"] is not None:
        which = which | (Enrolment.id == row["renews"])
    return list(await Enrolment.select(*columns).where(access.enrolments & which).order_by(Enrolment.id))


async def _paycodes(access: Access, enrolment: int) -> list[Record]:
    columns = (Paycode.code, Paycode.used_at, Paycode.reference, Paycode.batch.number)
    mine = access.paycodes & (Paycode.used_by == enrolment)
    return list(await Paycode.select(*columns).where(mine).order_by(Paycode.used_at))


async def _neighbour(visible: Condition, sort: str, key: int, *, back: bool) -> int | None:
    column, way = ORDERS[sort]
    rising = (way == "ASC") != back
    frame = NEIGHBOUR.format(column=column, sign=">" if rising else "<", way="ASC" if rising else "DESC")
    rows = await Enrolment.raw(frame, visible.querystring, key)
    return rows[0]["id"] if rows else None
