"""Steps of a route: what a change does is shown first, and then done to everybody at once."""

import json
from datetime import timedelta
from operator import itemgetter
from typing import Any

import pytest
from httpx import AsyncClient, Response

from app.clock import today
from app.tables import AuditEvent, Enrolment, Outcome, Purpose, Route, State, Step, StepResult
from tests.candidates.screen import text
from tests.clients import post, submit
from tests.results.test_rederive import record
from tests.routes.screen import actions, document, errors_of, focused, route_id
from tests.sessions import client_of

FORM = "//form[.//button[text()='Opslaan' or @name='akkoord']]"


async def steps_of(route: int) -> list[dict[str, Any]]:
    return [dict(row) for row in await Step.select().where(Step.route == route).order_by(Step.position)]


async def step_id(route: int, slug: str) -> int:
    return next(int(row["id"]) for row in await steps_of(route) if row["slug"] == slug)


async def confirm(desk: AsyncClient, preview: Response) -> Response:
    """Agrees to what a page shows."""
    assert preview.status_code == 200, preview.status_code
    [form] = document(preview).xpath("//main//form[.//button[@name='akkoord']]")
    agreed = form.xpath(".//button[@name='akkoord']/@value")[0]
    return await post(desk, form.get("action"), dict(form.form_values()) | {"akkoord": agreed})


async def is_derived(route: int) -> bool:
    """Whether everybody on the route stands as deriving them anew would have them."""
    from app.database import transaction
    from app.results.rederive import rederive

    async with transaction():
        return await rederive(route=route) == 0


async def snapshot(route: int) -> list[dict[str, Any]]:
    return [dict(row) for row in await Enrolment.select().where(Enrolment.route == route).order_by(Enrolment.id)]


async def test_a_route_is_built_from_nothing(demo: None, desk: AsyncClient) -> None:
    await submit(desk, "/beheer/routes/nieuw", naam="Vakmanschap Gas", label="Gas")
    route = await route_id("vakmanschap-gas")
    address = f"/beheer/routes/{route}/stappen/nieuw"
    await submit(desk, address)
    for name, purpose, icon in (("Bewijs", "certificate", "bewijs"), ("Betaling", "payment", "betaling")):
        await submit(desk, address, naam=name, doel=purpose, icoon=icon, zakken="", plaats="2")
    answer = await submit(desk, address, naam="Theorietoets", geldigheid="6")
    assert answer.headers["location"] == f"/beheer/routes/{route}?opgeslagen=1#stappenplan"
    steps = await steps_of(route)
    assert [(step["position"], step["slug"], step["purpose"], step["icon"]) for step in steps] == [
        (1, "aanmelding", "registration", "aanmelding"),
        (2, "betaling", "payment", "betaling"),
        (3, "theorietoets", "test", "theorie"),
        (4, "bewijs", "certificate", "bewijs"),
    ]
    assert (steps[2]["may_fail"], steps[2]["validity_months"], steps[2]["used_from"]) == (True, 6, None)
    assert (await actions())[-4:] == ["make_step"] * 4


async def test_everything_wrong_is_said_at_once_and_nothing_typed_is_lost(
    demo_readonly: None, desk: AsyncClient
) -> None:
    typed = {"naam": "", "doel": "payment", "icoon": "gezakt", "zakken": "1", "geldigheid": "zes", "vanaf": "ooit"}
    answer = await submit(desk, f"/beheer/routes/{await route_id('co')}/stappen/nieuw", **typed)
    summary = {each.get("href") for each in document(answer).xpath("//*[@id='fouten']//a")}
    assert summary == {f"#veld-{name}" for name in ("naam", "icoon", "zakken", "geldigheid", "vanaf")}
    shown = dict(document(answer).xpath(f"//main{FORM}")[0].form_values())
    assert (shown["doel"], shown["zakken"], shown["geldigheid"]) == ("payment", "1", "zes")


