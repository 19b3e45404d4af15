"""The steps of a route. What a change does to who is on the route is shown before it is saved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from app.access import Access
from app.once import form_key
from app.pages import go, page
from app.query import row_id
from app.routes.controller import way_of
from app.routes.editing import Refused, Way
from app.routes.forms import Form
from app.routes.plan import (
    KINDS,
    NEW,
    PURPOSES,
    Plan,
    PlannedStep,
    fingerprint,
    problems,
    touches,
    with_step,
    without_step,
)
from app.routes.queries import Record, count_usage, find_route
from app.routes.step_form import ICONS, in_order, new_form, places, read_step, step_form
from app.routes.steps import change_steps, foresee_effect, load_plan
from app.security import PortalRequest
from app.tables import Role

Again = Callable[[str], Response[str]]
"""The form once more, with what stands in the way."""


@dataclass(frozen=True)
class Here:
    """Where somebody works: a route with its steps, and one of those or a new one."""

    request: PortalRequest
    route: Record
    plan: Plan
    step: PlannedStep | None
    enrolments: int

    @property
    def key(self) -> int:
        return self.step.id if self.step else NEW

    @property
    def path(self) -> str:
        return f"/beheer/routes/{self.route['id']}"

    @property
    def action(self) -> str:
        return self.request.scope["path"]


async def find(request: PortalRequest, access: Access, route: str, step: str | None = None) -> Here:
    """Raises NotFoundException for a route that is not there, or a step that it does not have."""
    found = await find_route(access, row_id(route))
    plan = await load_plan(found["id"])
    own = next((each for each in plan if step is not None and each.id == row_id(step)), None)
    if step is not None and own is None:
        raise NotFoundException
    return Here(request, found, plan, own, (await count_usage(access, found["id"])).enrolments)


class StepController(Controller):
    path = "/beheer/routes/{route:str}/stappen"
    opt = {"access": frozenset({Role.ADMINISTRATOR})}

    @get("/nieuw")
    async def ask(self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str]) -> Response[str]:
        here = await find(request, access, route)
        return show_form(here, new_form(here.plan, bool(here.enrolments)))

    @post("/nieuw", status_code=303)
    async def make(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str]
    ) -> Response[str]:
        return await save_form(await find(request, access, route), await request.texts())

    @get("/{step:str}/bewerken")
    async def edit(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str], step: FromPath[str]
    ) -> Response[str]:
        here = await find(request, access, route, step)
        assert here.step
        return show_form(here, step_form(here.step, here.plan))

    @post("/{step:str}/bewerken", status_code=303)
    async def save(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str], step: FromPath[str]
    ) -> Response[str]:
        return await save_form(await find(request, access, route, step), await request.texts())

    @post("/{step:str}/plaats", status_code=303)
    async def move(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str], step: FromPath[str]
    ) -> Response[str]:
        here, sent = await find(request, access, route, step), await request.texts()
        way = way_of(sent)
        after = moved(here, way)
        refusal = "".join(problems(after, here.key).values())
        if refusal:
            return refuse(here, refusal)
        done = f"{here.path}?stap={here.key}&richting={way}"
        return await change_or_ask(here, after, sent, done, lambda said: refuse(here, said))

    @get("/{step:str}/verwijderen")
    async def ask_delete(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str], step: FromPath[str]
    ) -> Response[str]:
        return ask_about(await find(request, access, route, step))

    @post("/{step:str}/verwijderen", status_code=303)
    async def delete(
        self, request: PortalRequest, access: NamedDependency[Access], route: FromPath[str], step: FromPath[str]
    ) -> Response[str]:
        here, sent = await find(request, access, route, step), await request.texts()
        after = without_step(here.plan, here.key)
        if refusal := " ".join(problems(after, here.key).values()):
            return ask_about(here, refusal)
        done = f"{here.path}?opgeslagen=1#stappenplan"
        return await change_or_ask(here, after, sent, done, lambda said: ask_about(here, said))


async def save_form(here: Here, sent: Mapping[str, str]) -> Response[str]:
    form, step = read_step(sent, here.plan, here.step, bool(here.enrolments))
    if "terug" in sent:
        return show_form(here, Form(form.values))
    if form.errors:
        return show_form(here, form)
    after = with_step(here.plan, step, int(form.values["plaats"]))
    if found := problems(after, step.id):
        return show_form(here, Form(form.values, in_order(found)))
    done = f"{here.path}?opgeslagen=1#stappenplan"
    return await change_or_ask(here, after, {**sent, **form.values}, done, lambda said: show_form(here, form, said))


async def change_or_ask(here: Here, after: Plan, sent: Mapping[str, str], done: str, again: Again) -> Response[str]:
    """Saves what touches nobody, and what was agreed to; of anything else shows first what it does."""
    if after == here.plan:
        return go(here.request, done)
    route, agreed = here.route["id"], fingerprint(here.plan, after)
    try:
        if not here.enrolments or not touches(here.plan, after) or sent.get("akkoord") == agreed:
            await change_steps(here.request, route, here.plan, after, here.key, form_key(sent))
            return go(here.request, done)
        effect = await foresee_effect(route, here.plan, after)
    except Refused as refusal:
        return again(str(refusal))
    kept = {name: value for name, value in sent.items() if not name.startswith("_") and name != "akkoord"}
    return page(
        here.request,
        "routes/effect.html",
        here=here,
        effect=effect,
        kept=kept,
        agreed=agreed,
        deletes=len(after) < len(here.plan),
        can_return="naam" in kept,
    )


def moved(here: Here, way: Way) -> Plan:
    assert here.step
    place = here.plan.index(here.step) + 1 + (-1 if way is Way.UP else 1)
    return with_step(here.plan, here.step, min(max(place, 1), len(here.plan)))


def show_form(here: Here, form: Form, refusal: str = "") -> Response[str]:
    errors = ({"": refusal} if refusal else {}) | form.errors
    return page(
        here.request,
        "routes/step.html",
        status=422 if errors else 200,
        here=here,
        form=Form(form.values, errors),
        purposes=list(PURPOSES.items()),
        kinds=list(KINDS.items()),
        icons=ICONS,
        places=places(here.plan, here.key),
        key=form_key(),
        fixed=bool(here.step and here.enrolments),
        purpose_words=PURPOSES[here.step.purpose] if here.step else "",
    )


def refuse(here: Here, refusal: str) -> Response[str]:
    return page(
        here.request,
        "routes/delete.html",
        status=422,
        title="Verplaatsen kan niet",
        heading="Verplaatsen kan niet",
        back=f"{here.path}#stappenplan",
        refusal=refusal,
    )


def ask_about(here: Here, refusal: str = "") -> Response[str]:
    assert here.step
    texts: dict[str, Any] = {
        "title": f"{here.step.name} verwijderen",
        "question": f"Wilt u de stap {here.step.name} verwijderen?",
        "text": "Een stap waarvan al uitslagen zijn, blijft bestaan: die geeft u een laatste dag.",
        "action": f"{here.path}/stappen/{here.key}/verwijderen",
        "back": f"{here.path}#stappenplan",
    }
    return page(here.request, "routes/delete.html", status=422 if refusal else 200, refusal=refusal, **texts)
