"""What an administrator fills in about a route and its profiles."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from app.routes.slugs import LONGEST, SHAPE, slug_of
from app.tables import Profile, Route
from app.text import TextRefused, clean

SLUG = "Gebruik alleen kleine letters, cijfers en streepjes, bijvoorbeeld warmtepomp."
ADDRESS = "Vul een webadres in dat met https:// begint, bijvoorbeeld https://www.vakmanschapco.nl."
TAKEN = "Een andere route heet al zo in adressen."
# They stand in addresses where a route stands as well: /aanmelden/herkansing.
RESERVED = frozenset({"herkansing", "bezwaar", "bevestiging", "gelukt", "nieuw", "importeren", "organisatie"})

# Name in the form, column, and what is said when it is empty.
TEXTS = (
    ("naam", Route.name, "Vul de naam van de route in."),
    ("label", Route.label, "Vul een korte naam in."),
    ("slug", Route.slug, ""),
    ("website", Route.website, ""),
    ("kwaliteitsregeling", Route.quality_scheme_url, ""),
)


@dataclass(frozen=True)
class Form:
    """What was typed, per field, and a sentence for each that is not right."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def refused(self, **errors: str) -> "Form":
        return replace(self, errors={**self.errors, **errors})


def route_form(row: Mapping[str, Any]) -> Form:
    return Form({name: row[column._meta.name] for name, column, _ in TEXTS})


def read_route(sent: Mapping[str, str]) -> Form:
    """Without a name for in addresses, the name gives one."""
    values, errors = read_texts(sent, TEXTS)
    values["slug"] = values["slug"].lower() or slug_of(values["naam"])
    errors |= problem_with_slug(values["slug"], errors)
    if values["slug"] in RESERVED:
        errors["slug"] = "Deze naam staat al in een ander adres van het portaal. Kies een andere."
    for name in ("website", "kwaliteitsregeling"):
        try:
            values[name] = web_address(values[name])
        except TextRefused as refusal:
            errors.setdefault(name, str(refusal))
    return Form(values, {name: errors[name] for name, _, _ in TEXTS if name in errors})


def route_columns(form: Form) -> dict[Any, str]:
    return {column: form.values[name] for name, column, _ in TEXTS}


def read_profile(sent: Mapping[str, str]) -> Form:
    return Form(*read_texts(sent, (("naam", Profile.name, "Vul de naam van het profiel in."),)))


def read_texts(
    sent: Mapping[str, str], texts: tuple[tuple[str, Any, str], ...]
) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed for these columns, cleaned, and what is wrong with it."""
    values, errors = {}, {}
    for name, column, missing in texts:
        values[name] = sent.get(name, "")
        try:
            values[name] = clean(values[name], column.length or 0)
        except TextRefused as refusal:
            errors[name] = str(refusal)
        if missing and not values[name]:
            errors[name] = missing
    return values, errors


def problem_with_slug(slug: str, errors: Mapping[str, str]) -> dict[str, str]:
    if "slug" in errors or (not slug and "naam" in errors):
        return {}
    fits = len(slug) <= LONGEST and SHAPE.fullmatch(slug)
    return {} if fits else {"slug": SLUG}


def web_address(typed: str) -> str:
    """Of a page that anybody may be led to; empty stays empty, and who leaves https:// out is helped.

    Raises TextRefused for anything but http and https: a link in a page must never run a script."""
    text = f"https://{typed}" if re.fullmatch(r"[\w-]+(\.[\w-]+)+(/\S*)?", typed) else typed
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        host, is_odd = parts.hostname or "", bool(parts.username or parts.password or parts.port == 0)
    except ValueError as error:
        raise TextRefused(ADDRESS) from error
    is_host = re.fullmatch(r"[\w-]+(\.[\w-]+)+", host)
    if parts.scheme not in {"http", "https"} or not is_host or is_odd or re.search(r"\s", text):
        raise TextRefused(ADDRESS)
    if len(text) > (Route.website.length or 0):
        raise TextRefused(f"Dit is te lang. Gebruik ten hoogste {Route.website.length} tekens.")
    return text