async def test_a_step_for_who_enrols_from_tomorrow_changes_nobody(demo: None, desk: AsyncClient) -> None:
    route = await route_id("co")
    before = await snapshot(route)
    preview = await submit(desk, f"/beheer/routes/{route}/stappen/nieuw", naam="Gesprek", plaats="4")
    assert "Voor niemand verandert de voortgang" in preview.text
    assert await snapshot(route) == before
    assert (await confirm(desk, preview)).status_code == 303
    after = await snapshot(route)
    assert [row["progress"] for row in after] == [f"{row['progress'][:3]}-{row['progress'][3:]}" for row in before]
    assert [row["changed_at"] for row in after] == [row["changed_at"] for row in before]
    assert await is_derived(route)


async def test_it_shows_how_many_change_and_how_without_a_name(demo: None, desk: AsyncClient) -> None:
    """All who passed theory on the way, and wait for the practical, no longer have a last day."""
    route = await route_id("co")
    theory = await step_id(route, "theorietoets")
    waiting = Enrolment.route == route, Enrolment.progress.like("__v%")
    count = await Enrolment.count().where(*waiting)
    lapsed = await Enrolment.count().where(*waiting, Enrolment.valid_until < today())
    assert lapsed
    assert count > lapsed
    preview = await submit(desk, f"/beheer/routes/{route}/stappen/{theory}/bewerken", geldigheid="")
    page = document(preview)
    assert text(page.xpath("//h1")[0]) == f"{count} deelnames veranderen"
    told = text(page.xpath("//main//section[@aria-labelledby='gevolg']")[0])
    assert f"Bij {lapsed} {'deelname' if lapsed == 1 else 'deelnames'} verandert Theorietoets" in told
    assert f"Bij {count - lapsed} deelnames verandert alleen een datum" in told
    assert [text(each) for each in page.xpath("//ul[@class='examples']//h3")] == [f"{lapsed} deelnames"]
    names = {row["family_name"] for row in await snapshot(route)}
    assert not [name for name in names if name in text(page.xpath("//main")[0])]
    await confirm(desk, preview)
    assert await Enrolment.count().where(*waiting) == 0
    assert await is_derived(route)
    [event] = await AuditEvent.select().where(AuditEvent.action == "change_step")
    assert json.loads(event["details"]) == {"route": route, "changed": count, "fields": "validity_months"}


async def test_what_touches_nobody_is_saved_at_once(demo: None, desk: AsyncClient) -> None:
    route = await route_id("co")
    theory = await step_id(route, "theorietoets")
    before = await snapshot(route)
    answer = await submit(desk, f"/beheer/routes/{route}/stappen/{theory}/bewerken", naam="Theorie", icoon="scherm")
    assert answer.status_code == 303
    assert [(row["name"], row["icon"]) for row in await steps_of(route) if row["id"] == theory] == [
        ("Theorie", "scherm")
    ]
    assert await snapshot(route) == before


async def test_what_changes_nothing_is_not_put_on_record(demo: None, desk: AsyncClient) -> None:
    route = await route_id("co")
    key = await step_id(route, "theorietoets")
    answer = await submit(desk, f"/beheer/routes/{route}/stappen/{key}/bewerken")
    assert answer.headers["location"] == f"/beheer/routes/{route}?opgeslagen=1#stappenplan"
    assert "change_step" not in await actions()


async def test_back_to_the_form_keeps_what_was_typed(demo: None, desk: AsyncClient) -> None:
    route = await route_id("co")
    preview = await submit(desk, f"/beheer/routes/{route}/stappen/nieuw", naam="Gesprek", geldigheid="7")
    fields = dict(document(preview).xpath("//main//form")[0].form_values())
    back = await post(desk, f"/beheer/routes/{route}/stappen/nieuw", fields | {"terug": "1"})
    shown = dict(document(back).xpath(f"//main{FORM}")[0].form_values())
    assert (shown["naam"], shown["geldigheid"], shown["plaats"]) == ("Gesprek", "7", fields["plaats"])
    assert not await Step.exists().where(Step.name == "Gesprek")


