"""What an administrator fills in to issue a batch, or to change its codes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.clock import months_after, today
from app.paycodes.issuing import MOST_CODES, NewBatch
from app.query import parse_day
from app.routes.catalogue import Catalogue
from app.tables import Batch, Paycode
from app.text import TextRefused, clean
from app.viewer import OrganisationName

LATEST = 120
"""Months that a code may be valid at most."""


@dataclass(frozen=True)
class Form:
    """What was typed, per field, and a sentence for each that is not right."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)


def blank() -> Form:
    names = ("aantal", "organisatie", "profiel", "contact", "referentie")
    return Form(dict.fromkeys(names, "") | {"geldig": months_after(today(), 12).isoformat()})


def read_issue(
    sent: Mapping[str, str], catalogue: Catalogue, organisations: tuple[OrganisationName, ...]
) -> tuple[NewBatch | None, Form]:
    """The batch that is asked for, or nothing and what is wrong."""
    form = Form({name: sent.get(name, "").strip() for name in blank().values})
    values, errors = form.values, form.errors
    count = int(values["aantal"]) if re.fullmatch(r"[1-9]\d{0,4}", values["aantal"], re.A) else 0
    if not 1 <= count <= MOST_CODES:
        errors["aantal"] = "Vul een aantal in van 1 tot en met 10.000, zonder punt."
    organisation = next((each.id for each in organisations if each.code == values["organisatie"]), None)
    if values["organisatie"] and organisation is None:
        errors["organisatie"] = "Kies een organisatie uit de lijst."
    profile = catalogue.profile(values["profiel"])
    route = catalogue.route(values["profiel"].partition("/")[0])
    if route is None or values["profiel"] not in catalogue.choices():
        errors["profiel"] = "Kies de route of het profiel waarvoor de codes zijn."
    for name, column in (("contact", Batch.contact_name), ("referentie", Batch.reference)):
        values[name] = _text(values[name], column.length or 0, name, errors)
    until = read_until(values["geldig"], errors)
    if errors or until is None or route is None:
        return None, form
    new = NewBatch(
        count, route.id, until, organisation, profile.id if profile else None, values["contact"], values["referentie"]
    )
    return new, form


def read_until(typed: str, errors: dict[str, str]) -> date | None:
    day = parse_day(typed.strip())
    if day is None:
        errors["geldig"] = "Vul een datum in als dd-mm-jjjj, bijvoorbeeld 22-04-2027."
    elif not today() <= day <= months_after(today(), LATEST):
        errors["geldig"] = "Kies een datum vanaf vandaag, ten hoogste tien jaar vooruit."
    return None if errors.get("geldig") else day


def read_reason(typed: str, errors: dict[str, str]) -> str:
    reason = _text(typed, Paycode.deactivation_reason.length or 0, "reden", errors)
    if not reason:
        errors.setdefault("reden", "Vul in waarom deze codes niet meer te gebruiken zijn.")
    return reason


def organisation_options(organisations: Iterable[OrganisationName]) -> list[tuple[str, str]]:
    return [(each.code, f"{each.name} ({each.code})") for each in organisations]


def _text(typed: str, longest: int, name: str, errors: dict[str, str]) -> str:
    try:
        return clean(typed, longest)
    except TextRefused as refusal:
        errors[name] = str(refusal)
        return typed
