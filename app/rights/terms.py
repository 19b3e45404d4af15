"""How long what is kept. No law names these terms: whoever answers for the portal sets them, two by a setting."""

from dataclasses import dataclass
from enum import StrEnum

from app.settings import get_settings


class Term(StrEnum):
    CANDIDATE = "candidate"
    ACCOUNT = "account"
    SESSION = "session"
    SIGN_IN = "sign_in"
    ATTEMPT = "attempt"
    TOKEN = "token"  # noqa: S105
    FORM = "form"
    LOG = "log"
    CHORE = "chore"
    MAIL = "mail"
    IMPORT = "import"
    IMPORT_ROW = "import_row"
    DOWNLOAD = "download"
    PAYCODE = "paycode"
    ALWAYS = "always"


# In days, behind the moment that the words name.
DAYS = {
    Term.TOKEN: 30,
    Term.FORM: 7,
    Term.CHORE: 90,
    Term.MAIL: 180,
    Term.IMPORT: 365,
}
ACCOUNT_MONTHS = 24
INVITED_MONTHS = 12
LINKED_MONTHS = 84
PAYCODE_MONTHS = 84


@dataclass(frozen=True)
class Explained:
    words: str
    """Short: how long."""
    text: str
    """What happens, and from when the time counts."""


def explain(term: Term) -> Explained:
    settings = get_settings()
    return {
        Term.CANDIDATE: Explained(
            f"{settings.candidate_months} maanden",
            "Na de laatste wijziging en na afloop van het laatste bewijs, als er geen organisatie meekijkt; kijkt er "
            f"een mee, dan na {LINKED_MONTHS // 12} jaar. Daarna worden naam, e-mailadres, geboortedatum, nummers en "
            "vrije tekst gewist; de uitslagen blijven zonder naam bestaan voor de tellingen.",
        ),
        Term.ACCOUNT: Explained(
            f"{ACCOUNT_MONTHS} maanden",
            "Nadat een gedeactiveerd account voor het laatst is gebruikt, of "
            f"{INVITED_MONTHS} maanden na een uitnodiging die niemand aannam. Daarna wordt het gewist; het nummer "
            "blijft bestaan voor de verantwoording.",
        ),
        Term.SESSION: Explained("12 uur", "Na het inloggen."),
        Term.SIGN_IN: Explained("10 minuten", "Nadat het inloggen begon; binnen een uur is het gewist."),
        Term.ATTEMPT: Explained("1 dag", "Na de laatste poging."),
        Term.TOKEN: Explained(f"{DAYS[Term.TOKEN]} dagen", "Nadat de link niet meer werkt."),
        Term.FORM: Explained(f"{DAYS[Term.FORM]} dagen", "Na het versturen."),
        Term.LOG: Explained(
            f"{settings.log_months} maanden",
            "Na de gebeurtenis, per dag die is verzegeld; het zegel blijft.",
        ),
        Term.CHORE: Explained(f"{DAYS[Term.CHORE]} dagen", "Nadat het is gedaan."),
        Term.MAIL: Explained(f"{DAYS[Term.MAIL]} dagen", "Nadat het bericht is gemaakt."),
        Term.IMPORT: Explained(f"{DAYS[Term.IMPORT]} dagen", "Nadat het bestand is aangeboden."),
        Term.IMPORT_ROW: Explained("30 dagen", "Nadat het bestand is aangeboden."),
        Term.DOWNLOAD: Explained("24 uur", "Nadat het bestand klaar is."),
        Term.PAYCODE: Explained(
            f"{PAYCODE_MONTHS // 12} jaar",
            "Na uitgifte verdwijnen contactpersoon en referentie; de code blijft, zonder wie erbij hoorde.",
        ),
        Term.ALWAYS: Explained("Zolang het portaal bestaat", "Hierin staat niets over een persoon."),
    }[term]