async def test_steps_change_places_and_their_letters_with_them(demo: None, desk: AsyncClient) -> None:
    route = await route_id("warmtepomp")
    key = await step_id(route, "praktijktoets")
    before = {row["id"]: row["progress"] for row in await snapshot(route)}
    form = f"//form[@action='/beheer/routes/{route}/stappen/{key}/plaats']"
    preview = await submit(desk, f"/beheer/routes/{route}", form, richting="omhoog")
    answer = await confirm(desk, preview)
    assert (await actions())[-1] == "move_step"
    assert [step["slug"] for step in await steps_of(route)][2:4] == ["praktijktoets", "theorietoets"]
    assert [step["position"] for step in await steps_of(route)] == [1, 2, 3, 4, 5]
    after = {row["id"]: row["progress"] for row in await snapshot(route)}
    assert {key: (each[2], each[3]) for key, each in after.items()} == {k: (b[3], b[2]) for k, b in before.items()}
    assert await is_derived(route)
    assert focused(await desk.get(answer.headers["location"])) == "Verplaats Praktijktoets omhoog, nu plaats 3 van 5"
    anna = document(await (await client_of_demo(desk)).get("/overzicht?route=warmtepomp"))
    assert [text(head) for head in anna.xpath("//th[contains(@class, 'step')]/a")][2:4] == [
        "Praktijktoets",
        "Theorietoets",
    ]


async def client_of_demo(desk: AsyncClient) -> AsyncClient:
    return await client_of(desk._transport.app, "anna.smit")  # type: ignore[attr-defined]


async def test_the_registration_stays_first_and_the_certificate_last(demo_readonly: None, desk: AsyncClient) -> None:
    route = await route_id("warmtepomp")
    for slug, way, sentence in (
        ("betaling", "omhoog", "De aanmelding is de eerste stap."),
        ("bewijs", "omhoog", "Het bewijs is de laatste stap"),
    ):
        form = f"//form[@action='/beheer/routes/{route}/stappen/{await step_id(route, slug)}/plaats']"
        answer = await submit(desk, f"/beheer/routes/{route}", form, richting=way)
        assert answer.status_code == 422
        assert sentence in answer.text


async def test_who_has_finished_is_never_reopened(demo: None, desk: AsyncClient) -> None:
    route = await route_id("co")
    before = await snapshot(route)
    certified = [row for row in before if row["state"] in {State.COMPLETED, State.RENEWING, State.RENEWED}]
    address = f"/beheer/routes/{route}/stappen/nieuw"
    [line] = errors_of(await submit(desk, address, naam="Gesprek", vanaf="")).values()
    assert line.startswith(f"{len(certified)} deelnames met een bewijs zouden weer een open stap krijgen")
    end = (today() - timedelta(days=3650)).isoformat()
    step = await step_id(route, "bewijs")
    answer = await submit(desk, f"/beheer/routes/{route}/stappen/{step}/bewerken", tot=end)
    assert "Wie klaar is, blijft klaar" in errors_of(answer)[""]
    assert await snapshot(route) == before


async def test_the_day_that_is_named_lets_it_through(demo: None, desk: AsyncClient) -> None:
    route = await route_id("warmtepomp")
    last = max(row["enrolled_at"] for row in await snapshot(route) if row["state"] == State.COMPLETED)
    address = f"/beheer/routes/{route}/stappen/nieuw"
    day = f"{last:%d-%m-%Y}"
    assert day in errors_of(await submit(desk, address, naam="Gesprek", vanaf=day))[""]
    preview = await submit(desk, address, naam="Gesprek", vanaf=(last + timedelta(days=1)).date().isoformat())
    assert "krijgen Gesprek erbij" in preview.text
    await confirm(desk, preview)
    assert await is_derived(route)


