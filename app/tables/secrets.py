"""What somebody holds to be let in, each only as a hash, and the throttles on guessing."""

from piccolo.columns import BigInt, Bytea, ForeignKey, Real, Text, Timestamptz, Varchar
from piccolo.table import Table

from app.tables.columns import Keyed, moment, optional, owned_by
from app.tables.enrolments import Enrolment
from app.tables.organisations import Organisation
from app.tables.people import User
from app.tables.words import Ceremony, TokenPurpose


class Session(Keyed, Table):
    """Only a hash of the cookie is kept. A row is made at sign-in and nowhere else. `confirmed_at`: when its owner
    last showed since then that it is still they."""

    token_hash = Varchar(64, unique=True, secret=True)
    user = owned_by(User)
    created_at = Timestamptz()
    seen_at = Timestamptz()
    address = Varchar(45, default="")
    agent = Varchar(255, default="")
    second_factor_at = moment()
    confirmed_at = moment()


class PendingSignIn(Keyed, Table):
    """Whose password was right, and who has yet to give a second factor: no session, and nothing but that step."""

    token_hash = Varchar(64, unique=True, secret=True)
    user = owned_by(User)
    created_at = Timestamptz()


class Attempt(Keyed, Table):
    """A token bucket of a throttle; its key (account, address block, code) as a hash."""

    kind = Varchar(40)
    key_hash = Varchar(64)
    level = Real()
    updated_at = Timestamptz()


class Token(Keyed, Table):
    """Sent by mail, used once: activation, reset, change of mail address, objection to a link."""

    purpose = Varchar(20, choices=TokenPurpose)
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


class PasskeyChallenge(Keyed, Table):
    """What a passkey signs: for one purpose, once, in the browser that asked for it (`holder`, a hash)."""

    challenge_hash = Varchar(64, unique=True, secret=True)
    purpose = Varchar(12, choices=Ceremony)
    holder = Varchar(64, secret=True)
    expires_at = Timestamptz()


class ApiKey(Keyed, Table):
    """Of another system. `source` names that system in every fact it brings, also after its key was renewed;
    `prefix` is what may be shown of the key. Bound to an organisation it reads only what is theirs."""

    name = Varchar(80)
    source = Varchar(40, default="")
    prefix = Varchar(12, default="")
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
