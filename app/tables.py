"""Every table. Columns stand here; what Piccolo cannot declare (checks, compound and partial
indexes, triggers) stands in `constraints.py`. Moments are UTC, days are days in Amsterdam."""

from enum import StrEnum
from typing import Any

from piccolo.columns import (
    JSON,
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    Real,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    ORGANISATION_MANAGER = "organisation_manager"
    ENROLMENT_MANAGER = "enrolment_manager"


class Salutation(StrEnum):
    MR = "mr"
    MS = "ms"
    NEUTRAL = "neutral"


class Kind(StrEnum):
    """Of an enrolment: the whole route, or the shorter way that renews a certificate."""

    FIRST = "first"
    RENEWAL = "renewal"


class Purpose(StrEnum):
    """What a step is for."""

    REGISTRATION = "registration"
    PAYMENT = "payment"
    TEST = "test"
    CERTIFICATE = "certificate"


class Outcome(StrEnum):
    """Of one attempt at a step."""

    SCHEDULED = "scheduled"
    PASSED = "passed"
    FAILED = "failed"


class LinkSource(StrEnum):
    WEBSITE = "website"
    ENROLMENT_MANAGER = "enrolment_manager"
    PAYCODE = "paycode"
    ADMINISTRATOR = "administrator"


class State(StrEnum):
    """Where an enrolment stands by its facts alone; with today's date it becomes a status."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    RESIT = "resit"
    COMPLETED = "completed"
    RENEWING = "renewing"
    RENEWED = "renewed"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


def required(table: type[Table] | str) -> ForeignKey[Any]:
    return ForeignKey(table, null=False, on_delete=OnDelete.restrict)


def optional(table: type[Table] | str) -> ForeignKey[Any]:
    return ForeignKey(table, null=True, default=None, on_delete=OnDelete.restrict)


def owned_by(table: type[Table] | str) -> ForeignKey[Any]:
    return ForeignKey(table, null=False, on_delete=OnDelete.cascade)


def moment() -> Timestamptz:
    return Timestamptz(null=True, default=None)


class Keyed:
    id = BigSerial(primary_key=True)


class Organisation(Keyed, Table):
    code = Varchar(3, unique=True)
    name = Varchar(120)
    active = Boolean(default=True)
    second_factor_required = Boolean(default=False)
    created_at = Timestamptz()


class Route(Keyed, Table):
    slug = Varchar(40, unique=True)
    name = Varchar(80)
    label = Varchar(40)
    position = Integer()
    website = Varchar(255, default="")
    quality_scheme_url = Varchar(255, default="")
    open_for_enrolment = Boolean(default=True)
    demo = Boolean(default=False)


class OrganisationRoute(Keyed, Table):
    """On which routes the code of an organisation is active."""

    organisation = owned_by(Organisation)
    route = owned_by(Route)


class Profile(Keyed, Table):
    route = required(Route)
    slug = Varchar(80)
    name = Varchar(120)
    position = Integer()
    demo = Boolean(default=False)


class Step(Keyed, Table):
    """`position` counts from 1 over all steps of the route, whatever their kind and period: it is the
    place of the step's letter in `Enrolment.progress`. No kind: a step of every kind."""

    route = required(Route)
    slug = Varchar(40)
    name = Varchar(80)
    position = Integer()
    purpose = Varchar(12, choices=Purpose)
    kind = Varchar(7, null=True, default=None, choices=Kind)
    icon = Varchar(40, default="")
    may_fail = Boolean(default=False)
    validity_months = Integer(null=True, default=None)
    used_from = Date(null=True, default=None)
    used_until = Date(null=True, default=None)


class User(Keyed, Table, tablename="portal_user"):
    username = Varchar(120)
    username_key = Varchar(120, unique=True)
    salutation = Varchar(7, choices=Salutation)
    given_name = Varchar(80)
    name_particle = Varchar(40, default="")
    family_name = Varchar(120)
    email = Varchar(254)
    email_key = Varchar(254, unique=True)
    password_hash = Varchar(255, null=True, default=None, secret=True)
    active = Boolean(default=True)
    created_at = Timestamptz()
    password_changed_at = moment()
    last_signed_in_at = moment()


class Mandate(Keyed, Table):
    """No organisation: an administrator, or a manager who has none yet."""

    user = owned_by(User)
    role = Varchar(20, choices=Role)
    organisation = ForeignKey(Organisation, null=True, default=None)
    given_by = optional(User)
    given_at = Timestamptz()


class Candidate(Keyed, Table):
    """The person, one for all organisations."""

    salutation = Varchar(7, choices=Salutation)
    given_name = Varchar(80)
    name_particle = Varchar(40, default="")
    family_name = Varchar(120)
    email = Varchar(254)
    email_key = Varchar(254)
    birth_date = Date(null=True, default=None)
    crt_number = Varchar(40, null=True, default=None)
    created_at = Timestamptz()


class Enrolment(Keyed, Table):
    """The row of the Overzicht: whose names and search text are copied from the person, and whose
    progress is derived from the facts, in the transaction that changes either."""

    candidate = required(Candidate)
    route = required(Route)
    profile = optional(Profile)
    kind = Varchar(7, default=Kind.FIRST, choices=Kind)
    renews = optional("self")
    number = Varchar(8, unique=True)
    enrolled_at = Timestamptz()

    organisation = optional(Organisation)
    link_source = Varchar(20, null=True, default=None, choices=LinkSource)
    linked_at = moment()
    linked_by = optional(User)

    given_name = Varchar(80)
    name_particle = Varchar(40, default="")
    family_name = Varchar(120)
    sort_key = Text()
    search_text = Text()

    progress = Varchar(40, default="")
    progress_notes = Text(default="")
    state = Varchar(12, default=State.NOT_STARTED, choices=State)
    scheduled_on = Date(null=True, default=None)
    valid_until = Date(null=True, default=None)
    changed_at = Timestamptz()


class Unlinking(Keyed, Table):
    enrolment = owned_by(Enrolment)
    organisation = required(Organisation)
    link_source = Varchar(20, choices=LinkSource)
    linked_at = Timestamptz()
    linked_by = optional(User)
    unlinked_at = Timestamptz()
    unlinked_by = optional(User)
    restored_at = moment()
    restored_by = optional(User)


class StepResult(Keyed, Table):
    """A dated fact. It never changes; `withdraws` names the fact that it corrects."""

    enrolment = owned_by(Enrolment)
    step = required(Step)
    attempt = Integer(default=1)
    outcome = Varchar(9, choices=Outcome)
    day = Date()
    place = Varchar(120, default="")
    source = Varchar(40)
    source_id = Varchar(120, null=True, default=None)
    withdraws = optional("self")
    withdrawal_reason = Varchar(255, default="")
    recorded_at = Timestamptz()
    recorded_by = optional(User)


class Certificate(Keyed, Table):
    enrolment = owned_by(Enrolment)
    number = Varchar(40, unique=True)
    issued_on = Date()
    valid_until = Date(null=True, default=None)
    crt_registered_on = Date(null=True, default=None)
    skills_passport_on = Date(null=True, default=None)


class Batch(Keyed, Table):
    number = Varchar(6, unique=True)
    organisation = optional(Organisation)
    route = required(Route)
    profile = optional(Profile)
    contact_name = Varchar(120, default="")
    reference = Varchar(120, default="")
    search_text = Text(default="")
    created_at = Timestamptz()
    created_by = optional(User)


class Paycode(Keyed, Table):
    """What stands in the batch is copied here, kept true by triggers, so that the list is one walk
    along one index."""

    code = Varchar(16, unique=True)
    batch = required(Batch)
    organisation = optional(Organisation)
    route = required(Route)
    profile = optional(Profile)
    contact_name = Varchar(120, default="")
    reference = Varchar(120, default="")
    search_text = Text(default="")
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = moment()
    used_by = optional(Enrolment)
    deactivated_at = moment()
    deactivated_by = optional(User)
    deactivation_reason = Varchar(255, default="")


class Session(Keyed, Table):
    """Only a hash of the cookie is kept. A row is made at sign-in and nowhere else."""

    token_hash = Varchar(64, unique=True, secret=True)
    user = owned_by(User)
    created_at = Timestamptz()
    seen_at = Timestamptz()
    address = Varchar(45, default="")
    agent = Varchar(255, default="")
    second_factor_at = moment()


class Attempt(Keyed, Table):
    """A token bucket of a throttle; its key (account, address block, code) as a hash."""

    kind = Varchar(40)
    key_hash = Varchar(64)
    level = Real()
    updated_at = Timestamptz()


class Token(Keyed, Table):
    """Sent by mail, used once: activation, reset, change of mail address, objection to a link."""

    purpose = Varchar(20)
    token_hash = Varchar(64, unique=True, secret=True)
    user = ForeignKey(User, null=True, default=None)
    enrolment = ForeignKey(Enrolment, null=True, default=None)
    email = Varchar(254, default="")
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = moment()


class SecondFactor(Keyed, Table):
    user = ForeignKey(User, null=False, unique=True)
    secret_encrypted = Bytea(secret=True)
    confirmed_at = moment()
    last_step = BigInt(default=0)


class RecoveryCode(Keyed, Table):
    user = owned_by(User)
    code_hash = Varchar(64, secret=True)
    used_at = moment()


class Passkey(Keyed, Table):
    user = owned_by(User)
    credential_id = Varchar(1400, unique=True)
    public_key = Bytea()
    sign_count = BigInt(default=0)
    name = Varchar(80)
    created_at = Timestamptz()
    last_used_at = moment()


class ApiKey(Keyed, Table):
    name = Varchar(80)
    key_hash = Varchar(64, unique=True, secret=True)
    organisation = ForeignKey(Organisation, null=True, default=None)
    scopes = Varchar(255, default="")
    created_by = optional(User)
    created_at = Timestamptz()
    expires_at = moment()
    last_used_at = moment()
    revoked_at = moment()


class FormToken(Keyed, Table):
    """One per form shown: the second submit of the same form finds the answer of the first."""

    token_hash = Varchar(64, unique=True, secret=True)
    session = ForeignKey(Session, null=True, default=None)
    used_at = Timestamptz()
    answer = Text(default="")


class AuditEvent(Keyed, Table):
    """Who saw or did what: ids, never names. No foreign keys: the record outlives what it tells of."""

    at = Timestamptz()
    actor = BigInt(null=True, default=None)
    action = Varchar(60)
    object_type = Varchar(40, default="")
    object_id = BigInt(null=True, default=None)
    organisation = BigInt(null=True, default=None)
    outcome = Varchar(10, default="ok")
    origin = Varchar(45, default="")
    details = JSON(default="{}")


class AuditSeal(Keyed, Table):
    day = Date(unique=True)
    first_event = BigInt(null=True, default=None)
    last_event = BigInt(null=True, default=None)
    events = Integer()
    previous_hash = Varchar(64)
    hash = Varchar(64)
    sealed_at = Timestamptz()


class Mail(Keyed, Table):
    """The outbox: a template and ids. What is secret is made when the mail is sent."""

    template = Varchar(40)
    recipient = Varchar(254)
    user = ForeignKey(User, null=True, default=None)
    enrolment = ForeignKey(Enrolment, null=True, default=None)
    details = JSON(default="{}")
    state = Varchar(10, default=JobState.QUEUED, choices=JobState)
    attempts = Integer(default=0)
    next_attempt_at = Timestamptz()
    created_at = Timestamptz()
    sent_at = moment()
    last_error = Varchar(255, default="")


class Import(Keyed, Table):
    kind = Varchar(20)
    user = owned_by(User)
    organisation = ForeignKey(Organisation, null=True, default=None)
    file_name = Varchar(255, default="")
    file_hash = Varchar(64)
    state = Varchar(10, default=JobState.QUEUED, choices=JobState)
    rows = Integer(default=0)
    rows_done = Integer(default=0)
    rows_refused = Integer(default=0)
    created_at = Timestamptz()
    taken_over_at = moment()
    claimed_until = moment()
    error = Varchar(255, default="")


class ImportRow(Keyed, Table):
    import_ = ForeignKey(Import, null=False, db_column_name="import")
    row = Integer()
    values = JSON(default="{}")
    errors = JSON(default="[]")
    enrolment = ForeignKey(Enrolment, null=True, default=None)


class Download(Keyed, Table):
    """A large selection being written to a workbook. Its owner alone may see it, and only while everything
    within `scope` (ids of organisations, or `*`) is theirs to see."""

    user = owned_by(User)
    kind = Varchar(20)
    query = Text(default="")
    file_name = Varchar(120)
    state = Varchar(10, default=JobState.QUEUED, choices=JobState)
    rows = Integer()
    rows_done = Integer(default=0)
    size = BigInt(default=0)
    created_at = Timestamptz()
    finished_at = moment()
    expires_at = moment()
    claimed_until = moment()
    error = Varchar(255, default="")
    scope = Text(default="")


class DownloadChunk(Keyed, Table):
    download = owned_by(Download)
    position = Integer()
    content = Bytea()
