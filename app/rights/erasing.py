"""Erasing a person, for good: who it was goes, also from what was copied, mailed, uploaded and made ready to take
along; what is counted stays, of nobody. Numbers stay: of an enrolment so that an organisation can find in its own files
whom it must erase as well, in the log because it holds nothing else."""

import json
from collections.abc import Sequence
from typing import Any

from litestar.exceptions import NotFoundException
from piccolo.columns.combination import WhereRaw

from app.access import Access
from app.audit import record
from app.candidates.administration.records import copy_to_enrolments, found_by, lock_candidates, name_of
from app.database import transaction
from app.disclosures import taken
from app.names import ERASED, sort_key
from app.people.mandates import keep_an_administrator
from app.rights.whose import bound_to_user, ever_linked
from app.security import PortalRequest
from app.tables import (
    Candidate,
    Certificate,
    DisclosureKind,
    Download,
    Enrolment,
    Import,
    ImportRow,
    JobState,
    Mail,
    Salutation,
    StepResult,
    Token,
    User,
)
from app.text import key

FORGOTTEN = "gewist"
"""Stands where something must stand; nothing that is typed or mailed is like it."""


class OwnAccount(ValueError):
    def __init__(self) -> None:
        super().__init__("U kunt uw eigen account niet wissen. Vraag het een andere beheerder.")


async def erase_candidate(access: Access, request: PortalRequest | None, candidate: int) -> bool:
    """Whether somebody was erased: the second time nobody is there. All of it, or nothing."""
    async with transaction():
        person = (await lock_candidates(access, candidate)).get(candidate)
        if person is None:
            return False
        enrolments = await _enrolments(candidate)
        await _make_nobody(person)
        await _forget_results(enrolments)
        await _forget_letters(person["email"], enrolments)
        await _forget_rows(person["email"], enrolments)
        await _take_back_files(enrolments)
        await record(request, "erase", "candidate", candidate, erased=enrolments)
    return True


async def _enrolments(candidate: int) -> list[int]:
    rows = await Enrolment.select(Enrolment.id).where(Enrolment.candidate == candidate).order_by(Enrolment.id)
    return [row["id"] for row in rows]


async def _make_nobody(person: dict[str, Any]) -> None:
    nobody = person | {
        "salutation": Salutation.NEUTRAL.value,
        "given_name": "",
        "name_particle": "",
        "family_name": ERASED,
        "email": "",
        "email_key": f"{FORGOTTEN} {person['id']}",
        "birth_date": None,
        "crt_number": None,
    }
    nobody |= {"sort_key": sort_key(*name_of(nobody)), "search_text": found_by(nobody)}
    values: dict[Any, Any] = {column: value for column, value in nobody.items() if column not in {"id", "created_at"}}
    await Candidate.update(values).where(Candidate.id == person["id"])
    await copy_to_enrolments(nobody, Enrolment.candidate == person["id"])


async def _forget_results(enrolments: Sequence[int]) -> None:
    """The facts stay; not where, under which number elsewhere, or why in somebody's own words."""
    own = StepResult.enrolment.is_in(list(enrolments))
    if not enrolments:
        return
    await StepResult.update({StepResult.place: "", StepResult.source_id: None}).where(
        own & (StepResult.withdrawal_reason == "")
    )
    await StepResult.update(
        {StepResult.place: "", StepResult.source_id: None, StepResult.withdrawal_reason: FORGOTTEN}
    ).where(own & (StepResult.withdrawal_reason != ""))
    for row in await Certificate.select(Certificate.id).where(Certificate.enrolment.is_in(list(enrolments))):
        await Certificate.update({Certificate.number: f"{FORGOTTEN}-{row['id']}"}).where(Certificate.id == row["id"])


async def _forget_letters(email: str, enrolments: Sequence[int]) -> None:
    """What was sent and what waits; links that were in them work no more."""
    about = Mail.enrolment.is_in(list(enrolments)) if enrolments else None
    to_nobody_known = Mail.user.is_null() & Mail.enrolment.is_null()
    addressed = to_nobody_known & WhereRaw("LOWER(mail.recipient) = {}", key(email))
    await Mail.delete().where(addressed if about is None else addressed | about)
    if enrolments:
        await Token.delete().where(Token.enrolment.is_in(list(enrolments)))


async def _forget_rows(email: str, enrolments: Sequence[int]) -> None:
    """Of files that came in: what stood in the rows about this person."""
    typed = json.dumps(key(email), ensure_ascii=False)
    named = WhereRaw("LOWER(CAST(\"values\" AS text)) LIKE {} ESCAPE '!'", f"%{_literal(typed)}%")
    about = ImportRow.enrolment.is_in(list(enrolments)) if enrolments else None
    await ImportRow.update({ImportRow.values: "{}", ImportRow.errors: "[]", ImportRow.remarks: "[]"}).where(
        named if about is None else named | about
    )


def _literal(text: str) -> str:
    for sign in "!%_":
        text = text.replace(sign, f"!{sign}")
    return text


async def _take_back_files(enrolments: Sequence[int]) -> None:
    """Of files that lie ready those in which this person stands go; what is being made is made anew."""
    for enrolment in enrolments:
        gone = [each.download for each in await taken(enrolment, await ever_linked(enrolment)) if each.download]
        if gone:
            await Download.delete().where(Download.id.is_in(gone))
    with_people = Download.kind.is_in([DisclosureKind.CANDIDATES.value, DisclosureKind.PAYCODES.value])
    await Download.update({Download.state: JobState.QUEUED, Download.claimed_until: None}).where(
        with_people & (Download.state == JobState.RUNNING.value)
    )


async def erase_user(access: Access, request: PortalRequest | None, user: int) -> bool:
    """The same of who has an account. Their number stays with what they did. Raises OwnAccount, and LastAdministrator
    when nobody else could look after the portal."""
    if user == access.user:
        raise OwnAccount
    async with transaction():
        if not access.everywhere:
            raise NotFoundException
        there = (User.id == user) & (User.email != "")
        if await User.exists().where(there & User.active.eq(True) & User.password_hash.is_not_null()):
            await keep_an_administrator(besides=user)
        erased = await User.update(_no_account(user)).where(there).returning(User.id)
        if not erased:
            return False
        for table, own in bound_to_user():
            await table.delete().where(own == user)
        await Import.update({Import.file_name: ""}).where(Import.user == user)
        await record(request, "erase", "user", user)
    return True


def _no_account(user: int) -> dict[Any, Any]:
    return {
        User.username: f"{FORGOTTEN} {user}",
        User.username_key: f"{FORGOTTEN} {user}",
        User.salutation: Salutation.NEUTRAL.value,
        User.given_name: "",
        User.name_particle: "",
        User.family_name: "verwijderde gebruiker",
        User.sort_key: "verwijderde gebruiker",
        User.email: "",
        User.email_key: f"{FORGOTTEN} {user}",
        User.password_hash: None,
        User.active: False,
    }
