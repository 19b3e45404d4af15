"""What a candidate sees of one enrolment, by the link in a mail: what is kept, which organisation sees it and since
when, and who looked. No manager's name stands in it: an organisation answers for who works there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.account.forms import SALUTATIONS
from app.candidates.administration.details import CAUSES
from app.candidates.details import RESULTS, SOURCES
from app.disclosures import taken
from app.names import full_name
from app.pages import day
from app.paycodes.codes import grouped
from app.rights.whose import ever_linked
from app.tables import (
    AuditEvent,
    Certificate,
    DisclosureKind,
    Enrolment,
    Kind,
    LinkSource,
    Mandate,
    Organisation,
    Outcome,
    Role,
    StepResult,
    UnlinkCause,
    Unlinking,
)

VAKMANSCHAP_TECHNIEK = "Vakmanschap Techniek"
MOST = 100
"""Times that somebody looked, the last first."""
LOOKS = {
    "view": "bekeek uw gegevens",
    "view_mail": "bekeek een bericht aan u",
    "open_mail": "opende een bericht aan u met uw persoonlijke link",
    "export": "maakte een afschrift van uw gegevens",
}
TAKES = {
    DisclosureKind.CANDIDATES: "downloadde een lijst van kandidaten waar u in stond",
    DisclosureKind.PAYCODES: "downloadde een lijst van betaalcodes waar uw naam in stond",
    DisclosureKind.FEED: "liet een eigen systeem uw gegevens lezen",
}

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """An organisation that sees the enrolment, or did."""

    organisation: str
    since: datetime
    how: str
    until: datetime | None = None
    cause: str = ""

    @property
    def words(self) -> str:
        until = f" tot {day(self.until)} (beëindigd {self.cause})" if self.until else ""
        return f"{self.organisation}, vanaf {day(self.since)}{until}"


@dataclass(frozen=True)
class Look:
    """One time that somebody looked."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True)
class Fact:
    on: date
    tone: str
    title: str
    text: str = ""


@dataclass(frozen=True)
class Own:
    row: Record
    facts: Sequence[Fact]
    sees: Seen | None
    """Who sees it now, besides Vakmanschap Techniek."""
    saw: Sequence[Seen]
    looks: Sequence[Look]
    more: int
    """How often somebody looked before those."""

    @property
    def name(self) -> str:
        return full_name(self.row["given_name"], self.row["name_particle"], self.row["family_name"])

    @property
    def salutation(self) -> str:
        return dict(SALUTATIONS)[self.row["candidate.salutation"]]

    @property
    def number(self) -> str:
        return grouped(self.row["number"])

    @property
    def kind(self) -> str:
        return "Verlenging" if self.row["kind"] == Kind.RENEWAL else ""


async def load_own(enrolment: int) -> Own | None:
    """Nothing when it is gone, or is of nobody any more."""
    row = await _row(enrolment)
    if row is None or not row["candidate.email"]:
        return None
    looks = await _looks(row)
    return Own(
        row=row,
        facts=await _facts(row),
        sees=_sees(row),
        saw=await _saw(enrolment),
        looks=looks[:MOST],
        more=max(0, len(looks) - MOST),
    )


async def _row(enrolment: int) -> Record | None:
    person = Enrolment.candidate
    columns = (
        *Enrolment.all_columns(),
        *(person.salutation, person.email, person.birth_date, person.crt_number),
        *(Enrolment.route.name, Enrolment.profile.name, Enrolment.organisation.name),
    )
    row: Record | None = await Enrolment.select(*columns).where(Enrolment.id == enrolment).first()
    return row


async def _facts(row: Record) -> list[Fact]:
    """What counts of the way to the certificate, by day."""
    results = (
        await StepResult.select(*StepResult.all_columns(), StepResult.step.name)
        .where(StepResult.enrolment == row["id"])
        .order_by(StepResult.day, StepResult.id)
    )
    withdrawn = {each["withdraws"] for each in results}
    counting = (each for each in results if each["id"] not in withdrawn and each["outcome"] != Outcome.WITHDRAWN)
    facts = [_fact(each) for each in counting]
    if certificate := await Certificate.select().where(Certificate.enrolment == row["id"]).first():
        facts.append(_certified(certificate))
    return facts


