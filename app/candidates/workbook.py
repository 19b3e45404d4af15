"""The Overzicht as a workbook: the same selection in the same order, every row of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from piccolo.columns.combination import WhereRaw

from app.access import Access
from app.candidates.filters import CandidateFilter
from app.candidates.progress import WORDS
from app.candidates.queries import ORDERS, Standing, count
from app.candidates.status import LABELS, TONES, Status
from app.clock import local_day
from app.names import list_name
from app.organisations.queries import filterable_organisations
from app.paycodes.codes import grouped
from app.results.progress import notes, outcome
from app.routes.catalogue import load_catalogue
from app.tables import Enrolment, Kind, LinkSource, State
from app.viewer import Viewer
from app.workbooks.book import Column
from app.workbooks.listing import Meaning, Row, Whom, order_in_words

# As the page of the Overzicht, but it goes on where the last row stood.
NEXT = """
SELECT enrolment.id, enrolment.{column} AS place, enrolment.given_name, enrolment.name_particle,
    enrolment.family_name, enrolment.number, enrolment.route, enrolment.profile, enrolment.kind,
    enrolment.enrolled_at, enrolment.progress, enrolment.progress_notes, enrolment.state, enrolment.valid_until,
    enrolment.link_source, enrolment.linked_at, enrolment.organisation, candidate.email,
    organisation.name AS organisation_name, organisation.code AS organisation_code,
    certificate.number AS certificate_number, certificate.crt_registered_on, certificate.skills_passport_on
