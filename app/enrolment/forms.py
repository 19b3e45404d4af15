"""What an enrolment manager fills in about a candidate."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from litestar.exceptions import NotFoundException

from app.enrolment.choices import Choices
from app.enrolment.offered import OfferedRoute, kind_of
from app.enrolment.person import NAMES, Person, read_person
from app.once import form_key
from app.paycodes.codes import canonical
from app.tables import Kind
from app.viewer import OrganisationName

FIELDS = ("organisatie", "profiel", "soort", *NAMES, "vrije_betaalcode", "betaalcode")
LONGEST = 1000


@dataclass(frozen=True)
class ManagerForm:
    """What was typed, a sentence for each field that is not right, and what it says where all is right."""

    values: dict[str, str]
    key: str
    errors: dict[str, str] = field(default_factory=dict)
    person: Person | None = None
    organisation: OrganisationName | None = None
    route: OfferedRoute | None = None
    profile: int | None = None

    @classmethod
    def empty(cls, choices: Choices) -> "ManagerForm":
        only = choices.organisations[0].code if len(choices.organisations) == 1 else ""
        return cls(dict.fromkeys(FIELDS, "") | {"organisatie": only, "soort": "eerste"}, form_key())

    @classmethod
    def read(cls, sent: Mapping[str, str], choices: Choices) -> "ManagerForm":
        """Everything that is wrong at once. Raises NotFoundException for an organisation that is not theirs."""
        values = {name: sent.get(name, "").strip()[:LONGEST] for name in FIELDS}
        organisation = choices.organisation(values["organisatie"])
        if values["organisatie"] and organisation is None:
            raise NotFoundException
        route, profile = choices.route_and_profile(values["profiel"])
        person, errors = read_person(values)
        form = cls(values, form_key(sent), {}, person, organisation, route, profile)
        return form.refused(errors | form._missing())

    def _missing(self) -> dict[str, str]:
        return {
            name: sentence
            for name, sentence, wrong in (
                ("organisatie", "Kies een organisatie.", self.organisation is None),
                ("profiel", "Kies een vakmanschapsroute en een profiel.", self.route is None),
                ("soort", "Deze vakmanschapsroute heeft geen verlenging.", self._renews_where_nobody_can),
                ("betaalcode", "Kies een vrije betaalcode, of vul er een in: niet allebei.", self._pays_twice),
            )
            if wrong
        }

    @property
    def kind(self) -> Kind:
        return kind_of(self.values["soort"])

    @property
    def _renews_where_nobody_can(self) -> bool:
        return self.kind == Kind.RENEWAL and self.route is not None and not self.route.renewable

    @property
    def _pays_twice(self) -> bool:
        return self.takes_free_code and self.paycode is not None

    @property
    def takes_free_code(self) -> bool:
        return bool(self.values["vrije_betaalcode"])

    @property
    def paycode(self) -> str | None:
        return canonical(self.values["betaalcode"]) or None

    def refused(self, errors: Mapping[str, str]) -> "ManagerForm":
        """With more errors, in the order of the screen."""
        together = {**self.errors, **errors}
        return replace(self, errors={name: together[name] for name in ("", *FIELDS) if name in together})
