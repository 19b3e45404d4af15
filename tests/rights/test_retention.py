"""What has had its time goes by itself, and nothing sooner: told with a clock that is moved."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from httpx import AsyncClient

from app.acting import acting_for
from app.audit import record
from app.chores import do_at_once, work_on_chores
from app.clock import now
from app.database import transaction
from app.disclosures import Disclosed, keep
from app.log.seals import seal_days
from app.log.verifying import verify
from app.rights import retention
from app.rights.daily import CHORES, work
from app.rights.expired import ITSELF
from app.rights.retention import clean, expired
from app.tables import (
    Attempt,
    AuditEvent,
    AuditSeal,
    Batch,
    Candidate,
    Certificate,
    Chore,
    Disclosure,
    DisclosureKind,
    Download,
    Enrolment,
    FormToken,
    Import,
    ImportKind,
    ImportRow,
    Mail,
    Organisation,
    Paycode,
    Session,
    Token,
    TokenPurpose,
    User,
)
from app.tokens import mint
from tests.candidates.handmade import administrator, enrol, organisation_of
from tests.sessions import client_of
from tests.worlds import portaal_command

START = datetime(2026, 1, 15, 11, tzinfo=UTC)
Travel = Callable[[datetime], None]


async def nothing() -> None:
    """Nobody watches."""


@pytest.fixture
async def at(db: None) -> AsyncIterator[Travel]:
    with time_machine.travel(START, tick=False) as clock:
        yield clock.move_to


def days_after(number: int) -> datetime:
    return START + timedelta(days=number)


async def person(key: str) -> int:
    user = await User.select(User.id).where(User.username == key).first()
    assert user
    return int(user["id"])


@pytest.fixture
async def one_of_each(at: Travel) -> None:
    """One of each kind, all of this day."""
    abc = await organisation_of("kim", "ABC")
    [alone] = await enrol(None, [("Jan", "de", "Vries")], at=[START])
    kim = await person("kim")
    await User.update({User.active: False, User.last_signed_in_at: now()}).where(User.id == kim)
    await mint(TokenPurpose.OBJECTION, enrolment=alone)
    await Token.update({Token.used_at: now()}).where(Token.enrolment == alone)
    await Session.insert(Session(token_hash="x", user=kim, created_at=now(), seen_at=now()))
    await FormToken.insert(FormToken(token_hash="y", used_at=now()))
    await Attempt.insert(Attempt(kind="z", key_hash="z", level=1, updated_at=now()))
    await Mail.insert(Mail(template="enrolled", recipient="x@example.org", created_at=now(), next_attempt_at=now()))
    file = Import(kind=ImportKind.RESULTS, user=kim, file_hash="f", created_at=now(), taken_over_at=now())
    file.expires_at = days_after(30)
    await Import.insert(file)
    await ImportRow.insert(ImportRow(import_=file.id, row=1, values='{"a": 1}'))
    await Download.insert(
        Download(user=kim, kind="kandidaten", file_name="x", rows=1, created_at=now(), expires_at=days_after(1))
    )
    disclosed = Disclosed(ITSELF)
    disclosed.add(alone, abc)
    await keep(DisclosureKind.CANDIDATES, disclosed.parts)
    await Chore.insert(Chore(name="old", day=date(2026, 1, 15), created_at=now(), state="ready"))


# Days after which each is still there, and after which it has had its time.
TERMS = {
    "candidates": (730, 732),
    "accounts": (730, 732),
    "tokens": (30, 31),
    "sessions": (0, 1),
    "forms": (7, 8),
    "attempts": (1, 2),
    "mails": (180, 181),
    "import_rows": (30, 31),
    "imports": (365, 366),
    "downloads": (1, 2),
    "disclosures": (365, 366),
    "chores": (90, 92),
}


@pytest.mark.parametrize("kind", TERMS)
async def test_each_kind_goes_after_its_time_and_not_before(one_of_each: None, at: Travel, kind: str) -> None:
    there, over = TERMS[kind]
    at(days_after(there))
    assert (await expired())[kind] == 0
    at(days_after(over))
    assert (await expired())[kind] == 1
    told = await clean(nothing)
    assert told[kind] == 1
    assert (await expired())[kind] == 0


async def test_everything_goes_in_the_end(one_of_each: None, at: Travel) -> None:
    at(days_after(800))
    would = await expired()
    assert all(would[kind] for kind in TERMS)
    await clean(nothing)
    assert not any((await expired()).values())
    for table in (Token, Session, FormToken, Attempt, Mail, ImportRow, Import, Download, Disclosure):
        assert await table.count() == 0, table
    assert await Candidate.select(Candidate.family_name).output(as_list=True) == ["verwijderde kandidaat"]
    assert await Enrolment.count() == 1
    assert await User.select(User.family_name).output(as_list=True) == ["verwijderde gebruiker"]
    erased = await AuditEvent.select(AuditEvent.origin).where(AuditEvent.action == "erase").output(as_list=True)
    assert erased == ["portaal", "portaal"]


async def test_saying_what_would_go_changes_nothing(one_of_each: None, at: Travel) -> None:
    at(days_after(800))
    await expired()
    assert (await Mail.count(), await Token.count(), await AuditEvent.count()) == (1, 1, 0)
    assert await Candidate.exists().where(Candidate.family_name == "Vries")


@pytest.mark.parametrize(
    ("enrolment", "certificate", "days"),
    [
        ({"organisation": True}, None, 2557),
        ({"scheduled_on": date(2029, 1, 1)}, None, 1082),
        ({}, date(2027, 1, 15), 1096),
        ({"organisation": True}, date(2027, 1, 15), 2922),
        ({}, None, 730),
    ],
)
async def test_who_still_matters_to_somebody_stays(
    at: Travel, enrolment: dict[str, Any], certificate: date | None, days: int
) -> None:
    """`days`: the last on which this person is still there."""
    linked = enrolment.pop("organisation", None)
    abc = await organisation_of("kim", "ABC")
    [key] = await enrol(abc if linked else None, at=[START])
    if enrolment:
        values: dict[Any, Any] = {**enrolment}
        await Enrolment.update(values).where(Enrolment.id == key)
    if certificate:
        await Certificate.insert(
            Certificate(enrolment=key, number="B1", issued_on=date(2026, 1, 15), valid_until=certificate)
        )
    at(days_after(days))
    assert (await expired())["candidates"] == 0
    at(days_after(days + 3))
    assert (await expired())["candidates"] == 1


async def test_a_certificate_without_an_end_keeps_its_holder(at: Travel) -> None:
    [key] = await enrol(None if await organisation_of("kim", "ABC") else 0, at=[START])
    await Certificate.insert(Certificate(enrolment=key, number="B1", issued_on=date(2026, 1, 15)))
    at(days_after(9000))
    assert (await expired())["candidates"] == 0


async def test_of_an_old_batch_the_contact_is_forgotten_and_the_codes_follow(demo: None) -> None:
    named = Batch.reference != ""
    batches = await Batch.count().where(named)
    assert batches
    with time_machine.travel(datetime(2036, 1, 1, tzinfo=UTC), tick=False):
        assert (await expired())["contacts"] >= batches
        await clean(nothing)
    assert await Batch.count().where(named) == await Paycode.count().where(Paycode.reference != "") == 0
    assert await Paycode.count() > 0


# The log


async def seen_daily(at: Travel, days: int) -> None:
    for place in range(days):
        at(days_after(place))
        await record(None, "view", "enrolment", 7)


async def test_sealed_days_are_cleared_and_the_chain_stays_whole(at: Travel) -> None:
    await seen_daily(at, 4)
    at(days_after(365 + 2))
    assert (await expired())["events"] == 0
    await seal_days(nothing)
    assert (await expired())["events"] == 2
    assert (await clean(nothing))["events"] == 2
    assert await AuditEvent.select(AuditEvent.id).where(AuditEvent.id <= 4).output(as_list=True) == [3, 4]
    assert await AuditSeal.count() == 367
    whole = await verify()
    assert (whole.cleared, whole.events) == (date(2026, 1, 16), 2)
    assert (await clean(nothing))["events"] == 0
    assert await AuditEvent.count().where(AuditEvent.action == "clear_log") == 1


async def test_a_log_that_is_half_cleared_is_whole(at: Travel, monkeypatch: pytest.MonkeyPatch) -> None:
    """As who is killed on the way leaves it; the next one goes on."""
    await seen_daily(at, 4)
    at(days_after(370))
    await seal_days(nothing)
    monkeypatch.setattr(retention, "PART", 1)

    async def killed() -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await clean(killed)
    assert await AuditEvent.count().where(AuditEvent.id <= 4) == 3
    assert (await verify()).cleared == date(2026, 1, 18)
    assert (await clean(nothing))["events"] == 3
    assert (await verify()).cleared == date(2026, 1, 18)


async def test_what_is_cleared_too_soon_is_found(at: Travel) -> None:
    """Whoever says so in the log itself, but before its time; and owns the database."""
    await seen_daily(at, 2)
    at(days_after(100))
    await seal_days(nothing)
    await record(None, "clear_log", "log", through="2026-01-16")
    async with transaction(as_owner=True):
        await AuditEvent.delete().where(AuditEvent.id <= 2)
    with pytest.raises(Exception, match="The log is broken at 2026-01-15: 1 events were sealed and 0 are there"):
        await verify()


# Every day, by one


async def test_every_day_one_process_does_it(one_of_each: None, at: Travel, application: Any) -> None:
    at(days_after(40))
    await asyncio.gather(*(work_on_chores(CHORES) for _ in range(3)))
    done = await Chore.select(Chore.name, Chore.state).where(Chore.name != "old").order_by(Chore.id)
    assert done == [{"name": each, "state": "ready"} for each in ("backup", "seal", "verify", "retention")]
    assert await Token.count() == 0
    assert await AuditEvent.count().where(AuditEvent.action == "clean") == 1
    await administrator("beheer")
    beheer: AsyncClient = await client_of(application, "beheer")
    assert "Wissen wat zijn tijd heeft gehad" in (await beheer.get("/beheer/gegevens")).text


async def test_on_nobodys_behalf_the_duty_of_every_day_reaches_all_of_it(one_of_each: None, at: Travel) -> None:
    """As it runs beside the pages, also behind the second wall."""
    await record(None, "view", "enrolment", 7)
    at(days_after(800))
    with acting_for(None):
        await work()
    would = await expired()
    assert not any(would[kind] for kind in would if kind != "events")
    assert await Candidate.select(Candidate.family_name).output(as_list=True) == ["verwijderde kandidaat"]
    assert (await verify()).cleared == START.date()


async def test_who_comes_while_another_is_at_it_does_nothing(at: Travel) -> None:
    begun, finish = asyncio.Event(), asyncio.Event()

    async def slow(_: Any) -> dict[str, int]:
        begun.set()
        await finish.wait()
        return {}

    first = asyncio.create_task(do_at_once("retention", slow))
    await begun.wait()
    assert await do_at_once("retention", clean) is None
    finish.set()
    assert await first == {}
    assert await do_at_once("retention", clean) is not None


async def command(*options: str) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *portaal_command("retention", *options), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said = (await process.communicate())[0].decode()
    return process.returncode or 0, said


async def test_the_command_says_what_would_go_and_takes_it_away(one_of_each: None) -> None:
    code, said = await command("--dry-run")
    assert code == 0
    assert dict(line.split() for line in said.splitlines()[:-1])["tokens"] == "1"
    assert said.splitlines()[-1].endswith(" would go.")
    assert await Token.count() == 1
    code, said = await command()
    assert code == 0
    assert said.splitlines()[-1].endswith(" went.")
    assert await Token.count() == 0
    assert await Organisation.count() == 1
