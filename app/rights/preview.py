"""What goes when a person is erased, what stays and why: shown before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar.exceptions import NotFoundException

from app.access import Access
from app.candidates.administration.details import CandidateDetails, show_candidate
from app.candidates.status import Calendar, Status
from app.clock import today
from app.people.overview import Person, shown
from app.people.queries import find_person
from app.rights.whose import of_candidate, of_user
from app.tables import (
    Certificate,
    ImportRow,
    Mail,
    Mandate,
    Passkey,
    Paycode,
    RecoveryCode,
    SecondFactor,
    Session,
    State,
    StepResult,
    Token,
)

WHY_RESULTS = (
    "voor de tellingen. Het aanmeldnummer blijft, zodat een organisatie in haar eigen bestanden vindt wie zij ook moet "
    "wissen."
)
WHY_CERTIFICATES = (
    "voor de tellingen. Er is geen wettelijke termijn bekend die het portaal verplicht het bewijs op naam te bewaren; "
    "het Centraal Register Techniek heeft een eigen registratie."
)
WHY_CODES = "voor de administratie. Bij ‘gebruikt door’ staat dan ‘verwijderde kandidaat’."
WHY_LOG = "daarin staan alleen nummers, en het verantwoordt ook dit wissen."


@dataclass(frozen=True)
class Erasing:
    name: str
    href: str
    """Of the person's page."""
    goes: Sequence[str]
    stays: Sequence[tuple[str, str]]
    """What, and why."""
    warnings: Sequence[str]
    is_candidate: bool


async def preview_candidate(access: Access, candidate: int) -> Erasing:
    """Raises NotFoundException, also when nobody is left to erase."""
    person = await show_candidate(access, candidate)
    if not person.row["email"]:
        raise NotFoundException
    enrolments, email = [line.id for line in person.enrolments], person.row["email"]

    async def number(table: Any, one: str, many: str) -> str:
        found = await table.count().where(of_candidate(table, candidate, enrolments, email))
        return f"{found} {one if found == 1 else many}"

    sent, links, rows = (
        await number(Mail, "bericht", "berichten"),
        await number(Token, "persoonlijke link", "persoonlijke links"),
        await number(ImportRow, "rij", "rijen"),
    )
    results, certificates = await number(StepResult, "uitslag", "uitslagen"), await number(Certificate, "dag", "dagen")
    codes = await number(Paycode, "gebruikte betaalcode", "gebruikte betaalcodes")
    return Erasing(
        name=person.name,
        href=person.href,
        goes=[
            "Naam, aanhef, e-mailadres, geboortedatum en CRT-nummer, ook waar ze zijn overgenomen om op te zoeken",
            f"{sent} en {links}",
            f"De inhoud van {rows} in bestanden die zijn aangeboden, en van andere rijen met dit e-mailadres",
            "Bestanden die klaarstaan om te downloaden en waar deze kandidaat in staat",
            "Bij uitslagen: plaats, nummer in het toetssysteem en waarom ze zijn verbeterd; bij een bewijs: het nummer",
        ],
        stays=[
            (f"{_enrolments(len(enrolments))} met {results}, zonder naam", WHY_RESULTS),
            (f"{certificates} waarop een bewijs is behaald, met de geldigheid", WHY_CERTIFICATES),
            (codes, WHY_CODES),
            ("Het logboek", WHY_LOG),
        ],
        warnings=_warnings(person),
        is_candidate=True,
    )


def _enrolments(number: int) -> str:
    return "1 deelname" if number == 1 else f"{number} deelnames"


def _warnings(person: CandidateDetails) -> list[str]:
    found = []
    for line in person.enrolments:
        status = Calendar(today()).status(State(line.row["state"]), line.row["valid_until"])
        if status in {Status.COMPLETED, Status.EXPIRING}:
            found.append(f"Het bewijs voor {line.route} is nog geldig. Daarna weet het portaal niet meer van wie.")
        elif status in {Status.RUNNING, Status.RESIT, Status.NOT_STARTED}:
            found.append(f"De deelname aan {line.route} loopt nog.")
        if line.organisation:
            found.append(f"{line.organisation} volgt de deelname aan {line.route}: laat weten dat u wist.")
    return found


async def preview_user(access: Access, user: int) -> Erasing:
    """Raises NotFoundException, also when nobody is left to erase."""
    person: Person = shown(await find_person(access, user))
    tables: tuple[tuple[Any, str, str], ...] = (
        (Mandate, "rol", "rollen"),
        (Session, "sessie", "sessies"),
        (Mail, "bericht", "berichten"),
        (Token, "persoonlijke link", "persoonlijke links"),
    )
    counted = [(await _count(table, user), one, many) for table, one, many in tables]
    factors = [await _count(table, user) for table in (SecondFactor, RecoveryCode, Passkey)]
    return Erasing(
        name=person.name,
        href=person.href,
        goes=[
            "Naam, aanhef, e-mailadres, gebruikersnaam en wachtwoord",
            ", ".join(f"{number} {one if number == 1 else many}" for number, one, many in counted),
            *(["De tweede factor, met herstelcodes en passkeys"] if any(factors) else []),
        ],
        stays=[
            ("Een nummer zonder naam", "voor de verantwoording: wie koppelde, uitgaf of vastlegde."),
            ("Het logboek", WHY_LOG),
        ],
        warnings=[] if person.is_closed else ["Het account werkt nog: wie ermee is ingelogd, is dat daarna niet meer."],
        is_candidate=False,
    )


async def _count(table: Any, user: int) -> int:
    own = of_user(table, user)
    assert own is not None
    return int(await table.count().where(own))
