"""A new code for an enrolment that is there: for a resit, or for what was not paid yet."""

from collections.abc import Sequence
from typing import Any

import pytest
from httpx import AsyncClient, Response
from lxml import html

from app.clock import now, today
from app.database import transaction
from app.enrolment.website.resit import REFUSED, payments_due
from app.paycodes.codes import grouped, new_code
from app.results.facts import RouteStep
from app.results.rederive import rederive
from app.tables import Mail, Outcome, Purpose, Route, Step, StepResult
from tests.clients import submit
from tests.enrolment.test_website import post_bytes
from tests.enrolment.world import JAN, code_row, enrolled, make_free_code, make_open_route, row_of

PURPOSES = (Purpose.REGISTRATION, Purpose.PAYMENT, Purpose.TEST, Purpose.TEST, Purpose.CERTIFICATE)
STEPS = [RouteStep(id=place, position=place, purpose=purpose) for place, purpose in enumerate(PURPOSES, 1)]


@pytest.mark.parametrize(
    ("progress", "attempts", "due"),
    [
        ("poooo", (1, 0, 0, 0, 0), 1),
        ("ppooo", (1, 1, 0, 0, 0), 0),
        ("ppfoo", (1, 1, 1, 0, 0), 1),
        ("ppfoo", (1, 2, 1, 0, 0), 0),
        ("ppsoo", (1, 1, 2, 0, 0), 1),
        ("ppsoo", (1, 2, 2, 0, 0), 0),
        ("pppfo", (1, 2, 2, 1, 0), 1),
        ("ppvfo", (1, 3, 2, 1, 0), 0),
    ],
)
def test_each_test_that_failed_is_paid_for_again(progress: str, attempts: Sequence[int], due: int) -> None:
    noted = "|".join(f"20260101.{attempt}" if attempt else "" for attempt in attempts)
    assert payments_due(progress, noted, STEPS) == due


async def failed(route: Route) -> tuple[int, dict[str, str]]:
    """Jan's enrolment, paid and failed, and what he types to pay again."""
    jan = await enrolled(route, code=await make_free_code(route))
    step = await Step.select(Step.id).where((Step.route == route.id) & (Step.purpose == Purpose.TEST)).first()
    assert step is not None
    fact: dict[str, Any] = {"outcome": Outcome.FAILED, "day": today(), "source": "test", "recorded_at": now()}
    async with transaction():
        await StepResult(enrolment=jan.id, step=step["id"], **fact).save()
        await rederive([jan.id])
    return jan.id, {"aanmeldnummer": grouped(jan.number).lower(), "emailadres": "JAN@example.org"}


async def pay(client: AsyncClient, **values: str) -> Response:
    return await submit(client, "/aanmelden/herkansing", **values)


async def last_letter() -> dict[str, Any] | None:
    return await Mail.select(Mail.template, Mail.recipient).order_by(Mail.id, ascending=False).first()


async def test_a_new_code_pays_for_the_resit_once(client: AsyncClient, db: None) -> None:
    route = await make_open_route()
    jan, typed = await failed(route)
    code, spare = await make_free_code(route), await make_free_code(route)
    answer = await pay(client, **typed, betaalcode=grouped(code))
    assert (answer.status_code, answer.headers["location"]) == (303, "/aanmelden/herkansing?betaald=1")
    assert (await code_row(code))["used_by"] == jan
    assert (await row_of(jan))["progress_notes"].split("|")[1].endswith(".2")
    assert await last_letter() == {"template": "resit_paid", "recipient": JAN.email}
    assert (await pay(client, **typed, betaalcode=spare)).status_code == 422
    assert (await code_row(spare))["used_at"] is None


async def test_an_enrolment_that_was_not_paid_can_be_paid(client: AsyncClient, db: None) -> None:
    route = await make_open_route()
    jan = await enrolled(route)
    code = await make_free_code(route)
    answer = await pay(client, aanmeldnummer=jan.number, emailadres=JAN.email, betaalcode=code)
    assert answer.status_code == 303
    assert (await row_of(jan.id))["progress"] == "ppoo"
    assert await last_letter() == {"template": "paid", "recipient": JAN.email}


@pytest.mark.parametrize("wrong", ["aanmeldnummer", "emailadres", "betaalcode", "other route"])
async def test_what_does_not_fit_is_refused_in_the_same_words(client: AsyncClient, db: None, wrong: str) -> None:
    route, other = await make_open_route(), await make_open_route("warmtepomp", 2)
    _, typed = await failed(route)
    typed["betaalcode"] = await make_free_code(other if wrong == "other route" else route)
    values = {"aanmeldnummer": "2222-2222", "emailadres": "ander@example.org", "betaalcode": new_code()}
    typed |= {wrong: values[wrong]} if wrong in values else {}
    answer = await pay(client, **typed)
    page = html.fromstring(answer.content)
    assert answer.status_code == 422
    assert [line.text_content() for line in page.xpath("//*[@id='fouten']//li")] == [REFUSED]
    assert dict(page.xpath("//main//form")[0].form_values()).items() >= typed.items()


@pytest.mark.parametrize("typed", [b"\x00", b"\xff", b"\xed\xa0\x80", b"x" * 9000, "١٢٣٤".encode()])
async def test_whatever_is_typed_is_answered(client: AsyncClient, db: None, typed: Any) -> None:
    await make_open_route()
    for name in ("aanmeldnummer", "emailadres", "betaalcode"):
        sent: dict[str, Any] = {"aanmeldnummer": "2222", "emailadres": "x", "betaalcode": "2"} | {name: typed}
        assert (await post_bytes(client, "/aanmelden/herkansing", sent)).status_code == 422


async def test_what_is_missing_is_named(client: AsyncClient, db: None) -> None:
    answer = await pay(client)
    assert answer.status_code == 422
    assert len(html.fromstring(answer.content).xpath("//*[@id='fouten']//a")) == 3
