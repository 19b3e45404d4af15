"""What people fill in about themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from email_validator import EmailNotValidError, validate_email

from app.account.password_rule import Person, problem_with
from app.account.queries import Account
from app.tables import Salutation, User
from app.text import TextRefused, clean, key

SALUTATIONS = [(Salutation.MR, "De heer"), (Salutation.MS, "Mevrouw"), (Salutation.NEUTRAL, "Neutraal")]
SHORTEST_USERNAME = 5

# Name in the form, column, and what is said when it is empty.
TEXTS = (
    ("voornaam", User.given_name, "Vul uw voornaam in."),
    ("tussenvoegsel", User.name_particle, ""),
    ("achternaam", User.family_name, "Vul uw achternaam in."),
    ("emailadres", User.email, "Vul uw e-mailadres in."),
    ("gebruikersnaam", User.username, "Vul uw gebruikersnaam in."),
)
# As they stand on the screen.
NAMES = ("aanhef", *(name for name, _, _ in TEXTS), "nieuw_wachtwoord", "herhaal_wachtwoord", "huidig_wachtwoord")


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
        values, errors = _read_texts(sent)
        errors |= _problem_with_email(values, errors, account) | _problem_with_username(values, errors)
        form = cls(values, errors, sent.get("nieuw_wachtwoord", ""), sent.get("huidig_wachtwoord", ""))
        return form.refused(_problems_with_passwords(form, sent.get("herhaal_wachtwoord", ""), account))

    def refused(self, errors: Mapping[str, str]) -> "ProfileForm":
        """With more errors, in the order of the screen."""
        together = {**self.errors, **errors}
        return replace(self, errors={name: together[name] for name in NAMES if name in together})

    def changes_sign_in(self, account: Account) -> bool:
        """Whether it changes what the account is entered or recovered with."""
        entered = (self.values["emailadres"], self.values["gebruikersnaam"])
        return bool(self.new_password) or entered != (account.email, account.username)

    def columns(self) -> dict[Any, str]:
        texts: dict[Any, str] = {column: self.values[name] for name, column, _ in TEXTS}
        keys: dict[Any, str] = {
            User.username_key: key(self.values["gebruikersnaam"]),
            User.email_key: key(self.values["emailadres"]),
        }
        return {User.salutation: self.values["aanhef"]} | texts | keys


def _read_texts(sent: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    values, errors = {"aanhef": sent.get("aanhef", "")}, {}
    if values["aanhef"] not in set(Salutation):
        errors["aanhef"] = "Kies een aanhef."
    for name, column, missing in TEXTS:
        values[name] = sent.get(name, "")
        try:
            values[name] = clean(values[name], column.length or 0)
        except TextRefused as refusal:
            errors[name] = str(refusal)
        if missing and not values[name]:
            errors[name] = missing
    return values, errors


def _problem_with_email(values: dict[str, str], errors: dict[str, str], account: Account) -> dict[str, str]:
    """Writes a right one down in its usual form. What was right before is not looked at again."""
    if "emailadres" in errors or values["emailadres"] == account.email:
        return {}
    try:
        values["emailadres"] = validate_email(values["emailadres"], check_deliverability=False).normalized
    except EmailNotValidError:
        return {"emailadres": "Vul een geldig e-mailadres in, bijvoorbeeld naam@voorbeeld.nl."}
    return {}


def _problem_with_username(values: dict[str, str], errors: dict[str, str]) -> dict[str, str]:
    username = values["gebruikersnaam"]
    if "gebruikersnaam" in errors:
        return {}
    if len(username) < SHORTEST_USERNAME:
        return {"gebruikersnaam": "Gebruikersnaam moet ten minste 5 tekens hebben."}
    if not username.isprintable() or len(key(username)) > (User.username_key.length or 0):
        return {"gebruikersnaam": "Gebruik in de gebruikersnaam alleen letters, cijfers en leestekens."}
    return {}


def _problems_with_passwords(form: ProfileForm, repeated: str, account: Account) -> dict[str, str]:
    errors = {}
    if form.new_password or repeated:
        problem = problem_with(form.new_password, _person(form.values, account))
        if problem:
            errors["nieuw_wachtwoord"] = problem
        if form.new_password != repeated:
            errors["herhaal_wachtwoord"] = "De wachtwoorden zijn niet gelijk."
    if form.changes_sign_in(account) and not form.current_password:
        errors["huidig_wachtwoord"] = "Vul uw huidige wachtwoord in."
    return errors


def _person(values: Mapping[str, str], account: Account) -> Person:
    email, _, _ = values["emailadres"].partition("@")
    names = (values["gebruikersnaam"], email, values["voornaam"], values["achternaam"])
    return Person(names, account.organisation_words)
