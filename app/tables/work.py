"""What the portal does besides showing pages: its record, its mail, what comes in and goes out."""

from piccolo.columns import JSON, BigInt, Boolean, Bytea, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.tables.columns import Keyed, moment, optional, owned_by
from app.tables.enrolments import Enrolment
from app.tables.organisations import Organisation
from app.tables.people import User
from app.tables.words import DisclosureKind, ImportKind, JobState, MailState


class AuditEvent(Keyed, Table):
    """Who saw or did what: ids, never names. No foreign keys: the record outlives what it tells of."""

    at = Timestamptz()
    actor = BigInt(null=True, default=None)
    api_key = BigInt(null=True, default=None)
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


class Disclosure(Keyed, Table):
    """Which enrolments left the portal together, in a file or an answer: those of one block of ids, as bits. Of the
    organisation that they were linked to then; none: by Vakmanschap Techniek."""

    at = Timestamptz()
    kind = Varchar(20, choices=DisclosureKind)
    organisation = optional(Organisation)
    download = BigInt(null=True, default=None)
    block = BigInt()
    members = Bytea()


class Chore(Keyed, Table):
    """What is done once a day, and what came of it: `told` says how many of what."""

    name = Varchar(20)
    day = Date()
    state = Varchar(10, default=JobState.QUEUED, choices=JobState)
    created_at = Timestamptz()
    claimed_until = moment()
    finished_at = moment()
    told = JSON(default="{}")


class Mail(Keyed, Table):
    """The outbox: a template and ids. What is secret is made when the mail is sent."""

    template = Varchar(40)
    recipient = Varchar(254)
    user = ForeignKey(User, null=True, default=None)
    enrolment = ForeignKey(Enrolment, null=True, default=None)
    details = JSON(default="{}")
    state = Varchar(10, default=MailState.QUEUED, choices=MailState)
    attempts = Integer(default=0)
    next_attempt_at = Timestamptz()
    created_at = Timestamptz()
    sent_at = moment()
    claimed_until = moment()
    last_error = Varchar(255, default="")


class Import(Keyed, Table):
    """A file that came in: read into rows, each checked, all taken over at once or none. `organisation` is whose
    candidates it enrols; with `assign_paycodes` each gets a free code of theirs."""

    kind = Varchar(20, choices=ImportKind)
    user = owned_by(User)
    organisation = ForeignKey(Organisation, null=True, default=None)
    file_name = Varchar(255, default="")
    file_hash = Varchar(64)
    assign_paycodes = Boolean(default=False)
    state = Varchar(10, default=JobState.QUEUED, choices=JobState)
    rows = Integer(default=0)
    rows_done = Integer(default=0)
    rows_refused = Integer(default=0)
    created_at = Timestamptz()
    checked_at = moment()
    taken_over_at = moment()
    expires_at = moment()
    claimed_until = moment()
    error = Varchar(255, default="")


class ImportRow(Keyed, Table):
    """`row` as the file counts; `values` by column, `errors` and `remarks` as Dutch sentences."""

    import_ = ForeignKey(Import, null=False, db_column_name="import")
    row = Integer()
    values = JSON(default="{}")
    errors = JSON(default="[]")
    remarks = JSON(default="[]")
    checked = Boolean(default=False)
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
