"""From a row of the outbox to a letter: in Dutch, as text and as HTML, with the link that only its reader gets."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import Any

from piccolo.query import Select

from app.account.queries import Held
from app.clock import local, now
from app.mail.outbox import Change, Letter
from app.names import formal_name, full_name
from app.pages import environment, moment
from app.paycodes.codes import grouped
from app.settings import get_settings
from app.tables import (
    Enrolment,
    Kind,
    LinkSource,
    Mail,
    Mandate,
    Role,
    Route,
    TokenPurpose,
    UnlinkCause,
    Unlinking,
    User,
)
from app.tokens import LIFETIMES, mint

SENDER = "Evenementenportaal"
HELPDESK = "helpdesk@vakmanschaptechniek.nl"
UNKNOWN = "Geachte heer of mevrouw"
# What stands where a link would, for whoever is not its reader.
HIDDEN = "(persoonlijke link, die alleen in het verzonden bericht staat)"

NAMES = {
    Letter.INVITATION: "Uitnodiging",
    Letter.ENROLLED: "Bevestiging van een aanmelding",
    Letter.ALREADY_ENROLLED: "Er was al een aanmelding",
    Letter.NOTHING_TO_RENEW: "Geen bewijs om te verlengen",
    Letter.PAID: "Aanmelding betaald",
    Letter.RESIT_PAID: "Herkansing betaald",
    Letter.OWN_PAGE: "Link naar eigen gegevens",
    Letter.LINK_ENDED: "Koppeling beëindigd",
    Letter.RESET: "Nieuw wachtwoord gevraagd",
    Letter.NEW_ADDRESS: "E-mailadres te bevestigen",
    Letter.ACCOUNT_CHANGED: "Account gewijzigd",
    Letter.SIGN_IN_ATTEMPTS: "Vaak geprobeerd in te loggen",
}
"""What each is called in the portal."""
LINKS = {
    Letter.INVITATION: (TokenPurpose.ACTIVATION, "activeren"),
    Letter.ENROLLED: (TokenPurpose.OBJECTION, "mijn-gegevens"),
    Letter.OWN_PAGE: (TokenPurpose.OBJECTION, "mijn-gegevens"),
    Letter.RESET: (TokenPurpose.RESET, "wachtwoord-herstellen"),
    Letter.NEW_ADDRESS: (TokenPurpose.EMAIL, "profiel/emailadres"),
}
"""What its link is for, and the page that it leads to."""

CHANGES = {
    Change.PASSWORD: "Uw wachtwoord is gewijzigd",
    Change.USERNAME: "Uw gebruikersnaam is gewijzigd",
    Change.EMAIL: "Uw e-mailadres is gewijzigd",
    Change.APP_SET: "Een authenticator-app is ingesteld voor uw account",
    Change.APP_REMOVED: "De authenticator-app van uw account is verwijderd",
    Change.PASSKEY_ADDED: "Een passkey is toegevoegd aan uw account",
    Change.PASSKEY_REMOVED: "Een passkey van uw account is verwijderd",
    Change.RECOVERY_CODES: "Nieuwe herstelcodes zijn gemaakt voor uw account",
    Change.RECOVERY_CODE_USED: "Er is met een herstelcode ingelogd op uw account",
    Change.FACTOR_RESET: "Een beheerder heeft de tweestapsverificatie van uw account gereset",
    Change.FACTOR_GUESSED: "Iemand die uw wachtwoord kent, gaf te vaak een onjuiste code voor uw account",
    Change.EMAIL_ASKED: "Er is gevraagd uw e-mailadres te wijzigen",
}

# Text holds names as they are; HTML escapes them.
templates = environment.overlay(autoescape=lambda name: bool(name and name.endswith(".html")))

Record = Mapping[str, Any]


class Unsendable(Exception):
    """There is nothing left to send; the message is a Dutch sentence without personal data."""


@dataclass(frozen=True)
class Written:
    recipient: str
    name: str
    """Of who reads it."""
    subject: str
    text: str
    html: str


async def write(mail: Record, *, secret: bool) -> Written:
    """The letter as it would be sent now. With `secret` its link is made anew, in the caller's transaction, and the one
    that the same user had stops working; otherwise it is left out. Raises Unsendable."""
    letter = Letter(mail["template"])
    facts = await _facts(mail, letter)
    facts["link"] = await _link(mail, letter, secret) if letter in LINKS else ""
    text = templates.get_template(f"mail/{letter}.txt")
    subject = "".join(text.blocks["onderwerp"](text.new_context(facts)))
    return Written(
        recipient=mail["recipient"],
        name=facts["name"],
        subject=" ".join(subject.split()),
        text=text.render(facts),
        html=templates.get_template(f"mail/{letter}.html").render(facts | {"subject": subject}),
    )


def as_message(written: Written) -> EmailMessage:
    """Names stand in it as data: a line break in one is refused, not sent. Each time another Message-ID: a second copy
    has the link that works, so no mail system should take it for the first."""
    sender = get_settings().mail_from
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(SENDER, addr_spec=sender)
    message["To"] = Address(written.name, addr_spec=written.recipient)
    message["Reply-To"] = HELPDESK
    message["Subject"] = written.subject
    message["Date"] = format_datetime(local(now()))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    return message


async def _link(mail: Record, letter: Letter, secret: bool) -> str:
    if not secret:
        return HIDDEN
    purpose, path = LINKS[letter]
    email = mail["recipient"] if purpose is TokenPurpose.EMAIL else ""
    token = await mint(purpose, user=mail["user"], enrolment=mail["enrolment"], email=email)
    return f"{get_settings().base_url}/{path}/{token}"


async def _facts(mail: Record, letter: Letter) -> dict[str, Any]:
    facts: dict[str, Any] = {"base_url": get_settings().base_url, "helpdesk": HELPDESK, "hidden": HIDDEN}
    facts["at"] = moment(mail["created_at"])
    if letter in LINKS:
        facts["lasts"] = in_words(LIFETIMES[LINKS[letter][0]])
    if mail["enrolment"] is not None:
        return facts | await _of_enrolment(mail["enrolment"])
    if letter == Letter.NOTHING_TO_RENEW:
        return facts | await _of_route(mail)
    user = await _of_user(mail["user"])
    if letter in LINKS:
        await _refuse_late(mail, letter, user)
    if letter == Letter.NEW_ADDRESS:  # whose it is nobody knows yet
        return facts | {"name": "", "email": mail["recipient"], "greeting": UNKNOWN}
    if letter == Letter.ACCOUNT_CHANGED:
        facts["change"] = CHANGES[json.loads(mail["details"])["what"]]
    return facts | user


def in_words(lasts: timedelta) -> str:
    if lasts.days > 1:
        return f"{lasts.days} dagen"
    hours = round(lasts.total_seconds() / 3600)
    return "een uur" if hours == 1 else f"{hours} uur"


async def _refuse_late(mail: Record, letter: Letter, user: Record) -> None:
    """A letter may have waited for long: its link lets whoever reads it into the account, and ends the one before."""
    if not user["active"]:
        raise Unsendable("Dit account is niet meer actief.")
    if letter is Letter.NEW_ADDRESS and user["email"] == mail["recipient"]:
        raise Unsendable("Dit e-mailadres is al bevestigd.")
    if letter is not Letter.NEW_ADDRESS and user["email"] != mail["recipient"]:
        raise Unsendable("Dit account heeft intussen een ander e-mailadres.")
    if letter is Letter.INVITATION and user["has_password"]:
        raise Unsendable("Voor dit account is al een wachtwoord gekozen.")
    if user["password_changed_at"] and user["password_changed_at"] > mail["created_at"]:
        raise Unsendable("Het wachtwoord van dit account is intussen gewijzigd.")
    newer = (Mail.user == mail["user"]) & (Mail.template == letter.value) & (Mail.id > mail["id"])
    if await Mail.exists().where(newer):
        what = "nieuwere uitnodiging" if letter is Letter.INVITATION else "nieuwere link"
        raise Unsendable(f"Er is een {what} voor dit account.")


async def _of_user(key: int) -> dict[str, Any]:
    own = (User.username, User.active, User.password_hash, User.password_changed_at)
    user = await User.select(*_person(User), *own).where(User.id == key).first()
    if user is None:
        raise Unsendable("Dit account bestaat niet meer.")
    mandates = (
        await Mandate.select(Mandate.role, Mandate.organisation.name, Mandate.organisation.code)
        .where(Mandate.user == key)
        .order_by(Mandate.id)
    )
    held = [Held(Role(row["role"]), row["organisation.name"], row["organisation.code"]) for row in mandates]
    return _addressed(user) | {
        "username": user["username"],
        "active": user["active"],
        "has_password": user["password_hash"] is not None,
        "password_changed_at": user["password_changed_at"],
        "roles": [each.words for each in held],
    }


async def _of_route(mail: Record) -> dict[str, Any]:
    """Of a letter to an address of which nobody is known."""
    route = await Route.select(Route.name).where(Route.id == json.loads(mail["details"])["route"]).first()
    if route is None:
        raise Unsendable("Deze route bestaat niet meer.")
    return {"name": "", "email": mail["recipient"], "greeting": UNKNOWN, "route": route["name"]}


async def _of_enrolment(key: int) -> dict[str, Any]:
    row = await _enrolments().where(Enrolment.id == key).first()
    if row is None:
        raise Unsendable("Deze deelname bestaat niet meer.")
    person = {name.removeprefix("candidate."): value for name, value in row.items() if name.startswith("candidate.")}
    return _addressed(person) | {
        "number": grouped(row["number"]),
        "route": row["route.name"],
        "website": row["route.website"],
        "quality_scheme": row["route.quality_scheme_url"],
        "profile": row["profile.name"] or "",
        "is_renewal": row["kind"] == Kind.RENEWAL,
        "organisation": row["organisation.name"] or "",
        "by_organisation": row["link_source"] == LinkSource.ENROLMENT_MANAGER,
        "former_organisation": await _former_organisation(key),
    }


def _enrolments() -> Select[Enrolment]:
    return Enrolment.select(
        *_person(Enrolment.candidate),
        Enrolment.number,
        Enrolment.kind,
        Enrolment.link_source,
        Enrolment.route.name,
        Enrolment.route.website,
        Enrolment.route.quality_scheme_url,
        Enrolment.profile.name,
        Enrolment.organisation.name,
    )


def _person(of: Any) -> tuple[Any, ...]:
    return of.salutation, of.given_name, of.name_particle, of.family_name, of.email


async def _former_organisation(enrolment: int) -> str:
    """Of the link that the candidate objected to last."""
    objected = (Unlinking.enrolment == enrolment) & (Unlinking.cause == UnlinkCause.OBJECTION)
    last = Unlinking.select(Unlinking.organisation.name).where(objected).order_by(Unlinking.id, ascending=False)
    row = await last.first()
    return row["organisation.name"] if row else ""


def _addressed(person: Record) -> dict[str, Any]:
    names = person["given_name"], person["name_particle"], person["family_name"]
    addressed = formal_name(person["salutation"], *names).removeprefix("de ")
    return {"name": full_name(*names), "email": person["email"], "greeting": f"Geachte {addressed}"}