FROM (SELECT enrolment.id FROM enrolment WHERE {{}} ORDER BY {order} LIMIT {{}}) AS chosen
JOIN enrolment ON enrolment.id = chosen.id
JOIN candidate ON candidate.id = enrolment.candidate
LEFT JOIN organisation ON organisation.id = enrolment.organisation
LEFT JOIN certificate ON certificate.enrolment = enrolment.id
ORDER BY {order}
"""
ORDER_WORDS = {"naam": "Naam", "aangemeld": "Aangemeld", "gewijzigd": "Laatst gewijzigd"}
SOURCES = {
    LinkSource.WEBSITE: "Organisatiecode",
    LinkSource.ENROLMENT_MANAGER: "Aanmeldbeheerder",
    LinkSource.PAYCODE: "Betaalcode",
    LinkSource.ADMINISTRATOR: "Vakmanschap Techniek",
}
OUTCOMES = {name: words.capitalize() for name, words in WORDS.items()}
LEGEND = (
    Meaning(OUTCOMES["geslaagd"], "geslaagd", "De stap is behaald, op de dag die erachter staat."),
    Meaning(OUTCOMES["gezakt"], "gezakt", "De laatste poging is niet behaald en er is geen nieuwe gepland."),
    Meaning(OUTCOMES["ingepland"], "ingepland", "De dag staat vast; de uitslag is nog niet bekend."),
    Meaning(
        OUTCOMES["open"], "open", "Er is nog niets gepland of gedaan. Als status: nog niets na aanmelding en betaling."
    ),
    Meaning(OUTCOMES["verlopen"], "verlopen", "Behaald, maar de geldigheid is voorbij."),
    Meaning(LABELS[Status.RUNNING], TONES[Status.RUNNING], "De kandidaat is op weg naar het Bewijs van Vakmanschap."),
    Meaning(LABELS[Status.RESIT], TONES[Status.RESIT], "Een stap moet over."),
    Meaning(LABELS[Status.COMPLETED], TONES[Status.COMPLETED], "Het Bewijs van Vakmanschap is behaald en geldig."),
    Meaning(LABELS[Status.EXPIRING], TONES[Status.EXPIRING], "Het bewijs is geldig, maar niet lang meer."),
)


async def read_candidates(viewer: Viewer, query: str) -> "CandidateListing":
    """What this person may see of the selection in the query string, now."""
    access = viewer.access
    filters = CandidateFilter.from_query(
        query.encode(), await load_catalogue(access), await filterable_organisations(viewer)
    )
    return CandidateListing(access, filters, await count(access, filters))


@dataclass(frozen=True)
class CandidateListing:
    access: Access
    filters: CandidateFilter
    standing: Standing

    title = "Kandidaten"
    path = "/overzicht"
    legend = LEGEND

    @property
    def total(self) -> int:
        return self.standing.total

    @property
    def order(self) -> str:
        return order_in_words(self.filters.sort, ORDER_WORDS)

    @property
    def columns(self) -> Sequence[Column]:
        return (
            Column("Naam", 28),
            Column("Voornaam", 16),
            Column("Tussenvoegsel", 14),
            Column("Achternaam", 22),
            Column("E-mailadres", 32),
            Column("Deelnamenummer", 17),
            Column("Organisatie", 30),
            Column("Code", 8),
            Column("Route", 22),
            Column("Profiel", 34),
            Column("Soort", 12),
            Column("Aangemeld", 12),
            Column("Status", 26, coloured=True),
            *(each for word in self.steps.values() for each in (word, Column(f"{word.title} op", 12))),
            Column("Geldig tot", 12),
            Column("Bewijsnummer", 18),
            Column("CRT op", 12),
            Column("Vakpaspoort op", 15),
            Column("Herkomst koppeling", 21),
            Column("Gekoppeld op", 14),
        )

    @cached_property
    def steps(self) -> Mapping[str, Column]:
        """By slug, those that anybody in the selection has."""
        words = self._words()
        own = [[step for step in route.steps if step.slug in words] for route in self.filters.routes]
        names = {step.slug: step.name for steps in own for step in steps}
        return {
            slug: Column(names[slug], max(map(len, words[slug])) + 2, coloured=True)
            for slug in merged([step.slug for step in steps] for steps in own)
        }

    def _words(self) -> Mapping[str, set[str]]:
        """By slug of a step: the words that occur."""
        words: dict[str, set[str]] = defaultdict(set)
        for group in self.standing.found:
            for step in self.filters.catalogue.route_by_id(group.route).steps:
                if found := group.at(step.position):
                    words[step.slug].add(OUTCOMES[found])
        return words

    async def rows_after(self, last: Row | None, most: int) -> Sequence[Row]:
        return await list_after(self.access, self.filters, last, most)

    def shows(self, row: Row) -> Whom | None:
        return Whom(row["id"], row["organisation"])

    def cells(self, row: Row) -> Sequence[str | date | None]:
        catalogue, days = self.filters.catalogue, self.filters.calendar
        names = row["given_name"], row["name_particle"], row["family_name"]
        return (
            list_name(*names),
            *names,
            row["email"],
            grouped(row["number"]),
            row["organisation_name"],
            row["organisation_code"],
            catalogue.route_by_id(row["route"]).label,
            catalogue.profile_name(row["profile"]),
            "Verlenging" if row["kind"] == Kind.RENEWAL else "Eerste keer",
            local_day(row["enrolled_at"]),
            LABELS[days.status(State(row["state"]), row["valid_until"])],
            *self._step_cells(row),
            row["valid_until"],
            row["certificate_number"],
            row["crt_registered_on"],
            row["skills_passport_on"],
            SOURCES[LinkSource(row["link_source"])] if row["link_source"] else None,
            local_day(row["linked_at"]),
        )

    def _step_cells(self, row: Row) -> Iterable[str | date | None]:
        route, noted = self.filters.catalogue.route_by_id(row["route"]), notes(row["progress_notes"])
        for slug in self.steps:
            step = route.step(slug)
            letter = row["progress"][step.position - 1 : step.position] if step else ""
            found = outcome(letter, row["valid_until"], self.filters.calendar.today)
            on = noted[step.position - 1] if step and found else None
            yield OUTCOMES[found] if found else None
            yield on.day if on else None


async def list_after(access: Access, filters: CandidateFilter, last: Row | None, most: int) -> list[dict[str, Any]]:
    """The rows of the selection that follow `last`, at most so many."""
    column, way = ORDERS[filters.sort]
    sign, condition = "<" if way == "DESC" else ">", filters.narrow(access.enrolments)
    if last is not None:
        place = WhereRaw(f"(enrolment.{column}, enrolment.id) {sign} ({{}}, {{}})", last["place"], last["id"])
        condition = condition & place
    statement = NEXT.format(column=column, order=f"enrolment.{column} {way}, enrolment.id {way}")
    rows: list[dict[str, Any]] = await Enrolment.raw(statement, condition.querystring, most)
    return rows


def merged(sequences: Iterable[Sequence[str]]) -> list[str]:
    """Everything once; what is new stands behind what it follows in its own sequence."""
    order: list[str] = []
    for sequence in sequences:
        place = 0
        for each in sequence:
            if each not in order:
                order.insert(place, each)
            place = order.index(each) + 1
    return order
