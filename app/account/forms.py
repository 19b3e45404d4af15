"""What people fill in about themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from email_validator import EmailNotValidError, validate_email
from piccolo.columns import Varchar

from app.account.password_rule import Person, problem_with
from app.account.queries import Account
from app.names import sort_key
from app.tables import Salutation, User
from app.text import TextRefused, clean, key

SALUTATIONS = [(Salutation.MR, "De heer"), (Salutation.MS, "Mevrouw"), (Salutation.NEUTRAL, "Neutraal")]
SHORTEST_USERNAME = 5
LONGEST_NAME = 254

# Name in the form, column, and what it is called when it is empty.
PERSON = (
    ("voornaam", User.given_name, "voornaam"),
    ("tussenvoegsel", User.name_particle, ""),
    ("achternaam", User.family_name, "achternaam"),
    ("emailadres", User.email, "e-mailadres"),
)
USERNAME = (("gebruikersnaam", User.username, "gebruikersnaam"),)
TEXTS = PERSON + USERNAME
# As they stand on the screen.
NAMES = ("aanhef", *(name for name, _, _ in TEXTS), "nieuw_wachtwoord", "herhaal_wachtwoord", "huidig_wachtwoord")

Texts = dict[str, str]


def read_person(sent: Mapping[str, str], *, known_email: str = "", whose: str = "uw") -> tuple[Texts, Texts]:
    """Names and e-mail address as they are kept, and a sentence for each that is not right. `known_email` was right
    before; `whose` says to whom they belong: "uw" or "een"."""
    values, errors = _read_texts(sent, PERSON, whose)
    values["aanhef"] = sent.get("aanhef", "")
    if values["aanhef"] not in set(Salutation):
        errors["aanhef"] = "Kies een aanhef."
    return values, errors | _problem_with_email(values, errors, known_email)


def read_username(sent: Mapping[str, str]) -> tuple[Texts, Texts]:
    values, errors = _read_texts(sent, USERNAME, "uw")
    return values, errors | _problem_with_username(values, errors)


def problems_with_new_password(password: str, repeated: str, values: Texts, organisations: tuple[str, ...]) -> Texts:
    """By the one rule; `values` and `organisations` say who the person is."""
    errors = {}
    if problem := problem_with(password, _person(values, organisations)):
        errors["nieuw_wachtwoord"] = problem
    if password != repeated:
        errors["herhaal_wachtwoord"] = "De wachtwoorden zijn niet gelijk."
    return errors


def read_name(typed: str) -> tuple[str, Texts]:
    """A user name or an e-mail address, as accounts are found by it."""
    try:
        name = key(clean(typed, LONGEST_NAME))
    except TextRefused as refusal:
        return "", {"gebruikersnaam": str(refusal)}
    return name, {} if name else {"gebruikersnaam": "Vul uw gebruikersnaam of e-mailadres in."}


def read_new_password(sent: Mapping[str, str], account: Account) -> tuple[str, Texts]:
    """Of who is known by a link."""
    password, repeated = sent.get("nieuw_wachtwoord", ""), sent.get("herhaal_wachtwoord", "")
    values = ProfileForm.of(account).values
    return password, in_order(problems_with_new_password(password, repeated, values, account.organisation_words))


def in_order(errors: Mapping[str, str]) -> Texts:
    """Of the screen."""
    return {name: errors[name] for name in NAMES if name in errors}


def person_columns(values: Mapping[str, str]) -> dict[Any, str]:
    texts: dict[Any, str] = {column: values[name] for name, column, _ in PERSON}
    texts[User.sort_key] = sort_key(values["voornaam"], values["tussenvoegsel"], values["achternaam"])
    return {User.salutation: values["aanhef"], User.email_key: key(values["emailadres"])} | texts


def username_columns(values: Mapping[str, str]) -> dict[Any, str]:
    return {User.username: values["gebruikersnaam"], User.username_key: key(values["gebruikersnaam"])}


@dataclass(frozen=True)
class ProfileForm:
    """What was typed, per field but for passwords, and a sentence for each field that is not right."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    new_password: str = field(default="", repr=False)
    current_password: str = field(default="", repr=False)

    @classmethod
    def of(cls, account: Account) -> "ProfileForm":
        texts: dict[str, str] = {name: getattr(account, column._meta.name) for name, column, _ in TEXTS}
        return cls({"aanhef": account.salutation} | texts)

    @classmethod
    def read(cls, sent: Mapping[str, str], account: Account) -> "ProfileForm":
        """Everything that is wrong at once, as far as it can be told from the form alone."""
        values, errors = read_person(sent, known_email=account.email)
        username, wrong = read_username(sent)
        values, errors = values | username, errors | wrong
        form = cls(values, errors, sent.get("nieuw_wachtwoord", ""), sent.get("huidig_wachtwoord", ""))
        return form.refused(_problems_with_passwords(form, sent.get("herhaal_wachtwoord", ""), account))

    def refused(self, errors: Mapping[str, str]) -> "ProfileForm":
        """With more errors, in the order of the screen."""
        return replace(self, errors=in_order({**self.errors, **errors}))

    def changes_sign_in(self, account: Account) -> bool:
        """Whether it changes what the account is entered or recovered with."""
        entered = (self.values["emailadres"], self.values["gebruikersnaam"])
        return bool(self.new_password) or entered != (account.email, account.username)

    def columns(self) -> dict[Any, str]:
        return person_columns(self.values) | username_columns(self.values)


def _read_texts(sent: Mapping[str, str], fields: Sequence[tuple[str, Varchar, str]], whose: str) -> tuple[Texts, Texts]:
    values, errors = {}, {}
    for name, column, called in fields:
        values[name] = sent.get(name, "")
        try:
            values[name] = clean(values[name], column.length or 0)
        except TextRefused as refusal:
            errors[name] = str(refusal)
        if called and not values[name]:
            errors[name] = f"Vul {whose} {called} in."
    return values, errors


def _problem_with_email(values: Texts, errors: Texts, known: str) -> Texts:
    """Writes a right one down in its usual form. What was right before is not looked at again."""
    if "emailadres" in errors or values["emailadres"] == known:
        return {}
    try:
        values["emailadres"] = validate_email(values["emailadres"], check_deliverability=False).normalized
    except EmailNotValidError:
        return {"emailadres": "Vul een geldig e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."}
    return {}


def _problem_with_username(values: Texts, errors: Texts) -> Texts:
    username = values["gebruikersnaam"]
    if "gebruikersnaam" in errors:
        return {}
    if len(username) < SHORTEST_USERNAME:
        return {"gebruikersnaam": "Gebruikersnaam moet ten minste 5 tekens hebben."}
    if not username.isprintable() or len(key(username)) > (User.username_key.length or 0):
        return {"gebruikersnaam": "Gebruik in de gebruikersnaam alleen letters, cijfers en leestekens."}
    return {}


def _problems_with_passwords(form: ProfileForm, repeated: str, account: Account) -> Texts:
    errors = {}
    if form.new_password or repeated:
        errors = problems_with_new_password(form.new_password, repeated, form.values, account.organisation_words)
    if form.changes_sign_in(account) and not form.current_password:
        errors["huidig_wachtwoord"] = "Vul uw huidige wachtwoord in."
    return errors


def _person(values: Texts, organisations: tuple[str, ...]) -> Person:
    email, _, _ = values["emailadres"].partition("@")
    names = (values["gebruikersnaam"], email, values["voornaam"], values["achternaam"])
    return Person(names, organisations)
