"""Words of fixed lists that columns hold."""

from enum import StrEnum


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
    """Of one attempt at a step; withdrawn: only that another fact does not count."""

    SCHEDULED = "scheduled"
    PASSED = "passed"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class LinkSource(StrEnum):
    WEBSITE = "website"
    ENROLMENT_MANAGER = "enrolment_manager"
    PAYCODE = "paycode"
    ADMINISTRATOR = "administrator"


class UnlinkCause(StrEnum):
    """Who ended a link. What a candidate objected to is not undone by anybody."""

    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    OBJECTION = "objection"


class PaycodeChange(StrEnum):
    DEACTIVATED = "deactivated"
    REACTIVATED = "reactivated"
    EXTENDED = "extended"
    LINKED = "linked"


class TokenPurpose(StrEnum):
    """What a link in a mail is for."""

    ACTIVATION = "activation"
    RESET = "reset"
    EMAIL = "email"
    OBJECTION = "objection"


class Ceremony(StrEnum):
    """What a passkey is asked for."""

    REGISTRATION = "registration"
    SECOND_STEP = "second_step"
    SIGN_IN = "sign_in"


class ApiScope(StrEnum):
    RESULTS_WRITE = "results:write"
    ENROLMENTS_READ = "enrolments:read"
    PAYCODES_READ = "paycodes:read"


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"


class ImportKind(StrEnum):
    ENROLMENTS = "enrolments"
    RESULTS = "results"


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


class DisclosureKind(StrEnum):
    """How enrolments left the portal."""

    CANDIDATES = "kandidaten"
    PAYCODES = "betaalcodes"
    FEED = "koppeling"
