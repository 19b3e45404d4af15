"""What an administrator fills in about an organisation, and about who looks after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.enrolment.offered import organisation_code
from app.routes.catalogue import Catalogue
from app.tables import Organisation, Role, User
from app.text import TextRefused, clean, key

CODE = "Vul drie letters in, van A tot en met Z."
TAKEN = "Een andere organisatie heeft deze code al. Kies een andere."
NOBODY = "Er is geen gebruiker met deze gebruikersnaam of dit e-mailadres. U kunt deze persoon uitnodigen."
ROLES = [(Role.ORGANISATION_MANAGER, "Organisatiebeheerder"), (Role.ENROLMENT_MANAGER, "Aanmeldbeheerder")]


@dataclass(frozen=True)
class Form:
    """What was typed, which routes were chosen, and a sentence for each field that is not right."""

    values: dict[str, str]
    routes: frozenset[str] = frozenset()
    """By their names in addresses."""
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def chosen(self) -> dict[str, str]:
        """As the boxes on the screen are called."""
        return {box(slug): "1" for slug in self.routes}

    def refused(self, **errors: str) -> "Form":
        return replace(self, errors={**self.errors, **errors})


def box(route: str) -> str:
    """What the box of a route is called."""
    return f"route_{route}"


NEW = Form({"naam": "", "code": "", "tweede_stap": ""})


def organisation_form(row: Mapping[str, Any], routes: Sequence[Mapping[str, Any]]) -> Form:
    values = {"naam": row["name"], "code": row["code"], "tweede_stap": "1" if row["second_factor_required"] else ""}
    return Form(values, frozenset(route["slug"] for route in routes))


def read_organisation(sent: Mapping[str, str], catalogue: Catalogue, *, proposed: bool) -> Form:
    """`proposed`: without a code one is proposed, so that it may stay empty."""
    values = {name: sent.get(name, "") for name in NEW.values}
    errors = {}
    try:
        values["naam"] = clean(values["naam"], Organisation.name.length or 0)
    except TextRefused as refusal:
        errors["naam"] = str(refusal)
    if not values["naam"]:
        errors["naam"] = "Vul de naam van de organisatie in."
    code = organisation_code(values["code"])
    if not code and (values["code"].strip() or not proposed):
        errors["code"] = CODE
    values["code"] = code or values["code"].strip()
    return Form(values, frozenset(route.slug for route in catalogue if sent.get(box(route.slug))), errors)


@dataclass(frozen=True)
class MandateForm:
    """Who is to look after it, as typed, and as what."""

    who: str = ""
    role: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> "MandateForm":
        who, role, errors = sent.get("wie", ""), sent.get("rol", ""), {}
        try:
            who = clean(who, User.email.length or 254)
        except TextRefused as reason:
            errors["wie"] = str(reason)
        if not who:
            errors["wie"] = "Vul een gebruikersnaam of e-mailadres in."
        if role not in {each for each, _ in ROLES}:
            errors["rol"] = "Kies een rol."
        return cls(who, role, errors)

    @property
    def key(self) -> str:
        return key(self.who)

    def refused(self, **errors: str) -> "MandateForm":
        return replace(self, errors={**self.errors, **errors})
