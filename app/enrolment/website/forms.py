"""What a candidate fills in on the website."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.enrolment.offered import OfferedRoute, kind_of, organisation_code
from app.enrolment.person import NAMES, Person, read_person
from app.once import form_key
from app.paycodes.codes import canonical
from app.tables import Kind
from app.text import TextRefused, clean

FIELDS = (*NAMES, "profiel", "soort", "organisatiecode", "betaalcode")
LONGEST = 1000


@dataclass(frozen=True)
class WebsiteForm:
    """What was typed, a sentence for each field that is not right, and what it says where all is right."""

    values: dict[str, str]
    key: str
    """Of this form: sent twice, it is answered twice and counts once."""
    errors: dict[str, str] = field(default_factory=dict)
    person: Person | None = None
    profile: int | None = None
    linked: str = ""
    """The organisation code that the candidate agreed to link with."""
    unlinked: bool = False
    """The candidate saw whose code it is, and wants no link with it."""

    @classmethod
    def empty(cls, route: OfferedRoute) -> "WebsiteForm":
        only = route.profiles[0].slug if len(route.profiles) == 1 else ""
        return cls(dict.fromkeys(FIELDS, "") | {"profiel": only, "soort": "eerste"}, form_key())

    @classmethod
    def read(cls, sent: Mapping[str, str], route: OfferedRoute) -> "WebsiteForm":
        """Everything that is wrong at once, as far as it can be told from the form alone."""
        values = {name: sent.get(name, "").strip()[:LONGEST] for name in FIELDS}
        person, errors = read_person(values)
        profile = next((each.id for each in route.profiles if each.slug == values["profiel"]), None)
        if route.profiles and profile is None:
            errors["profiel"] = "Kies een profiel."
        if kind_of(values["soort"]) == Kind.RENEWAL and not route.renewable:
            errors["soort"] = "Deze vakmanschapsroute heeft geen verlenging."
        linked, unlinked = organisation_code(sent.get("koppelen", "")), "zonder" in sent
        return cls(values, form_key(sent), errors, person, profile, linked, unlinked)

    def refused(self, errors: Mapping[str, str]) -> "WebsiteForm":
        """With more errors, in the order of the screen."""
        together = {**self.errors, **errors}
        return replace(self, errors={name: together[name] for name in ("", *FIELDS) if name in together})

    def changed(self) -> "WebsiteForm":
        """To be filled in further: nothing is said of it yet."""
        return replace(self, errors={})

    @property
    def organisation_code(self) -> str:
        """Empty when none is typed, or none is wanted any more."""
        return "" if self.unlinked else organisation_code(self.values["organisatiecode"])

    @property
    def names_an_organisation(self) -> bool:
        return bool(self.values["organisatiecode"]) and not self.unlinked

    @property
    def kind(self) -> Kind:
        return kind_of(self.values["soort"])

    @property
    def paycode(self) -> str | None:
        return canonical(self.values["betaalcode"]) or None


@dataclass(frozen=True)
class ResitForm:
    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    FIELDS = {
        "aanmeldnummer": "Vul uw aanmeldnummer in.",
        "emailadres": "Vul uw e-mailadres in.",
        "betaalcode": "Vul de betaalcode in.",
    }

    @classmethod
    def empty(cls) -> "ResitForm":
        return cls(dict.fromkeys(cls.FIELDS, ""))

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> "ResitForm":
        values: dict[str, str] = {}
        errors: dict[str, str] = {}
        for name, missing in cls.FIELDS.items():
            values[name] = sent.get(name, "").strip()[:LONGEST]
            try:
                values[name] = clean(values[name], LONGEST)
            except TextRefused as refusal:
                errors[name] = str(refusal)
            if not values[name]:
                errors[name] = missing
        return cls(values, errors)

    def refused(self, sentence: str) -> "ResitForm":
        return replace(self, errors={"": sentence})
