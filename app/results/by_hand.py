"""What Vakmanschap Techniek records itself: a result, a correction, a certificate."""

import secrets
from dataclasses import dataclass
from typing import Any

from litestar.exceptions import NotFoundException

from app import clock
from app.access import Access
from app.candidates.details import find_enrolment
from app.database import transaction, violated_unique
from app.names import full_name
from app.pages import day
from app.query import parse_day
from app.results.certificates import CONFLICT, correct_certificate, record_certificates
from app.results.facts import Facts, RouteStep, counting, facts_of, steps_by_route
from app.results.forms import COLUMNS, ONLY_WITHDRAW, Form, by_field, read_certificate, read_correction, read_result
from app.results.recording import Refused, record_results, withdraw
from app.results.way import Way
from app.security import PortalRequest
from app.tables import Certificate, Outcome, Purpose, StepResult

RESULTS = {Outcome.PASSED: "geslaagd", Outcome.FAILED: "niet geslaagd", Outcome.SCHEDULED: "ingepland"}


@dataclass(frozen=True)
class Dossier:
    """An enrolment as it stands when something is recorded of it."""

    row: dict[str, Any]
    facts: Facts
    steps: tuple[RouteStep, ...]
    """Its own."""

    @property
    def id(self) -> int:
        return int(self.row["id"])

    @property
    def name(self) -> str:
        return full_name(self.row["given_name"], self.row["name_particle"], self.row["family_name"])

    @property
    def href(self) -> str:
        return f"/deelnames/{self.id}"

    @property
    def taken(self) -> list[RouteStep]:
        """The steps that results are of."""
        return [step for step in self.steps if step.purpose in (Purpose.PAYMENT, Purpose.TEST)]

    @property
    def open_step(self) -> int | None:
        """The first that is not passed."""
        passed = {each.step for each in counting(self.facts.results) if each.outcome == Outcome.PASSED}
        paid = {step.id for step in self.steps if step.purpose == Purpose.PAYMENT and self.facts.payments}
        return next((step.id for step in self.taken if step.id not in passed | paid), None)


async def open_dossier(access: Access, key: int) -> Dossier:
    """Raises NotFoundException for an enrolment that is not this person's to see."""
    row = await find_enrolment(access, key)
    facts, steps = (await facts_of([row]))[key], (await steps_by_route()).get(row["route"], ())
    return Dossier(row, facts, Way.of(facts, steps, clock.today()).steps)


def new_result(dossier: Dossier) -> Form:
    step = dossier.open_step
    return Form({"stap": str(step or ""), "formulier": secrets.token_urlsafe(16)})


async def save_result(access: Access, request: PortalRequest, dossier: Dossier, form: Form) -> bool:
    """Whether it is recorded; if not, the form says why."""
    result = read_result(form, dossier.id, dossier.taken, access.user)
    if result is None:
        return False
    async with transaction():
        [answer] = await record_results([result], request)
    if isinstance(answer, Refused):
        form.errors[""] = answer.reason
    return not form.errors


# Corrections


async def find_result(dossier: Dossier, key: int) -> dict[str, Any]:
    """One that counts. What was corrected already is not there: NotFoundException."""
    columns = (*StepResult.all_columns(), StepResult.step.name)
    row = await StepResult.select(*columns).where(StepResult.id == key, StepResult.enrolment == dossier.id).first()
    if row is None or key not in {each.id for each in counting(dossier.facts.results)}:
        raise NotFoundException
    words = f"{row['step.name']}, {RESULTS[Outcome(row['outcome'])]}, {day(row['day'])}"
    return dict(row) | {"words": words + (f", {row['place']}" if row["place"] else "")}


def correction_of(result: dict[str, Any]) -> Form:
    return Form({"uitslag": "", "dag": str(result["day"]), "plaats": result["place"], "reden": ""})


async def save_correction(access: Access, request: PortalRequest, result: dict[str, Any], form: Form) -> bool:
    reason, right = read_correction(form, result["enrolment"], result["step"], access.user)
    if form.errors:
        return False
    assert right is not None or form.values["uitslag"] == ONLY_WITHDRAW
    async with transaction():
        answer = await withdraw(result["id"], reason, right, by=access.user, request=request)
    if isinstance(answer, Refused):
        form.errors[""] = answer.reason
    return not form.errors


# The certificate


async def find_certificate(dossier: Dossier) -> dict[str, Any] | None:
    return await Certificate.select().where(Certificate.enrolment == dossier.id).first()


def certificate_form(dossier: Dossier, certificate: dict[str, Any] | None) -> Form:
    """As it is, or as it would be when it was issued on the day of the last test."""
    if certificate is not None:
        return Form({name: str(certificate[column] or "") for name, column in COLUMNS.items()})
    passed = [each.day for each in counting(dossier.facts.results) if each.outcome == Outcome.PASSED]
    issued_on = max(passed, default=clock.today())
    proposed = str(Way.of(dossier.facts, dossier.steps, clock.today()).valid_until(issued_on) or "")
    values = {"behaald_op": str(issued_on), "geldig_tot": proposed, "voorstel": proposed}
    return Form(dict.fromkeys(COLUMNS, "") | values)


async def save_certificate(
    access: Access, request: PortalRequest, dossier: Dossier, form: Form, *, is_new: bool
) -> bool:
    """Recorded for the first time or corrected."""
    if is_new:
        _follow(dossier, form)
    told = read_certificate(form, dossier.id, access.user)
    if told is None:
        return False
    try:
        async with transaction():
            if is_new:
                [answer] = await record_certificates([told], request)
                errors = {"": answer.reason} if isinstance(answer, Refused) else {}
            else:
                errors = await correct_certificate(told, request)
    except Exception as error:
        if not violated_unique(error):
            raise
        errors = {"number": CONFLICT}
    form.errors.update(by_field(errors))
    return not form.errors


def _follow(dossier: Dossier, form: Form) -> None:
    """A proposal that nobody touched follows the day of issue."""
    issued_on = parse_day(form.values.get("behaald_op", ""))
    if issued_on and form.values.get("geldig_tot", "") == form.values.get("voorstel", ""):
        until = Way.of(dossier.facts, dossier.steps, clock.today()).valid_until(issued_on)
        form.values.update(dict.fromkeys(("geldig_tot", "voorstel"), str(until or "")))
