"""Results come in by file: checked, shown, confirmed, taken over."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient
from lxml import html

from app.clock import today
from tests.imports.files import RESULTS, as_csv, as_xlsx, confirmed, faults, said, settled, uploaded
from tests.sessions import client_of


async def waiting(number: int, slug: str = "warmtepomp") -> list[dict[str, Any]]:
    """Enrolments that were paid for and had no test yet."""
    from app.tables import Enrolment, Route

    route = await Route.select(Route.id).where(Route.slug == slug).first()
    assert route
    rows = (
        await Enrolment.select(Enrolment.id, Enrolment.number)
        .where((Enrolment.route == route["id"]) & (Enrolment.progress == "ppooo"))
        .order_by(Enrolment.id)
        .limit(number)
    )
    assert len(rows) == number
    return list(rows)


def theory(number: str, **changes: str) -> dict[str, str]:
    row = {"Deelnamenummer": number, "Stap": "Theorietoets", "Uitslag": "geslaagd", "Datum": f"{today():%d-%m-%Y}"}
    return row | {"Poging": "", "Plaats": "Arnhem", "Bronnummer": ""} | changes


async def progress_of(enrolment: int) -> str:
    from app.tables import Enrolment

    row = await Enrolment.select(Enrolment.progress).where(Enrolment.id == enrolment).first()
    assert row
    return str(row["progress"])


@pytest.fixture
async def administrator(demo: None, application: Any) -> AsyncClient:
    return await client_of(application, "beheerder")


async def test_a_file_is_checked_shown_and_taken_over(administrator: AsyncClient) -> None:
    first, second = await waiting(2)
    rows = [theory(first["number"]), theory(second["number"].lower(), Uitslag="Niet geslaagd")]
    address = await uploaded(administrator, RESULTS, as_xlsx(rows), "uitslagen.xlsx")
    page = await settled(administrator, address)
    assert "Alle rijen zijn goed" in said(page)
    assert await progress_of(first["id"]) == "ppooo"
    page = await confirmed(administrator, address)
    assert "2 uitslagen overgenomen" in said(page)
    assert (await progress_of(first["id"]))[:4] in ("pppo", "ppvo")
    assert (await progress_of(second["id"])) == "ppfoo"


async def test_every_row_says_what_is_wrong_with_it(administrator: AsyncClient) -> None:
    one, two, three = (row["number"] for row in await waiting(3))
    tomorrow = f"{today() + timedelta(days=1):%d-%m-%Y}"
    rows = [
        theory("ABCD-2345"),
        theory(one, Stap="Praktijktoets"),
        theory(two, Datum=tomorrow),
        theory(three, Stap="Onzin", Uitslag="misschien", Datum="ooit", Poging="nul"),
        dict.fromkeys(theory(one), "") | {"Plaats": "Ede"},
    ]
    page = await settled(administrator, await uploaded(administrator, RESULTS, as_csv(rows)))
    told = faults(page)
    assert told[2] == "Dit deelnamenummer is niet bekend."
    assert "Theorietoets" in told[3]
    assert "in de toekomst" in told[4]
    assert all(word in told[5] for word in ("geen stap", "Vul bij Uitslag", "Vul bij Datum", "Vul bij Poging"))
    assert told[6].count("is niet ingevuld") == 4
    assert "5 rijen hebben een fout" in said(page)
    assert "overnemen" not in said(page)


async def test_rows_about_one_enrolment_are_taken_in_the_order_of_their_days(administrator: AsyncClient) -> None:
    [row] = await waiting(1)
    yesterday = f"{today() - timedelta(days=1):%Y-%m-%d}"
    rows = [theory(row["number"], Stap="praktijk"), theory(row["number"], Stap="theorie", Datum=yesterday)]
    address = await uploaded(administrator, RESULTS, as_csv(rows, ","))
    assert "Alle rijen zijn goed" in said(await settled(administrator, address))
    await confirmed(administrator, address)
    assert (await progress_of(row["id"]))[2:4] in ("pp", "vp")


async def test_only_the_good_rows_are_taken_over_when_somebody_says_so(administrator: AsyncClient) -> None:
    one, two = await waiting(2)
    rows = [theory(one["number"]), theory("ABCD-2345"), theory(two["number"])]
    address = await uploaded(administrator, RESULTS, as_csv(rows))
    page = await settled(administrator, address)
    assert "1 rij heeft een fout" in said(page)
    assert "Alleen de 2 uitslagen zonder fout overnemen" in said(page)
    page = await confirmed(administrator, address)
    assert "2 uitslagen overgenomen" in said(page)
    assert "1 rij met een fout is niet overgenomen" in said(page)
    assert [(await progress_of(each["id"]))[2] in "pv" for each in (one, two)] == [True, True]


async def test_the_rows_with_errors_come_back_as_a_file_that_can_be_sent_again(administrator: AsyncClient) -> None:
    from app.tables import AuditEvent
    from tests.downloads.files import rows_of

    [one] = await waiting(1)
    rows = [theory(one["number"]), theory("ABCD-2345", Plaats="=1+1")]
    address = await uploaded(administrator, RESULTS, as_csv(rows))
    await settled(administrator, address)
    file = await administrator.get(f"{address}/fouten.xlsx")
    [faulty] = rows_of(file.content, "Uitslagen")
    assert faulty["Fouten"] == "Dit deelnamenummer is niet bekend."
    assert (faulty["Deelnamenummer"], faulty["Plaats"]) == ("ABCD-2345", "=1+1")
    corrected = [faulty | {"Deelnamenummer": one["number"], "Plaats": ""}]
    again = await settled(administrator, await uploaded(administrator, RESULTS, as_xlsx(corrected), "fouten.xlsx"))
    assert "Alle rijen zijn goed" in said(again)
    event = await AuditEvent.select().where(AuditEvent.action == "download").first()
    assert event
    assert event["object_type"] == "import"


async def test_the_same_file_again_says_so_and_changes_nothing(administrator: AsyncClient) -> None:
    from app.tables import StepResult

    one, two = await waiting(2)
    content = as_csv([theory(one["number"], Uitslag="gezakt"), theory(two["number"], Bronnummer="T-1")])
    await settled(administrator, first := await uploaded(administrator, RESULTS, content))
    await confirmed(administrator, first)
    known = await StepResult.count()
    page = await settled(administrator, second := await uploaded(administrator, RESULTS, content))
    assert "Dit bestand is al eerder overgenomen" in said(page)
    assert set(faults(page).values()) == {"Deze uitslag was al vastgelegd."}
    assert "2 uitslagen overgenomen" in said(await confirmed(administrator, second))
    assert await StepResult.count() == known


async def test_one_result_twice_in_a_file_is_told(administrator: AsyncClient) -> None:
    [one] = await waiting(1)
    rows = [theory(one["number"], Uitslag="gezakt")] * 2
    page = await settled(administrator, await uploaded(administrator, RESULTS, as_csv(rows)))
    assert faults(page) == {3: "Hetzelfde staat al in rij 2."}


async def test_what_changed_since_the_check_stops_everything_and_is_shown(administrator: AsyncClient) -> None:
    from app.database import transaction
    from app.results.recording import NewResult, record_results
    from app.tables import Outcome, Step, StepResult

    one, two = await waiting(2)
    rows = [theory(one["number"], Uitslag="gezakt"), theory(two["number"])]
    address = await uploaded(administrator, RESULTS, as_csv(rows))
    await settled(administrator, address)
    step = await Step.select(Step.id).where((Step.slug == "theorietoets") & (Step.route.slug == "warmtepomp")).first()
    assert step
    async with transaction():
        await record_results([NewResult(two["id"], step["id"], Outcome.PASSED, today() - timedelta(days=1))])
    known = await StepResult.count()
    page = await confirmed(administrator, address)
    assert "Sinds de controle is er iets veranderd" in said(page)
    assert list(faults(page)) == [3]
    assert await StepResult.count() == known
    assert await progress_of(one["id"]) == "ppooo"
    assert "1 uitslag overgenomen" in said(await confirmed(administrator, address))


async def test_confirming_twice_is_confirming_once(administrator: AsyncClient) -> None:
    from app.tables import AuditEvent, StepResult
    from tests.clients import post

    [one] = await waiting(1)
    address = await uploaded(administrator, RESULTS, as_csv([theory(one["number"])]))
    page = await settled(administrator, address)
    token = html.fromstring(page.content).xpath("string(//form[contains(@action, '/overnemen')]//@value)")
    known = await StepResult.count()
    for _ in range(2):
        await post(administrator, f"{address}/overnemen", {"_csrf": token, "fout": "0"})
    await settled(administrator, address)
    await post(administrator, f"{address}/overnemen", {"_csrf": token, "fout": "0"})
    assert "1 uitslag overgenomen" in said(await settled(administrator, address))
    assert await StepResult.count() == known + 1
    decided = (AuditEvent.object_type == "import") & AuditEvent.action.like("import_%")
    events = await AuditEvent.select(AuditEvent.action).where(decided).output(as_list=True)
    assert sorted(events) == ["import_confirm", "import_take_over", "import_upload"]


async def test_what_is_not_wanted_is_taken_away_with_its_rows(administrator: AsyncClient) -> None:
    from app.tables import Import, ImportRow
    from tests.clients import submit

    [one] = await waiting(1)
    address = await uploaded(administrator, RESULTS, as_csv([theory(one["number"])]))
    await settled(administrator, address)
    answer = await submit(administrator, address, form="//form[contains(@action, '/annuleren')]")
    assert answer.headers["location"] == f"{RESULTS}?geannuleerd=1"
    assert "Er is niets overgenomen" in (await administrator.get(answer.headers["location"])).text
    assert (await Import.count(), await ImportRow.count()) == (0, 0)
    assert (await administrator.get(address)).status_code == 404


async def test_the_template_is_read_as_it_is(administrator: AsyncClient) -> None:
    from app.imports.registry import KINDS
    from app.tables import ImportKind
    from tests.downloads.files import rows_of
    from tests.imports.files import upload

    file = await administrator.get(f"{RESULTS}/sjabloon.xlsx")
    assert rows_of(file.content, "Uitleg")[0]["Kolom"] == "Deelnamenummer"
    assert "Praktijkexamen" in [row["Stap"] for row in rows_of(file.content, "Keuzes")]
    answer = await upload(administrator, RESULTS, file.content, "sjabloon.xlsx")
    assert answer.status_code == 422
    assert "geen rijen onder de kop" in said(answer)
    assert [column.title for column in KINDS[ImportKind.RESULTS].columns][:2] == ["Deelnamenummer", "Stap"]
