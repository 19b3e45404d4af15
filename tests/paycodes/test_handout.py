"""What is handed out of a batch: cards that print, and the same as a workbook."""

import json
from datetime import date
from io import StringIO
from typing import Any

import segno
from lxml import html

from app.paycodes.batches import handout
from app.paycodes.codes import grouped
from app.tables import AuditEvent, Batch, Paycode
from tests.downloads.files import account_of, rows_of
from tests.paycodes.desk import desk
from tests.paycodes.world import (
    ago,
    at,
    make_batch,
    make_code,
    make_enrolment,
    make_organisation,
    make_route,
)
from tests.worlds import BASE_URL


async def batch_with_one_of_each() -> tuple[Batch, Paycode]:
    """A batch, and of its codes the one that may still be used."""
    organisation, route = await make_organisation("NWT"), await make_route("co", 1)
    batch = await make_batch(organisation, route, created_at=at(2026, 1, 1))
    enrolment = await make_enrolment(organisation, route, "Jan", "de", "Vries")
    await make_code(batch, used_at=ago(days=1), used_by=enrolment.id)
    await make_code(batch, deactivated_at=ago(days=1))
    await make_code(batch, expires_at=ago(days=1))
    return batch, await make_code(batch, code="EXZA8F5EXG5WU22J", expires_at=at(2099, 6, 30, 21, 59))


async def actions() -> list[dict[str, Any]]:
    columns = (AuditEvent.action, AuditEvent.object_id, AuditEvent.details)
    return await AuditEvent.select(*columns).order_by(AuditEvent.id)


async def test_a_code_that_may_be_used_has_a_card_with_its_own_address(application: Any, db: None) -> None:
    robin = await desk(application)
    batch, code = await batch_with_one_of_each()
    page = html.fromstring((await robin.get(f"/beheer/batches/{batch.id}/uitdeelvel")).content)
    [card] = page.xpath("//ul[@class='cards']/li")
    assert card.get("data-id") == str(code.id)
    words = card.text_content()
    assert "EXZA-8F5E-XG5W-U22J" in words
    assert "Geldig tot en met 30-06-2099" in words
    assert f"{BASE_URL}/aanmelden/co" in words
    assert "betaalcode=" not in words
    address = f"{BASE_URL}/aanmelden/co#betaalcode=EXZA-8F5E-XG5W-U22J"
    assert modules_drawn(card.find(".//svg")) == modules_of(address)


def modules_drawn(svg: Any) -> str:
    """The drawing as rows of dark and light, as `modules_of` writes it."""
    assert not svg.xpath(".//@style")
    [path] = svg.xpath(".//path/@d")
    side, (x, y), dark = int(svg.get("viewbox").split()[2]), (0.0, 0.0), set()
    for step in path.replace("M", " M").replace("m", " m").replace("h", " h").split(" "):
        match step[:1]:
            case "M":
                x = float(step[1:])
            case "m":
                x += float(step[1:])
            case "h":
                dark |= {(int(x) + each, int(y)) for each in range(int(step[1:]))}
                x += int(step[1:])
            case "":
                pass
            case _:
                y += float(step)
    return "".join("".join("1" if (x, y) in dark else "0" for x in range(side)) + "\n" for y in range(side))


def modules_of(address: str) -> str:
    written = StringIO()
    segno.make_qr(address).save(written, kind="txt")
    return written.getvalue()


async def test_many_cards_come_in_parts_and_each_is_on_record(application: Any, db: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(handout, "CARDS_ON_A_SHEET", 2)
    robin, batch = await desk(application), await make_batch(None, await make_route("co", 1))
    codes = [grouped((await make_code(batch)).code) for _ in range(5)]
    shown = []
    for number in (1, 2, 9):
        page = html.fromstring((await robin.get(f"/beheer/batches/{batch.id}/uitdeelvel?pagina={number}")).content)
        shown.append(page.xpath("//ul[@class='cards']//strong/text()"))
    assert shown == [codes[:2], codes[2:4], codes[4:]]
    found = await actions()
    assert [(each["action"], each["object_id"]) for each in found] == [("print_handout", batch.id)] * 3
    assert [json.loads(each["details"]) for each in found] == [{"codes": 2}, {"codes": 2}, {"codes": 1}]


async def test_the_workbook_holds_the_same_codes_and_is_on_record(application: Any, db: None) -> None:
    robin = await desk(application)
    batch, _ = await batch_with_one_of_each()
    answer = await robin.get(f"/beheer/batches/{batch.id}/uitdeelvel.xlsx")
    assert rows_of(answer.content, "Uitdeelvel") == [
        {
            "Betaalcode": "EXZA-8F5E-XG5W-U22J",
            "Route": "Vakmanschap co",
            "Profiel": "",
            "Geldig tot en met": date(2099, 6, 30),
            "Adres met de code erin": f"{BASE_URL}/aanmelden/co#betaalcode=EXZA-8F5E-XG5W-U22J",
        }
    ]
    assert account_of(answer.content)["Selectie"].startswith(f"Batch #{batch.number}")
    [event] = await actions()
    assert (event["action"], event["object_id"], json.loads(event["details"])) == (
        "download_handout",
        batch.id,
        {"codes": 1},
    )


async def test_a_batch_without_codes_to_hand_out_says_so(application: Any, db: None) -> None:
    robin, batch = await desk(application), await make_batch(None, await make_route("co", 1))
    assert "Er is geen code meer te gebruiken" in (await robin.get(f"/beheer/batches/{batch.id}/uitdeelvel")).text
    assert (await robin.get("/beheer/batches/999/uitdeelvel")).status_code == 404
    assert (await robin.get("/beheer/batches/999/uitdeelvel.xlsx")).status_code == 404
