"""Changing the steps of a route, and with them what was derived for everybody on it: both or neither."""

from app.audit import record
from app.candidates.status import Calendar
from app.clock import today
from app.database import transaction, violated_reference
from app.once import is_first
from app.pages import day
from app.results.reroute import foresee, reroute
from app.routes.editing import Refused, lock_route
from app.routes.effect import Effect
from app.routes.plan import NEW, Plan, PlannedStep, as_route_steps, touches
from app.security import PortalRequest
from app.tables import Step

# Seconds for a statement, and for who else writes: a route may have half a million enrolments.
PATIENCE = 600.0
COUNTS = "Deze stap telt al mee. U kunt hem niet verwijderen, wel beëindigen: geef hem een laatste dag."


class StepsChanged(Refused):
    """Somebody else changed the steps meanwhile."""


async def load_plan(route: int) -> Plan:
    rows = await Step.select().where(Step.route == route).order_by(Step.position)
    return tuple(PlannedStep.of(row) for row in rows)


async def foresee_effect(route: int, before: Plan, after: Plan) -> Effect:
    """What it would do, as things are now; changes nothing. Raises Refused when it may not be done."""
    effect = Effect(before, after, Calendar(today()))
    async for each in foresee(route, as_route_steps(before), as_route_steps(after)):
        effect.add(each)
    _check(effect)
    return effect


async def change_steps(request: PortalRequest, route: int, before: Plan, after: Plan, subject: int, form: str) -> int:
    """Writes the steps and derives again, in one transaction. `subject`: the step that it is about, or NEW; gives its
    id. The same `form` (`app.once.form_key`) sent twice changes them once.

    Raises StepsChanged when the steps are no longer `before`, and Refused when it may not be done."""
    try:
        async with transaction(patience=PATIENCE):
            await lock_route(route)
            if not await is_first(form):
                return subject
            if await load_plan(route) != before:
                raise StepsChanged(
                    "Iemand anders heeft de stappen intussen gewijzigd. Controleer ze en probeer het opnieuw."
                )
            await _write(route, before, after)
            written = await load_plan(route)
            effect = Effect(before, written, Calendar(today()))
            if touches(before, written):
                async for each in reroute(route, as_route_steps(before), as_route_steps(written)):
                    effect.add(each)
                _check(effect)
            key = subject or max(step.id for step in written)
            fields, gone = _changed_fields(before, written, key), len(written) < len(before)
            await record(
                request,
                "make_step" if subject == NEW else "delete_step" if gone else "change_step" if fields else "move_step",
                "step",
                key,
                route=route,
                changed=effect.changed,
                fields=fields,
            )
            return key
    except Exception as error:
        if violated_reference(error):
            raise Refused(COUNTS) from error
        raise


def _check(effect: Effect) -> None:
    """Raises Refused when it would reopen who has finished, or delete a step that counts."""
    kept = {step.id for step in effect.after}
    if any(step.id not in kept for step in effect.before) and effect.hidden:
        raise Refused(COUNTS)
    if effect.reopened:
        many = f"{effect.reopened} deelnames met een bewijs zouden"
        who = "Een deelname met een bewijs zou" if effect.reopened == 1 else many
        raise Refused(
            f"{who} weer een open stap krijgen of een behaalde stap verliezen. Wie klaar is, blijft klaar: kies andere "
            f"dagen. De laatste van hen meldde zich aan op {day(effect.last_reopened)}."
        )


async def _write(route: int, before: Plan, after: Plan) -> None:
    old = {step.id: (place, step) for place, step in enumerate(before, 1)}
    gone = set(old) - {step.id for step in after}
    if gone:
        await Step.delete().where(Step.id.is_in(sorted(gone)))
    changed = [(place, step) for place, step in enumerate(after, 1) if old.get(step.id) != (place, step)]
    # Two steps never share a place, also halfway: what moves waits below zero.
    moving = [step.id for place, step in changed if step.id != NEW and old[step.id][0] != place]
    if moving:
        await Step.update({Step.position: Step.position * -1}).where(Step.id.is_in(moving))
    for place, step in changed:
        columns = step.columns() | {Step.position: place}
        if step.id == NEW:
            await Step(columns | {Step.route: route}).save()
        else:
            await Step.update(columns).where(Step.id == step.id)


def _changed_fields(before: Plan, after: Plan, key: int) -> str:
    old, new = (next((step for step in plan if step.id == key), None) for plan in (before, after))
    return ",".join(name for name in vars(new) if getattr(old, name) != getattr(new, name)) if old and new else ""
