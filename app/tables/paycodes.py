"""Paycodes and the batches they are issued in."""

from datetime import UTC, datetime

from piccolo.columns import Text, Timestamptz, Varchar
from piccolo.table import Table

from app.tables.columns import Keyed, moment, optional, owned_by, required
from app.tables.enrolments import Enrolment
from app.tables.organisations import Organisation, Profile, Route
from app.tables.people import User
from app.tables.words import PaycodeChange

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""Whoever writes a code says when; SQLite cannot add a column that would say so itself."""


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
    changed_at = Timestamptz(default=LONG_AGO)


class PaycodeEvent(Keyed, Table):
    """What happened to a code after it was issued and before it was used."""

    paycode = owned_by(Paycode)
    change = Varchar(11, choices=PaycodeChange)
    at = Timestamptz()
    by = optional(User)
    reason = Varchar(255, default="")
    expires_at = moment()
