"""What an administrator fills in about a person, and what the person chooses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.account.forms import (
    NAMES,
    PERSON,
    in_order,
    problems_with_new_password,
    read_person,
    read_username,
)
from app.account.queries import Account
from app.people.filters import RoleName
from app.people.inviting import Invitee
from app.people.mandates import Wanted
from app.tables import Role, Salutation, User
from app.viewer import OrganisationName

ROWS = 3
"""Roles that one invitation can give; others are given afterwards."""
LONGEST_EMAIL = User.username.length or 0
"""It is the user name until the person chooses one."""


@dataclass(frozen=True)
class Form:
    """What was typed, per field but for passwords, and a sentence for each that is not right."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    new_password: str = field(default="", repr=False)

    def refused(self, **errors: str) -> "Form":
        return replace(self, errors=_on_screen({**self.errors, **errors}))


def blank(organisation: str = "") -> Form:
    """An invitation, for somebody of this organisation."""
    values = dict.fromkeys(("aanhef", *(name for name, _, _ in PERSON)), "")
    for row in range(1, ROWS + 1):
        values |= {f"rol_{row}": "", f"organisatie_{row}": ""}
    chosen = {"rol_1": str(RoleName.ORGANISATION_MANAGER), "organisatie_1": organisation} if organisation else {}
    return Form(values | chosen)


def form_of(account: Mapping[str, str]) -> Form:
    return Form({"aanhef": account["salutation"]} | {name: account[column._meta.name] for name, column, _ in PERSON})


def read_edit(sent: Mapping[str, str], known_email: str) -> Form:
    values, errors = read_person(sent, known_email=known_email, whose="een")
    return Form(values, in_order(errors))


def read_invitee(sent: Mapping[str, str]) -> tuple[Invitee | None, Form]:
    """Who is to be invited, or nothing and what is wrong."""
    values, errors = read_person(sent, whose="een")
    if len(values["emailadres"]) > LONGEST_EMAIL:
        errors.setdefault("emailadres", f"Gebruik een e-mailadres van ten hoogste {LONGEST_EMAIL} tekens.")
    form = Form(values, in_order(errors))
    if errors:
        return None, form
    names = (values["voornaam"], values["tussenvoegsel"], values["achternaam"])
    return Invitee(Salutation(values["aanhef"]), *names, values["emailadres"]), form


def read_mandates(sent: Mapping[str, str], organisations: Sequence[OrganisationName]) -> tuple[list[Wanted], Form]:
    """Those of an invitation: at least one."""
    form = Form({})
    wanted: list[Wanted] = []
    for row in range(1, ROWS + 1):
        names = (f"rol_{row}", f"organisatie_{row}")
        form.values.update({name: sent.get(name, "") for name in names})
        if any(form.values[name] for name in names) or row == 1:
            wanted += _read_mandate(form, *names, organisations)
    return list(dict.fromkeys(wanted)), form


def read_mandate(sent: Mapping[str, str], organisations: Sequence[OrganisationName]) -> tuple[Wanted | None, Form]:
    form = Form({name: sent.get(name, "") for name in ("rol", "organisatie")})
    return next(_read_mandate(form, "rol", "organisatie", organisations), None), form


def read_activation(sent: Mapping[str, str], account: Account) -> Form:
    """The user name and the password that somebody chooses who was invited."""
    values, errors = read_username(sent)
    password, repeated = sent.get("nieuw_wachtwoord", ""), sent.get("herhaal_wachtwoord", "")
    person = {"voornaam": account.given_name, "achternaam": account.family_name, "emailadres": account.email}
    errors |= problems_with_new_password(password, repeated, values | person, account.organisation_words)
    return Form(values, in_order(errors), password)


def _read_mandate(
    form: Form, role: str, organisation: str, organisations: Sequence[OrganisationName]
) -> Iterator[Wanted]:
    values, errors = form.values, form.errors
    if values[role] not in set(RoleName):
        errors[role] = "Kies een rol."
        return
    chosen = next((each.id for each in organisations if each.code == values[organisation]), None)
    wanted = Wanted(RoleName(values[role]).role, chosen)
    if wanted.role is Role.ADMINISTRATOR and values[organisation]:
        errors[organisation] = "Een beheerder bij Vakmanschap Techniek hoort niet bij een organisatie."
    elif wanted.role is not Role.ADMINISTRATOR and chosen is None:
        errors[organisation] = "Kies voor deze rol een organisatie."
    else:
        yield wanted


def _on_screen(errors: Mapping[str, str]) -> dict[str, str]:
    return in_order(errors) | {name: text for name, text in errors.items() if name not in NAMES}
