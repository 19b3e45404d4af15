"""A copy of all that is kept of one person: everything that the register says tells of them, in a workbook."""

import io
from typing import Any

from httpx import AsyncClient
from python_calamine import CalamineWorkbook

from app.rights.dossier import LEFT_OUT, shown_lines
from app.rights.register import REGISTER, Whose
from app.rights.whose import of_candidate, of_user
from app.tables import AuditEvent, Candidate, Enrolment, User
from tests.sessions import client_of

SPECIAL = {"disclosure": "by bits, not by a reference", "download_chunk": "a file that goes within a day"}


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_every_table_that_tells_of_a_candidate_is_in_it() -> None:
    """What a new column says of a candidate in the register, the copy shows."""
    for entry in REGISTER:
        if Whose.CANDIDATE in entry.tells_of and entry.name not in SPECIAL:
            assert of_candidate(entry.table, 1, [1], "x") is not None, entry.name
        if entry.whose is Whose.USER:
            assert of_user(entry.table, 1) is not None, entry.name


def test_only_secrets_and_machinery_stay_out() -> None:
    for entry in REGISTER:
        out = {line.column for line in entry.lines} - {line.column for line in shown_lines(entry)}
        assert out <= LEFT_OUT | {line.column for line in entry.lines if line.secret}


async def copy_of(client: AsyncClient, address: str) -> dict[str, list[list[Any]]]:
    answer = await client.get(f"{address}/afschrift.xlsx")
    assert answer.status_code == 200
    return sheets(answer.content)


async def test_a_candidate_reads_all_of_it(demo: None, application: Any) -> None:
    client = await client_of(application, "beheerder")
    used = await Enrolment.select(Enrolment.id, Enrolment.candidate).where(Enrolment.state == "completed").first()
    assert used
    await client.get(f"/deelnames/{used['id']}")
    found = await copy_of(client, f"/beheer/kandidaten/{used['candidate']}")
    assert list(found)[:3] == ["Verantwoording", "Kandidaten", "Deelnames"]
    assert set(found) >= {"Uitslagen", "Bewijzen van Vakmanschap", "Logboek"}
    person = await Candidate.select().where(Candidate.id == used["candidate"]).first()
    assert person
    told = dict(zip(*found["Kandidaten"], strict=True))
    assert (told["Achternaam"], told["E-mailadres"]) == (person["family_name"], person["email"])
    assert "password" not in str(found)
    assert "Gegevens bekeken" in str(found["Logboek"])
    [event] = await AuditEvent.select().where(AuditEvent.action == "export")
    assert (event["object_type"], event["object_id"]) == ("candidate", person["id"])


async def test_a_user_reads_all_of_it_and_no_secret(demo: None, application: Any) -> None:
    client = await client_of(application, "beheerder")
    anna = await User.select().where(User.username == "anna.smit").first()
    assert anna
    found = await copy_of(client, f"/beheer/gebruikers/{anna['id']}")
    assert set(found) >= {"Verantwoording", "Gebruikers", "Rollen"}
    assert "argon2" not in str(found)
    assert "Noorderwind Warmtetechniek (demo) (NWT)" in str(found["Rollen"])


async def test_nobody_else_gets_it(demo: None, application: Any) -> None:
    anna = await client_of(application, "anna.smit")
    for address in ("/beheer/kandidaten/1", "/beheer/gebruikers/1"):
        assert (await anna.get(f"{address}/afschrift.xlsx")).status_code == 403
    client = await client_of(application, "beheerder")
    assert (await client.get("/beheer/kandidaten/999999/afschrift.xlsx")).status_code == 404
