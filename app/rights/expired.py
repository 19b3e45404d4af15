"""What has had its time: of each kind of thing which rows those are, by the terms."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from piccolo.querystring import QueryString

from app.access import Access, Condition
from app.clock import local_day, months_after, now, today
from app.database import snapshot, transaction
from app.paycodes.codes import batch_search_text
from app.piccolo_conf import DB
from app.rights.erasing import erase_candidate, erase_user
from app.rights.terms import ACCOUNT_MONTHS, DAYS, INVITED_MONTHS, LINKED_MONTHS, PAYCODE_MONTHS, Term
from app.sessions import LONGEST
from app.settings import get_settings
from app.tables import (
    Attempt,
    Batch,
    Chore,
    Disclosure,
    Download,
    FormToken,
    Import,
    ImportRow,
    Mail,
    Role,
    Session,
    Token,
    User,
)
from app.throttle import FORGOTTEN_AFTER

PART = 500
"""Rows that go in one transaction."""
PATIENCE = 300.0  # seconds for one statement: nobody waits for a page
ITSELF = Access(0, frozenset({Role.ADMINISTRATOR}), ())
"""The portal, when it does by itself what an administrator may."""

# Of whom nothing happened for so long, and whose certificate is over for as long: sooner when nobody looks on.
CANDIDATES = """
SELECT {what} FROM candidate
WHERE candidate.email <> '' AND candidate.created_at < {{}} AND candidate.id > {{}} AND NOT EXISTS (
    SELECT 1 FROM enrolment LEFT JOIN certificate ON certificate.enrolment = enrolment.id
    WHERE enrolment.candidate = candidate.id AND (
        enrolment.scheduled_on >= {{}}
        OR (certificate.id IS NOT NULL AND certificate.valid_until IS NULL)
        OR (enrolment.organisation IS NULL AND (enrolment.changed_at >= {{}} OR certificate.valid_until >= {{}}))
        OR (enrolment.organisation IS NOT NULL AND (enrolment.changed_at >= {{}} OR certificate.valid_until >= {{}}))
    )
)
"""
NEXT_CANDIDATES = CANDIDATES.format(what="candidate.id") + "ORDER BY candidate.id LIMIT {}"
COUNT_CANDIDATES = CANDIDATES.format(what="COUNT(*) AS n")


@dataclass(frozen=True)
class Kind:
    """`remove` takes a part away, and gives how many that were: none when it is done."""

    name: str
    count: Callable[[], Awaitable[int]]
    remove: Callable[[], Awaitable[int]]


def rows(name: str, table: Any, expired: Callable[[], Condition]) -> Kind:
    """Of a table from which rows simply go."""

    async def count() -> int:
        return int(await table.count().where(expired()))

    async def remove() -> int:
        ids = await table.select(table.id).where(expired()).order_by(table.id).limit(PART).output(as_list=True)
        if ids:
            await table.delete().where(table.id.is_in(ids) & expired())
        return len(ids)

    return Kind(name, count, remove)


def months_ago(months: int) -> date:
    return months_after(today(), -months)


def _moment(day: date) -> datetime:
    """Some moment of that day: a term of months is not counted in hours."""
    return now() - timedelta(days=(today() - day).days)


def _ago(term: Term) -> datetime:
    return now() - timedelta(days=DAYS[term])


# Candidates


def _candidate_terms(after: int) -> tuple[Any, ...]:
    alone, linked = months_ago(get_settings().candidate_months), months_ago(LINKED_MONTHS)
    return _moment(alone), after, today(), _moment(alone), alone, _moment(linked), linked


async def count_candidates() -> int:
    async with snapshot(PATIENCE):
        [row] = await DB.run_querystring(QueryString(COUNT_CANDIDATES, *_candidate_terms(0)))
    return int(row["n"])


async def erase_candidates() -> int:
    async with snapshot(PATIENCE):
        found = await DB.run_querystring(QueryString(NEXT_CANDIDATES, *_candidate_terms(0), PART))
    return sum([await erase_candidate(ITSELF, None, row["id"]) for row in found])


# Accounts


def _old_accounts() -> Condition:
    used, invited = _moment(months_ago(ACCOUNT_MONTHS)), _moment(months_ago(INVITED_MONTHS))
    never = User.last_signed_in_at.is_null() & (User.created_at < used)
    closed = User.active.eq(False) & ((User.last_signed_in_at < used) | never)
    unanswered = User.password_hash.is_null() & (User.created_at < invited)
    found: Condition = (User.email != "") & (closed | unanswered)
    return found


async def count_accounts() -> int:
    return int(await User.count().where(_old_accounts()))


async def erase_accounts() -> int:
    ids = await User.select(User.id).where(_old_accounts()).order_by(User.id).limit(PART).output(as_list=True)
    return sum([await erase_user(ITSELF, None, user) for user in ids])


# Paycodes: who at an organisation was the contact


def _old_batches() -> Condition:
    named = (Batch.contact_name != "") | (Batch.reference != "")
    found: Condition = named & (Batch.created_at < _moment(months_ago(PAYCODE_MONTHS)))
    return found


async def count_contacts() -> int:
    return int(await Batch.count().where(_old_batches()))


async def forget_contacts() -> int:
    """One batch at a time: its codes follow."""
    row = await Batch.select(Batch.id, Batch.number).where(_old_batches()).order_by(Batch.id).first()
    if row is None:
        return 0
    forgotten: dict[Any, Any] = {
        Batch.contact_name: "",
        Batch.reference: "",
        Batch.search_text: batch_search_text(row["number"], "", ""),
    }
    async with transaction(patience=PATIENCE):
        await Batch.update(forgotten).where(Batch.id == row["id"])
    return 1


# Rows


def _over(column: Any, moment: datetime) -> Condition:
    found: Condition = column < moment
    return found


def _old_tokens() -> Condition:
    return _over(Token.expires_at, _ago(Term.TOKEN)) | _over(Token.used_at, _ago(Term.TOKEN))


def _old_rows() -> Condition:
    expired = Import.select(Import.id).where(Import.expires_at < now())
    found: Condition = ImportRow.import_.is_in(expired)
    return found


def _old_imports() -> Condition:
    emptied = Import.expires_at.is_null() | (Import.expires_at < now())
    not_taken_over = Import.taken_over_at.is_null() & (Import.expires_at < now())
    found: Condition = (emptied & (Import.created_at < _ago(Term.IMPORT))) | not_taken_over
    return found


def _old_disclosures() -> Condition:
    return _over(Disclosure.at, _moment(months_ago(get_settings().log_months)))


def _old_chores() -> Condition:
    day = local_day(_ago(Term.CHORE))
    found: Condition = Chore.day < day
    return found


KINDS = (
    Kind("candidates", count_candidates, erase_candidates),
    Kind("accounts", count_accounts, erase_accounts),
    Kind("contacts", count_contacts, forget_contacts),
    rows("tokens", Token, _old_tokens),
    rows("sessions", Session, lambda: _over(Session.created_at, now() - LONGEST)),
    rows("forms", FormToken, lambda: _over(FormToken.used_at, _ago(Term.FORM))),
    rows("attempts", Attempt, lambda: _over(Attempt.updated_at, now() - FORGOTTEN_AFTER)),
    rows("mails", Mail, lambda: _over(Mail.created_at, _ago(Term.MAIL))),
    rows("import_rows", ImportRow, _old_rows),
    rows("imports", Import, _old_imports),
    rows("downloads", Download, lambda: _over(Download.expires_at, now())),
    rows("disclosures", Disclosure, _old_disclosures),
    rows("chores", Chore, _old_chores),
)
