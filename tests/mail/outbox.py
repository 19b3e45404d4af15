"""Letters to send, and what became of them."""

from typing import Any

from app.mail.outbox import Letter, queue
from app.tables import Enrolment, Mail, User


async def first_linked() -> int:
    """An enrolment that is linked to an organisation."""
    row = (
        await Enrolment.select(Enrolment.id).where(Enrolment.organisation.is_not_null()).order_by(Enrolment.id).first()
    )
    assert row
    return int(row["id"])


async def invited(username: str = "anna.smit") -> dict[str, Any]:
    """An account that nobody has chosen a password for yet."""
    user = await User.select(User.id, User.email).where(User.username == username).first()
    assert user
    await User.update({User.password_hash: None}).where(User.id == user["id"])
    return user


async def invite(username: str = "anna.smit") -> dict[str, Any]:
    user = await invited(username)
    await queue(Letter.INVITATION, user["email"], user=user["id"])
    return user


async def tell_candidates(*recipients: str, letter: Letter = Letter.ENROLLED) -> int:
    """The same letter to several addresses, about one enrolment."""
    enrolment = await first_linked()
    for recipient in recipients:
        await queue(letter, recipient, enrolment=enrolment)
    return enrolment


async def outbox() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = await Mail.select().order_by(Mail.id)
    return rows


async def states() -> list[str]:
    return [row["state"] for row in await outbox()]


async def reasons() -> list[str]:
    return [row["last_error"] for row in await outbox()]