def _fact(row: Record) -> Fact:
    tone, words = RESULTS[Outcome(row["outcome"])]
    attempt = f"{row['attempt']}e poging" if row["attempt"] > 1 else ""
    return Fact(row["day"], tone, f"{row['step.name']}: {words}", ", ".join(filter(None, (attempt, row["place"]))))


def _certified(row: Record) -> Fact:
    told = [
        f"Nummer {row['number']}",
        f"geldig tot {day(row['valid_until'])}" if row["valid_until"] else "",
        f"in het Centraal Register Techniek op {day(row['crt_registered_on'])}" if row["crt_registered_on"] else "",
        f"in het Vakpaspoort op {day(row['skills_passport_on'])}" if row["skills_passport_on"] else "",
    ]
    return Fact(row["issued_on"], "geslaagd", "Bewijs van Vakmanschap behaald", ", ".join(filter(None, told)))


def _sees(row: Record) -> Seen | None:
    if row["organisation"] is None:
        return None
    return Seen(row["organisation.name"], row["linked_at"], SOURCES[LinkSource(row["link_source"])])


async def _saw(enrolment: int) -> list[Seen]:
    """The last first."""
    columns = (
        Unlinking.organisation.name,
        Unlinking.linked_at,
        Unlinking.link_source,
        Unlinking.unlinked_at,
        Unlinking.cause,
    )
    own = Unlinking.select(*columns).where(Unlinking.enrolment == enrolment)
    return [
        Seen(
            row["organisation.name"],
            row["linked_at"],
            SOURCES[LinkSource(row["link_source"])],
            row["unlinked_at"],
            CAUSES[UnlinkCause(row["cause"])].replace("van de kandidaat", "van u"),
        )
        for row in await own.order_by(Unlinking.id, ascending=False)
    ]


async def _looks(row: Record) -> list[Look]:
    """Every time, the last first."""
    of_enrolment = (AuditEvent.object_type == "enrolment") & (AuditEvent.object_id == row["id"])
    of_person = (AuditEvent.object_type == "candidate") & (AuditEvent.object_id == row["candidate"])
    looked = AuditEvent.action.is_in(list(LOOKS)) & AuditEvent.actor.is_not_null()
    events = await AuditEvent.select().where(looked & (of_enrolment | of_person))
    files = await taken(row["id"], await ever_linked(row["id"]))
    administrators = await _administrators({event["actor"] for event in events})
    names = await _names_of({each["organisation"] for each in [*events, *(vars(file) for file in files)]})
    looks = [Look(each["at"], _who(each, administrators, names), LOOKS[each["action"]]) for each in events]
    looks += [Look(each.at, names.get(each.organisation, VAKMANSCHAP_TECHNIEK), TAKES[each.kind]) for each in files]
    return sorted(looks, key=lambda look: look.at, reverse=True)


def _who(event: Record, administrators: set[int], names: Mapping[int | None, str]) -> str:
    """On whose behalf."""
    as_administrator = json.loads(event["details"]).get("role") == Role.ADMINISTRATOR
    of_all = event["object_type"] == "candidate" or event["action"] != "view"
    if as_administrator or of_all or event["actor"] in administrators:
        return VAKMANSCHAP_TECHNIEK
    return names.get(event["organisation"], VAKMANSCHAP_TECHNIEK)


async def _administrators(users: set[int]) -> set[int]:
    """Of before it was on record as whom somebody looked."""
    found = (Mandate.role == Role.ADMINISTRATOR) & Mandate.user.is_in(list(users) or [0])
    return set(await Mandate.select(Mandate.user).where(found).output(as_list=True))


async def _names_of(organisations: set[int | None]) -> dict[int | None, str]:
    wanted = Organisation.id.is_in([each for each in organisations if each is not None] or [0])
    return {
        row["id"]: row["name"] for row in await Organisation.select(Organisation.id, Organisation.name).where(wanted)
    }
