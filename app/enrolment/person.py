"""Who enrols, as it is typed in a form or stands in the row of a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from email_validator import EmailNotValidError, validate_email

from app.account.forms import SALUTATIONS
from app.clock import today
from app.names import fold, sort_key
from app.query import parse_day
from app.tables import Candidate
from app.text import TextRefused, clean, key

# Name in the form, column, and what is said when it is empty.
TEXTS = (
    ("voornaam", Candidate.given_name, "Vul de voornaam in."),
    ("tussenvoegsel", Candidate.name_particle, ""),
    ("achternaam", Candidate.family_name, "Vul de achternaam in."),
    ("emailadres", Candidate.email, "Vul het e-mailadres in."),
    ("crtnummer", Candidate.crt_number, ""),
)
NAMES = ("aanhef", "voornaam", "tussenvoegsel", "achternaam", "emailadres", "geboortedatum", "crtnummer")
OPTIONAL = ("geboortedatum", "crtnummer")


@dataclass(frozen=True)
class Person:
    salutation: str
    given_name: str
    name_particle: str
    family_name: str
    email: str
    birth_date: date | None = None
    crt_number: str | None = None

    @property
    def name(self) -> tuple[str, str, str]:
        return self.given_name, self.name_particle, self.family_name

    @property
    def email_key(self) -> str:
        return key(self.email)

    @property
    def sort_key(self) -> str:
        return sort_key(*self.name)


def read_person(sent: Mapping[str, str]) -> tuple[Person | None, dict[str, str]]:
    """The person, or a sentence for each of `NAMES` that is not right. Aanhef is one of the words on the screen or
    its key; the last two may be left out."""
    values, errors = _read_texts(sent)
    salutation = _salutation(sent.get("aanhef", ""))
    if not salutation:
        errors["aanhef"] = "Kies een aanhef: De heer, Mevrouw of Neutraal."
    if "emailadres" not in errors:
        values["emailadres"], errors["emailadres"] = _email(values["emailadres"])
    birth_date, errors["geboortedatum"] = _birth_date(sent.get("geboortedatum", "").strip())
    errors = {name: errors[name] for name in NAMES if errors.get(name)}
    if errors:
        return None, errors
    names = (values["voornaam"], values["tussenvoegsel"], values["achternaam"])
    crt_number = values["crtnummer"].upper() or None
    return Person(salutation, *names, values["emailadres"], birth_date, crt_number), {}


def _read_texts(sent: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    values: dict[str, str] = {}
    errors: dict[str, str] = {}
    for name, column, missing in TEXTS:
        try:
            values[name] = clean(sent.get(name, ""), column.length or 0)
        except TextRefused as refusal:
            errors[name] = str(refusal)
        else:
            if missing and not fold(values[name]):
                errors[name] = missing
    return values, errors


def _salutation(typed: str) -> str:
    """Its key; empty for what is none."""
    chosen = fold(typed)
    return next((known for known, words in SALUTATIONS if chosen in {known, fold(words)}), "")


def _email(typed: str) -> tuple[str, str]:
    """In its usual form, and a sentence when it is no address."""
    try:
        email = validate_email(typed, check_deliverability=False).normalized
    except EmailNotValidError:
        email = ""
    if email and len(key(email)) <= (Candidate.email_key.length or 0):
        return email, ""
    return typed, "Vul een geldig e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."


def _birth_date(typed: str) -> tuple[date | None, str]:
    day = parse_day(typed)
    if typed and (day is None or day >= today()):
        return None, "Vul een geboortedatum in als dd-mm-jjjj, bijvoorbeeld 22-04-1990."
    return day, ""