async def test_who_finishes_meanwhile_keeps_the_steps_and_everybody_as_they_were(demo: None, desk: AsyncClient) -> None:
    route = await route_id("warmtepomp")
    last = max(row["enrolled_at"] for row in await snapshot(route) if row["state"] == State.COMPLETED)
    address = f"/beheer/routes/{route}/stappen/nieuw"
    preview = await submit(desk, address, naam="Gesprek", vanaf=(last + timedelta(days=1)).date().isoformat())
    await Enrolment.update({Enrolment.state: State.COMPLETED}).where(
        Enrolment.id == max(await snapshot(route), key=itemgetter("enrolled_at"))["id"]
    )
    before = await snapshot(route), await steps_of(route)
    answer = await confirm(desk, preview)
    assert "Wie klaar is, blijft klaar" in errors_of(answer)[""]
    assert (await snapshot(route), await steps_of(route)) == before
    assert "make_step" not in await actions()


async def test_a_step_that_counts_is_not_deleted(demo: None, desk: AsyncClient) -> None:
    route = await route_id("co")
    key = await step_id(route, "theoriemodule")
    answer = await submit(desk, f"/beheer/routes/{route}/stappen/{key}/verwijderen")
    assert answer.status_code == 422
    assert "Deze stap telt al mee" in answer.text
    assert key in {step["id"] for step in await steps_of(route)}


async def test_nor_is_one_of_which_the_only_result_was_withdrawn(demo: None, desk: AsyncClient) -> None:
    route = await route_id("warmtepomp")
    await confirm(desk, await submit(desk, f"/beheer/routes/{route}/stappen/nieuw", naam="Gesprek"))
    row = (await snapshot(route))[0]
    await record(row["id"], "gesprek", Outcome.PASSED)
    key = await step_id(route, "gesprek")
    preview = await submit(desk, f"/beheer/routes/{route}/stappen/{key}/verwijderen")
    answer = await confirm(desk, preview)
    assert answer.status_code == 422
    assert "Deze stap telt al mee" in answer.text
    assert await StepResult.exists().where(StepResult.step == key)


async def test_a_step_that_counts_nowhere_goes_after_showing_what_that_does(demo: None, desk: AsyncClient) -> None:
    route = await route_id("warmtepomp")
    before = await snapshot(route)
    await confirm(desk, await submit(desk, f"/beheer/routes/{route}/stappen/nieuw", naam="Gesprek"))
    key = await step_id(route, "gesprek")
    await confirm(desk, await submit(desk, f"/beheer/routes/{route}/stappen/{key}/verwijderen"))
    assert await snapshot(route) == before
    assert (await actions())[-1] == "delete_step"


async def test_who_agreed_to_one_change_did_not_agree_to_another(demo: None, desk: AsyncClient) -> None:
    route = await route_id("warmtepomp")
    address = f"/beheer/routes/{route}/stappen/nieuw"
    preview = await submit(desk, address, naam="Gesprek")
    await confirm(desk, await submit(desk, address, naam="Intussen"))
    again = await confirm(desk, preview)
    assert again.status_code == 200
    assert "Er is nog niets opgeslagen" in again.text
    assert not await Step.exists().where(Step.name == "Gesprek")
    await confirm(desk, again)
    assert await is_derived(route)


async def test_once_in_use_its_purpose_and_address_stay(demo: None, desk: AsyncClient) -> None:
    route = await route_id("co")
    key = await step_id(route, "theorietoets")
    await submit(desk, f"/beheer/routes/{route}/stappen/{key}/bewerken", doel="payment", slug="anders", naam="Theorie")
    [step] = [each for each in await steps_of(route) if each["id"] == key]
    assert (step["purpose"], step["slug"], step["name"]) == (Purpose.TEST, "theorietoets", "Theorie")


async def test_a_step_is_found_on_its_own_route_only(demo_readonly: None, desk: AsyncClient) -> None:
    key = await step_id(await route_id("warmtepomp"), "betaling")
    assert (await desk.get(f"/beheer/routes/{await route_id('co')}/stappen/{key}/bewerken")).status_code == 404


@pytest.mark.parametrize("address", ["stappen/nieuw", "profielen/nieuw"])
async def test_others_have_no_access(demo_readonly: None, application: Any, address: str) -> None:
    key = await Route.select(Route.id).first()
    assert key
    anna = await client_of(application, "anna.smit")
    assert (await anna.get(f"/beheer/routes/{key['id']}/{address}")).status_code == 403
