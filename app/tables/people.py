"""Who can sign in, and what they may do."""

from piccolo.columns import Boolean, ForeignKey, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.tables.columns import Keyed, moment, optional, owned_by
from app.tables.organisations import Organisation
from app.tables.words import Role, Salutation


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
    sort_key = Text(default="")


class Mandate(Keyed, Table):
    """No organisation: an administrator, or a manager who has none yet."""

    user = owned_by(User)
    role = Varchar(20, choices=Role)
    organisation = ForeignKey(Organisation, null=True, default=None)
    given_by = optional(User)
    given_at = Timestamptz()
