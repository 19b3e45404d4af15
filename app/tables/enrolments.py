"""Candidates, their enrolments and the facts about them."""

from piccolo.columns import Date, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.tables.columns import Keyed, moment, optional, owned_by, required
from app.tables.organisations import Organisation, Profile, Route, Step
from app.tables.people import User
from app.tables.words import Kind, LinkSource, Outcome, Salutation, State, UnlinkCause


class Candidate(Keyed, Table):
    """The person, one for all organisations: who has the same name and e-mail address, or the same CRT number
    and family name, is the same person."""

    salutation = Varchar(7, choices=Salutation)
    given_name = Varchar(80)
    name_particle = Varchar(40, default="")
    family_name = Varchar(120)
    email = Varchar(254)
    email_key = Varchar(254)
    birth_date = Date(null=True, default=None)
    crt_number = Varchar(40, null=True, default=None)
    sort_key = Text()
    search_text = Text()
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
    cause = Varchar(13, default=UnlinkCause.MANAGER, choices=UnlinkCause)
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
