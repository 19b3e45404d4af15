"""What an administrator fills in about a step."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from app.clock import today
from app.pages import day
from app.query import parse_day
from app.routes.forms import Form, problem_with_slug, read_texts
from app.routes.plan import BOTH, KINDS, NEW, PURPOSES, Plan, PlannedStep, proposed_place
from app.routes.slugs import free_slug
from app.tables import Kind, Purpose, Step

LONGEST_VALIDITY = 600
# In static/icons.svg, and what each shows.
ICONS = {
    "aanmelding": "Aanmelding",
    "betaling": "Betaalpas",
    "theorie": "Boek",
    "scherm": "Beeldscherm",
    "praktijk": "Gereedschap",
    "opleiding": "Opleiding",
    "agenda": "Agenda",
    "organisatie": "Gebouw",
    "veilig": "Schild",
    "bewijs": "Bewijs",
}
USUAL = {
    Purpose.REGISTRATION: "aanmelding",
    Purpose.PAYMENT: "betaling",
    Purpose.TEST: "theorie",
    Purpose.CERTIFICATE: "bewijs",
}
TEXTS = (("naam", Step.name, "Vul de naam van de stap in."), ("slug", Step.slug, ""))
# As they stand on the screen.
NAMES = ("naam", "slug", "doel", "icoon", "plaats", "zakken", "geldigheid", "soort", "vanaf", "tot")


def new_form(plan: Plan, in_use: bool) -> Form:
    """For the next step of the route. Who enrolled before today keeps the steps that they had."""
    purpose = Purpose.TEST if plan else Purpose.REGISTRATION
    values = dict.fromkeys(NAMES, "") | {"doel": purpose.value, "icoon": USUAL[purpose], "soort": BOTH}
    values["naam"] = "" if plan else "Aanmelding"
    values["zakken"] = "1" if plan else ""
    values["plaats"] = str(proposed_place(plan))
    values["vanaf"] = (today() + timedelta(days=1)).isoformat() if in_use else ""
    return Form(values)


def step_form(step: PlannedStep, plan: Plan) -> Form:
    return Form(
        {
            "naam": step.name,
            "slug": step.slug,
            "doel": step.purpose.value,
            "icoon": step.icon or USUAL[step.purpose],
            "plaats": str(plan.index(step) + 1),
            "zakken": "1" if step.may_fail else "",
            "geldigheid": str(step.validity_months or ""),
            "soort": step.kind.value if step.kind else BOTH,
            "vanaf": step.used_from.isoformat() if step.used_from else "",
            "tot": step.used_until.isoformat() if step.used_until else "",
        }
    )


def places(plan: Plan, key: int) -> list[tuple[str, str]]:
    """Where a step can stand: as the first, or after one of the others."""
    others = [step for step in plan if step.id != key]
    return [("1", "Als eerste"), *((str(place), f"Na {step.name}") for place, step in enumerate(others, 2))]


def read_step(sent: Mapping[str, str], plan: Plan, step: PlannedStep | None, in_use: bool) -> tuple[Form, PlannedStep]:
    """The form, and as far as it is right the step that it means. Once somebody enrolled, what a step is for and what
    it is called in addresses stay as they are."""
    if step and in_use:
        sent = {**sent, "doel": step.purpose.value, "slug": step.slug}
    values, errors = read_texts(sent, TEXTS)
    values |= {name: sent.get(name, "").strip()[:40] for name in NAMES if name not in values}
    values["slug"] = values["slug"].lower() or free_slug(values["naam"], {each.slug for each in plan if each != step})
    errors |= problem_with_slug(values["slug"], errors)
    columns: dict[str, Any] = {"name": values["naam"], "slug": values["slug"], "may_fail": bool(values["zakken"])}
    columns["purpose"] = _choice(values, "doel", list(PURPOSES), errors, "Kies wat voor stap dit is.") or Purpose.TEST
    columns["purpose"] = Purpose(columns["purpose"])
    kind = _choice(values, "soort", list(KINDS), errors, "Kies voor wie deze stap is.")
    columns["kind"] = Kind(kind) if kind in set(Kind) else None
    values["icoon"] = values["icoon"] or USUAL[columns["purpose"]]
    columns["icon"] = _choice(values, "icoon", [*ICONS, step.icon if step else ""], errors, "Kies een pictogram.")
    _choice(
        values, "plaats", [place for place, _ in places(plan, step.id if step else NEW)], errors, "Kies een plaats."
    )
    columns["validity_months"] = _months(values["geldigheid"], errors)
    columns["used_from"], columns["used_until"] = _day(values, "vanaf", errors), _day(values, "tot", errors)
    _check_purpose(columns, errors)
    return Form(values, in_order(errors)), PlannedStep(id=step.id if step else NEW, **columns)


def in_order(errors: Mapping[str, str]) -> dict[str, str]:
    """As on the screen; first what belongs to no field."""
    return {name: errors[name] for name in ("", *NAMES) if name in errors}


def _choice(values: Mapping[str, str], name: str, allowed: list[Any], errors: dict[str, str], sentence: str) -> str:
    if values[name] in allowed:
        return values[name]
    errors[name] = sentence
    return ""


def _months(typed: str, errors: dict[str, str]) -> int | None:
    if not typed:
        return None
    months = int(typed) if typed.isascii() and typed.isdigit() else 0
    if 1 <= months <= LONGEST_VALIDITY:
        return months
    errors["geldigheid"] = f"Vul een heel aantal maanden in van 1 tot en met {LONGEST_VALIDITY}, of niets."
    return None


def _day(values: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    typed = values[name]
    found = parse_day(typed) if typed else None
    if typed and found is None:
        errors[name] = f"Vul een datum in als dd-mm-jjjj, bijvoorbeeld {day(today())}."
    return found


def _check_purpose(columns: Mapping[str, Any], errors: dict[str, str]) -> None:
    if columns["may_fail"] and columns["purpose"] != Purpose.TEST:
        errors.setdefault("zakken", "Alleen voor een toets of examen kan iemand zakken.")
    if columns["validity_months"] and columns["purpose"] not in {Purpose.TEST, Purpose.CERTIFICATE}:
        errors.setdefault("geldigheid", "Alleen een toets of een bewijs heeft een geldigheid.")
