"""Rows as the bulk loader takes them: tuples in the order of COLUMNS, with ids of their own."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from piccolo.query.functions import Max
from piccolo.querystring import QueryString
from piccolo.table import Table

from app.clock import local, months_after
from app.names import search_text, sort_key
from app.paycodes.codes import batch_search_text
from app.piccolo_conf import DB
from app.results.progress import Progress
from app.tables import Batch, Candidate, Certificate, Enrolment, Kind, LinkSource, Outcome, Paycode, StepResult
from app.text import key
from app.transactions import Transaction
from app.worlds.catalogue import WorldRoute
from app.worlds.histories import History, moment
from app.worlds.people import Person

# Where results come from, for the first and the second test of a route.
SOURCES = (("toetssysteem (demo)", "Toetslocatie Arnhem (demo)"), ("praktijk (demo)", "Praktijklocatie Ede (demo)"))

Row = tuple[Any, ...]

COLUMNS: dict[type[Table], str] = {
    Candidate: "id salutation given_name name_particle family_name email email_key sort_key search_text created_at",
    Enrolment: (
        "id candidate route profile kind renews number enrolled_at organisation link_source linked_at linked_by"
        " given_name name_particle family_name sort_key search_text"
        " progress progress_notes state scheduled_on valid_until changed_at"
    ),
    StepResult: (
        "id enrolment step attempt outcome day place source source_id withdraws withdrawal_reason recorded_at"
        " recorded_by"
    ),
    Certificate: "id enrolment number issued_on valid_until crt_registered_on skills_passport_on",
    Batch: "id number organisation route profile contact_name reference search_text created_at created_by",
    Paycode: (
        "id code batch organisation route profile contact_name reference search_text created_at expires_at"
        " used_at used_by deactivated_at deactivated_by deactivation_reason changed_at"
    ),
}


@dataclass(frozen=True, slots=True)
class Link:
    """Of an enrolment to an organisation."""

    organisation: int
    source: LinkSource
    at: datetime
    by: int | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrolment of a world, before it is rows."""

    id: int
    candidate: int
    person: Person
    route: WorldRoute
    profile: int | None
    number: str
    enrolled_at: datetime
    history: History
    progress: Progress
    link: Link | None
    kind: Kind = Kind.FIRST
    renews: int | None = None


def candidate_row(candidate: int, person: Person, created_at: datetime) -> Row:
    found = sort_key(*person.name), search_text(*person.name, person.email)
    return (candidate, person.salutation.value, *person.name, person.email, key(person.email), *found, created_at)


def enrolment_row(enrolled: Enrolled) -> Row:
    link, person, progress = enrolled.link, enrolled.person, enrolled.progress
    return (
        enrolled.id,
        enrolled.candidate,
        enrolled.route.id,
        enrolled.profile,
        enrolled.kind.value,
        enrolled.renews,
        enrolled.number,
        enrolled.enrolled_at,
        *((link.organisation, link.source.value, link.at, link.by) if link else (None, None, None, None)),
        *person.name,
        sort_key(*person.name),
        search_text(*person.name, person.email, enrolled.number),
        progress.progress,
        progress.progress_notes,
        progress.state.value,
        progress.scheduled_on,
        progress.valid_until,
        moment(enrolled.history.last_day, 599),
    )


def result_rows(enrolled: Enrolled, recorded: Iterable[date], ids: Iterator[int]) -> Iterator[Row]:
    """`recorded`: the days of the payments that were made without a paycode."""
    nothing = (None, None, "")
    for attempt, day in enumerate(recorded, 1):
        passed = (attempt, Outcome.PASSED.value, day, "", "ideal")
        yield (next(ids), enrolled.id, enrolled.route.payment, *passed, *nothing, moment(day, 300), None)
    steps = enrolled.route.tests(enrolled.kind)
    for test, attempt, outcome, day in enrolled.history.tests:
        known_on = enrolled.history.last_day if outcome == Outcome.SCHEDULED else day
        source, place = SOURCES[test]
        taken = (attempt, outcome.value, day, place, source)
        yield (next(ids), enrolled.id, steps[test], *taken, *nothing, moment(known_on, 480), None)


def certificate_row(number: int, enrolled: Enrolled) -> Row:
    told = enrolled.history
    registered = told.crt_registered_on, told.skills_passport_on
    return (number, enrolled.id, f"DEMO-{number:07}", told.issued_on, told.valid_until, *registered)


@dataclass(frozen=True, slots=True)
class BatchRecipe:
    """A batch, before it is rows: what every code of it copies, and who uses the first of its codes."""

    id: int
    number: str
    organisation: int
    route: int
    profile: int | None
    contact_name: str
    reference: str
    created_at: datetime
    size: int
    uses: tuple[tuple[datetime, int], ...] = ()
    """When, and by which enrolment."""

    @property
    def unused(self) -> int:
        return self.size - len(self.uses)

    @property
    def copied(self) -> Row:
        search = batch_search_text(self.number, self.contact_name, self.reference)
        return (self.organisation, self.route, self.profile, self.contact_name, self.reference, search, self.created_at)


def batch_row(batch: BatchRecipe, created_by: int | None) -> Row:
    return (batch.id, batch.number, *batch.copied, created_by)


def paycode_rows(
    batch: BatchRecipe, off: int, codes: Iterator[str], ids: Iterator[int], by: int | None
) -> Iterator[Row]:
    """Used, then deactivated (so many as `off` says), then the rest."""
    expires_at = a_year_after(batch.created_at)
    copied = batch.copied
    nothing = (None, None, None, None, "", batch.created_at)
    for place in range(batch.size):
        state: Row = nothing
        if place < len(batch.uses):
            state = (*batch.uses[place], None, None, "", batch.uses[place][0])
        elif place < len(batch.uses) + off:
            off_at = batch.created_at + timedelta(hours=20)
            state = (None, None, off_at, by, "Op verzoek van de organisatie", off_at)
        yield (next(ids), next(codes), batch.id, *copied, expires_at, *state)


def a_year_after(moment: datetime) -> datetime:
    """The same time on the wall in Amsterdam."""
    day = months_after(local(moment).date(), 12)
    return local(moment).replace(year=day.year, month=day.month, day=day.day).astimezone(UTC)


async def load(transaction: Transaction, table: type[Table], rows: Sequence[Row]) -> None:
    if rows:
        await transaction.load(table._meta.tablename, COLUMNS[table].split(), rows)


async def last_id(table: type[Table]) -> int:
    row = await table.select(Max(table._meta.primary_key)).first()
    return (row and row["max"]) or 0


async def advance_sequences() -> None:
    """After rows that brought their own ids."""
    if DB.engine_type == "postgres":
        for table in COLUMNS:
            name = table._meta.tablename
            await DB.run_querystring(
                QueryString(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), max(id)) FROM {name}")  # noqa: S608
            )
