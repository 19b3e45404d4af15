"""What an administrator fills in about a result or a certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.query import parse_day
from app.results.certificates import NewCertificate
from app.results.facts import RouteStep
from app.results.recording import BY_HAND, NewResult
from app.tables import Certificate, Outcome, StepResult
from app.text import TextRefused, clean

OUTCOMES = [(Outcome.PASSED, "Geslaagd"), (Outcome.FAILED, "Niet geslaagd"), (Outcome.SCHEDULED, "Ingepland")]
ONLY_WITHDRAW = "intrekken"
CORRECTIONS = [(ONLY_WITHDRAW, "Alleen intrekken: deze uitslag had er niet moeten staan"), *OUTCOMES]
NOT_A_DAY = "Vul een datum in als dd-mm-jjjj, bijvoorbeeld 22-04-2026."

# Name in the form → column.
COLUMNS = {
    "nummer": "number",
    "behaald_op": "issued_on",
    "geldig_tot": "valid_until",
    "crt_op": "crt_registered_on",
    "vakpaspoort_op": "skills_passport_on",
}
DAYS = tuple(COLUMNS)[1:]


@dataclass(frozen=True)
class Form:
    """What was typed, and a sentence for each field that is not right; under the empty name what is wrong with all."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, longest: int | None, missing: str = "") -> str:
        try:
            self.values[name] = clean(self.values.get(name, ""), longest or 0)
        except TextRefused as refusal:
            self.errors[name] = str(refusal)
        if missing and not self.values[name]:
            self.errors[name] = missing
        return self.values[name]

    def day(self, name: str, missing: str = "") -> date | None:
        typed = self.values.setdefault(name, "").strip()
        found = parse_day(typed)
        if found is None and (typed or missing):
            self.errors[name] = NOT_A_DAY if typed else missing
        return found

    def choice(self, name: str, allowed: Sequence[str], missing: str) -> str:
        if self.values.setdefault(name, "") not in allowed:
            self.errors[name] = missing
        return self.values[name]


def read_result(form: Form, enrolment: int, steps: Sequence[RouteStep], by: int) -> NewResult | None:
    """A new result of one of these steps. The token of the form names it, so that a form that is sent twice is one."""
    step = form.choice("stap", [str(each.id) for each in steps], "Kies een stap.")
    outcome = form.choice("uitslag", [each for each, _ in OUTCOMES], "Kies een uitslag.")
    token = form.text("formulier", 80)
    told = _told(form, by) | {"source_id": token or None}
    return None if form.errors else NewResult(enrolment, int(step), Outcome(outcome), **told)


def read_correction(form: Form, enrolment: int, step: int, by: int) -> tuple[str, NewResult | None]:
    """Why, and what is right instead, if there is anything."""
    reason = form.text("reden", StepResult.withdrawal_reason.length, "Vul in waarom dit niet klopt.")
    outcome = form.choice("uitslag", [each for each, _ in CORRECTIONS], "Kies wat er moet staan.")
    if form.errors or outcome == ONLY_WITHDRAW:
        return reason, None
    told = _told(form, by)
    return reason, None if form.errors else NewResult(enrolment, step, Outcome(outcome), **told)


def _told(form: Form, by: int) -> dict[str, Any]:
    day = form.day("dag", "Vul de dag in.")
    place = form.text("plaats", StepResult.place.length)
    return {"day": day, "place": place, "source": BY_HAND, "by": by}


def read_certificate(form: Form, enrolment: int, by: int) -> NewCertificate | None:
    number = form.text("nummer", Certificate.number.length, "Vul het nummer in.")
    issued_on = form.day("behaald_op", "Vul de dag in waarop het bewijs is behaald.")
    valid_until, crt_on, passport_on = (form.day(name) for name in DAYS[1:])
    if form.errors or issued_on is None:
        return None
    return NewCertificate(enrolment, number, issued_on, valid_until, crt_on, passport_on, by=by)


def by_field(errors: Mapping[str, str]) -> dict[str, str]:
    """Of columns of a certificate, the same by the names in the form, in the order of the screen."""
    names = {column: name for name, column in COLUMNS.items()}
    return {names.get(column, ""): sentence for column, sentence in errors.items()}
