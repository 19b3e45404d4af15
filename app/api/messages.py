"""What comes in and goes out under `/api/v1`. The schema of the API is made from these."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from app.tables import Kind, Outcome, State

MOST = 1000
"""Results and certificates together, in one call."""


def text(longest: int, description: str, example: str, shortest: int = 1) -> Meta:
    return Meta(min_length=shortest, max_length=longest, description=description, examples=[example])


Number = Annotated[
    str, text(20, "Aanmeldnummer van de deelname; hoofdletters, spaties en streepjes maken niet uit.", "7HXA-2WZP")
]
Slug = Annotated[str, text(80, "Naam van een stap, route of profiel in adressen.", "theorietoets")]
Moment = Annotated[datetime, Meta(tz=True)]


class Reported(StrEnum):
    """What may be reported of a step."""

    SCHEDULED = Outcome.SCHEDULED.value
    PASSED = Outcome.PASSED.value
    FAILED = Outcome.FAILED.value


class ResultIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Een uitslag, een geplande toets of een betaling."""

    id: Annotated[str, text(120, "Uw eigen kenmerk: nog eens hetzelfde melden verandert niets.", "TS-2026-000123")]
    enrolment: Number
    step: Slug
    outcome: Reported
    day: Annotated[date, Meta(description="Dag in Nederland.", examples=["2026-11-02"])]
    attempt: Annotated[int, Meta(ge=1, le=1000, description="Anders de poging die aan de beurt is.")] | None = None
    place: Annotated[str, text(120, "Waar.", "Toetslocatie Arnhem", 0)] = ""


class CertificateIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Een Bewijs van Vakmanschap. Het nummer is het kenmerk."""

    number: Annotated[str, text(40, "Nummer van het bewijs.", "CO-2026-00042")]
    enrolment: Number
    issued_on: date
    valid_until: Annotated[
        date | UnsetType | None,
        Meta(description="Weggelaten: zo lang als de route zegt; null: zonder einddatum."),
    ] = UNSET
    crt_registered_on: date | None = None
    skills_passport_on: date | None = None


class Report(Struct, forbid_unknown_fields=True, kw_only=True):
    """Samen ten hoogste 1000. Eerst worden de uitslagen verwerkt, in volgorde, dan de bewijzen."""

    results: Annotated[list[ResultIn], Meta(max_length=MOST)] = []
    certificates: Annotated[list[CertificateIn], Meta(max_length=MOST)] = []


class AnswerStatus(StrEnum):
    CREATED = "created"
    ALREADY = "already"
    REFUSED = "refused"


class Answer(Struct, kw_only=True):
    """Wat er met één melding is gedaan. `reason` zegt waarom een melding is geweigerd."""

    index: int
    id: str
    status: AnswerStatus
    attempt: int | None = None
    reason: str | None = None


class Answers(Struct, kw_only=True):
    results: list[Answer]
    certificates: list[Answer]


class StepOutcome(StrEnum):
    OPEN = "open"
    SCHEDULED = "scheduled"
    PASSED = "passed"
    FAILED = "failed"
    EXPIRED = "expired"


class StepOut(Struct, kw_only=True):
    step: str
    name: str
    outcome: StepOutcome
    day: date | None = None
    attempt: int | None = None


class CertificateOut(Struct, kw_only=True):
    number: str
    issued_on: date
    valid_until: date | None
    crt_registered_on: date | None
    skills_passport_on: date | None


class EnrolmentOut(Struct, kw_only=True):
    """Een deelname die nu aan de organisatie is gekoppeld."""

    number: str
    given_name: str
    name_particle: str
    family_name: str
    email: str
    route: str
    profile: str | None
    kind: Kind
    enrolled_at: Moment
    linked_at: Moment
    state: State
    valid_until: date | None
    steps: list[StepOut]
    certificate: CertificateOut | None
    changed_at: Moment


class CodeStatus(StrEnum):
    AVAILABLE = "available"
    USED = "used"
    INACTIVE = "inactive"
    EXPIRED = "expired"


class PaycodeOut(Struct, kw_only=True):
    """Een betaalcode van de organisatie."""

    code: str
    batch: str
    route: str
    profile: str | None
    contact_name: str
    reference: str
    status: CodeStatus
    created_at: Moment
    expires_at: Moment
    used_at: Moment | None
    used_by: Annotated[str | None, Meta(description="Aanmeldnummer, als die deelname aan de organisatie is gekoppeld.")]
    changed_at: Moment


class Page(Struct, kw_only=True):
    cursor: Annotated[str | None, Meta(description="Voor de volgende bladzijde; null: dit was de laatste.")]
    as_of: Annotated[
        datetime, Meta(tz=True, description="Vraag later met dit moment als changed_since wat er daarna veranderde.")
    ]


class Enrolments(Page, kw_only=True):
    items: list[EnrolmentOut]


class Paycodes(Page, kw_only=True):
    items: list[PaycodeOut]
