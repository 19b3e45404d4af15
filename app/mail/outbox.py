"""The outbox: what is to be mailed, written in the transaction that is the reason for it. Nothing secret stands in
it, and no finished text: a letter is made from the template, the ids and the details when it is sent."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from app.clock import now
from app.many import insert_many
from app.tables import Mail


class Change(StrEnum):
    """Of what opens an account; `mail/letters.py` has a sentence for each."""

    PASSWORD = "password"  # noqa: S105
    USERNAME = "username"
    EMAIL = "email"
    APP_SET = "app_set"
    APP_REMOVED = "app_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    RECOVERY_CODES = "recovery_codes"
    RECOVERY_CODE_USED = "recovery_code_used"
    FACTOR_RESET = "factor_reset"
    FACTOR_GUESSED = "factor_guessed"
    EMAIL_ASKED = "email_asked"


class Letter(StrEnum):
    """The templates: `templates/mail/<name>.txt` and `.html`."""

    INVITATION = "invitation"
    """To a user, with a link to choose a password."""
    ENROLLED = "enrolled"
    """To a candidate: the enrolment, its number, who sees it, and a link to the own page."""
    ALREADY_ENROLLED = "already_enrolled"
    """To a candidate on whose route an enrolment is open: somebody tried to enrol again."""
    NOTHING_TO_RENEW = "nothing_to_renew"
    """To the address that was typed in a renewal for which no certificate is known; `route` is the id of its route."""
    PAID = "paid"
    """To a candidate who redeemed a code for an enrolment that was not paid yet."""
    RESIT_PAID = "resit_paid"
    """To a candidate who redeemed a code for a resit."""
    OWN_PAGE = "own_page"
    """To a candidate who asked for a link to the own page."""
    LINK_ENDED = "link_ended"
    """To a candidate whose objection ended the link."""
    RESET = "reset"
    """To a user who forgot the password, with a link to choose another."""
    NEW_ADDRESS = "new_address"
    """To the address that a user wants to be mailed at from now on, with a link to confirm it."""
    SIGN_IN_ATTEMPTS = "sign_in_attempts"
    """To a user at whose account somebody guesses."""
    ACCOUNT_CHANGED = "account_changed"
    """To a user: something that opens the account is changed (`what`: a Change), and what to do who did not do that."""


async def queue(
    letter: Letter,
    recipient: str,
    *,
    user: int | None = None,
    enrolment: int | None = None,
    **details: int | str,
) -> None:
    """One letter to one address, in the caller's transaction. Details are ids and words of fixed lists."""
    await insert_many(Mail, [_waiting(letter, recipient, user=user, enrolment=enrolment, details=details)])


async def tell_owner(user: int, what: Change, recipient: str) -> None:
    """In the transaction of the change."""
    await queue(Letter.ACCOUNT_CHANGED, recipient, user=user, what=what)


async def queue_all(letter: Letter, recipients: Mapping[int, str]) -> None:
    """A letter about each of these enrolments: enrolment → address."""
    letters = [_waiting(letter, recipient, enrolment=enrolment) for enrolment, recipient in recipients.items()]
    await insert_many(Mail, letters)


def _waiting(letter: Letter, recipient: str, **columns: Any) -> dict[str, Any]:
    moment = now()
    return {"template": letter, "recipient": recipient, "next_attempt_at": moment, "created_at": moment, **columns}
