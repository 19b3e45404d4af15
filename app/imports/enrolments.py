"""Enrolments that come in by file, brought by an enrolment manager for one of the own organisations."""

import asyncio
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from app.clock import now
from app.enrolment.by_hand import NOT_ACTIVE
from app.enrolment.enrolling import (
    Enrolled,
    Enrolling,
    EnrolmentRefused,
    NoFreeCode,
    OrganisationRefused,
    Person,
    enrol_all,
    read_person,
)
from app.enrolment.letters import tell_candidates
from app.enrolment.offered import OfferedRoute, open_routes
from app.imports.columns import Column, Values
from app.imports.kinds import FileRow, Kind, Verdict, Work, repeated
from app.mail.outbox import Letter
from app.names import fold
from app.paycodes.codes import canonical
from app.paycodes.status import Clock, Status
from app.tables import Enrolment, ImportKind, LinkSource, Paycode
from app.text import key
from app.viewer import Viewer

PART = 1_000
ROUTE, PROFILE, PAYCODE = "Route", "Profiel", "Betaalcode"
# Column → what `read_person` calls it.
PERSON = {
    "Aanhef": "aanhef",
    "Voornaam": "voornaam",
    "Tussenvoegsel": "tussenvoegsel",
    "Achternaam": "achternaam",
    "E-mailadres": "emailadres",
    "Geboortedatum": "geboortedatum",
    "CRT-nummer": "crtnummer",
}
SALUTATIONS = ("De heer", "Mevrouw", "Neutraal")

NO_ROUTE = "Vul de vakmanschapsroute in, zoals in het sjabloon."
UNKNOWN_ROUTE = "Deze vakmanschapsroute is er niet, of is gesloten voor aanmelding."
NO_PROFILE = "Vul een profiel van deze vakmanschapsroute in, zoals in het sjabloon."
UNKNOWN_PROFILE = "Dit profiel hoort niet bij deze vakmanschapsroute."
KNOWN_HERE = "Al bekend bij uw organisatie."
FREE_CODE = "Krijgt een vrije betaalcode."

Read = tuple[Person, OfferedRoute, int | None]
"""Who, on which route, for which profile."""


class Enrolments(Kind):
    kind = ImportKind.ENROLMENTS
    path = "/aanmeldingen/importeren"
    title = "Aanmeldingen"
    rows = ("kandidaat", "kandidaten")
    shown = ("Voornaam", "Tussenvoegsel", "Achternaam", "E-mailadres", ROUTE, PROFILE)
    columns: ClassVar[tuple[Column, ...]] = (
        Column("Aanhef", "De heer, Mevrouw of Neutraal.", 12, required=True),
        Column("Voornaam", "De roepnaam.", 18, required=True),
        Column("Tussenvoegsel", "Zoals van der. Leeg als er geen is.", 14),
        Column("Achternaam", "Zonder tussenvoegsel.", 24, required=True),
        Column("E-mailadres", "Van de kandidaat zelf: daarheen gaat de bevestiging.", 32, required=True),
        Column(ROUTE, "Een vakmanschapsroute uit de lijst.", 24, required=True),
        Column(PROFILE, "Een profiel van die route, uit de lijst.", 46),
        Column("Geboortedatum", "Als dd-mm-jjjj. Mag leeg blijven.", 16),
        Column("CRT-nummer", "Het nummer in het Centraal Register Techniek. Mag leeg blijven.", 18),
        Column(PAYCODE, "De betaalcode waarmee wordt betaald. Mag leeg blijven.", 24),
    )

    def permits(self, owner: Viewer | None, organisation: int | None) -> bool:
        return owner is not None and organisation in owner.access.enrols_for

    async def lists(self, owner: Viewer) -> Mapping[str, Sequence[str]]:
        routes = await open_routes()
        profiles = [profile.name for route in routes for profile in route.profiles]
        return {"Aanhef": SALUTATIONS, ROUTE: [route.name for route in routes], PROFILE: profiles}

    async def example(self, owner: Viewer) -> Values:
        person = dict(zip(PERSON, ("Mevrouw", "Sanne", "van der", "Meulen", "sanne@example.org"), strict=False))
        for route in (await open_routes())[:1]:
            person |= {ROUTE: route.name, PROFILE: next((each.name for each in route.profiles), "")}
        return person | {"Geboortedatum": "22-04-1990", PAYCODE: "ABCD-EFGH-JKLM-NPQR"}

    def together(self, values: Values) -> Hashable:
        return _person_key(values)

    def ordered(self, rows: Sequence[FileRow]) -> list[FileRow]:
        """Codes that were named go before free ones, or somebody would get the code of somebody else."""
        return sorted(rows, key=lambda row: (not row.values.get(PAYCODE), row.number))

    async def foresee(self, work: Work, rows: Sequence[FileRow]) -> Mapping[int, Verdict]:
        people = repeated(rows, lambda values: (*_person_key(values), fold(values.get(ROUTE, ""))))
        codes = repeated(rows, lambda values: canonical(values[PAYCODE]) if values.get(PAYCODE) else None)
        found = codes | people
        short = await _without_code(work, [row for row in rows if row.id not in found]) if work.assign_paycodes else {}
        return short | found

    async def read(self, work: Work, rows: Sequence[FileRow]) -> list[Enrolling | Verdict]:
        routes = await open_routes()
        read: list[Enrolling | Verdict] = []
        for place, row in enumerate(rows):
            if place % PART == 0:
                await asyncio.sleep(0)  # others come first
            found = _read(row.values, routes)
            read.append(found if isinstance(found, Verdict) else _asked(work, row.values, found))
        return read

    async def take_over(self, work: Work, read: Sequence[Any]) -> list[Verdict]:
        enrolled = await enrol_all(None, [each for each in read if isinstance(each, Enrolling)])
        known = await _known_here(work, [each for each in enrolled if isinstance(each, Enrolled)])
        answers = iter(enrolled)
        return [each if isinstance(each, Verdict) else _verdict(each, next(answers), known) for each in read]

    async def tell(self, verdicts: Sequence[Verdict]) -> None:
        await tell_candidates(Letter.ENROLLED, [each.enrolment for each in verdicts if each.enrolment])


def _person_key(values: Values) -> tuple[str, ...]:
    """What makes two rows about one person, as far as can be told before they are read."""
    names = (fold(values.get(name, "")) for name in ("Voornaam", "Tussenvoegsel", "Achternaam"))
    return (key(values.get("E-mailadres", "")), *names)


def _read(values: Values, routes: Sequence[OfferedRoute]) -> Read | Verdict:
    """What a row says, or everything that is wrong with it."""
    person, errors = read_person({name: values.get(title, "") for title, name in PERSON.items()})
    sentences = list(errors.values())
    route, profile, problem = _route_and_profile(values, routes)
    if problem:
        sentences.append(problem)
    if sentences or person is None or route is None:
        return Verdict(tuple(sentences))
    return person, route, profile


def _route_and_profile(values: Values, routes: Sequence[OfferedRoute]) -> tuple[OfferedRoute | None, int | None, str]:
    """Both, or a sentence. They are known by their names and by their words in an address."""
    typed, wanted = fold(values.get(ROUTE, "")), fold(values.get(PROFILE, ""))
    route = next((each for each in routes if typed in {fold(each.name), fold(each.slug)}), None)
    if route is None:
        return None, None, UNKNOWN_ROUTE if typed else NO_ROUTE
    profile = next((each for each in route.profiles if wanted in {fold(each.name), fold(each.slug)}), None)
    if profile is None and (route.profiles or wanted):
        return route, None, UNKNOWN_PROFILE if wanted else NO_PROFILE
    return route, profile.id if profile else None, ""


def _asked(work: Work, values: Values, read: Read) -> Enrolling:
    person, route, profile = read
    code = canonical(values.get(PAYCODE, "")) or None
    return Enrolling(
        person=person,
        route=route.id,
        profile=profile,
        organisation=work.organisation,
        source=LinkSource.ENROLMENT_MANAGER,
        code=code,
        by=work.user,
        free_code=work.assign_paycodes and code is None,
    )


def _verdict(asked: Enrolling, answer: Enrolled | EnrolmentRefused, known: set[int]) -> Verdict:
    if isinstance(answer, EnrolmentRefused):
        return Verdict((NOT_ACTIVE if isinstance(answer, OrganisationRefused) else str(answer),))
    remarks = ((KNOWN_HERE, answer.candidate in known), (FREE_CODE, asked.free_code))
    return Verdict((), tuple(sentence for sentence, applies in remarks if applies), answer.id)


async def _known_here(work: Work, enrolled: Sequence[Enrolled]) -> set[int]:
    """Candidates whom this organisation has among its own already. Whether others know them is not told."""
    new, known = {each.id for each in enrolled}, set()
    candidates = sorted({each.candidate for each in enrolled})
    for start in range(0, len(candidates), PART):
        theirs = Enrolment.candidate.is_in(candidates[start : start + PART])
        rows = await Enrolment.select(Enrolment.id, Enrolment.candidate).where(
            theirs & (Enrolment.organisation == work.organisation)
        )
        known |= {row["candidate"] for row in rows if row["id"] not in new}
    return known


async def _without_code(work: Work, rows: Iterable[FileRow]) -> dict[int, Verdict]:
    """Rows for which the organisation's free codes do not suffice: those for the profile go first, as they will."""
    routes = await open_routes()
    named = {canonical(row.values.get(PAYCODE, "")) for row in rows}
    free = (Paycode.organisation == work.organisation) & Clock(now()).has_status(Status.FREE)
    codes = await Paycode.select(Paycode.code, Paycode.route, Paycode.profile).where(free)
    left = Counter((code["route"], code["profile"]) for code in codes if code["code"] not in named)
    short = {}
    for row in rows:
        read = _read(row.values, routes)
        if isinstance(read, Verdict) or row.values.get(PAYCODE):
            continue
        places = [(read[1].id, read[2]), (read[1].id, None)]
        place = next((each for each in places if left[each] > 0), None)
        if place is None:
            short[row.id] = Verdict((str(NoFreeCode()),))
        else:
            left[place] -= 1
    return short
