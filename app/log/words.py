"""What is on record, in Dutch: for every action what somebody did. Grows with every action that is recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """What an action is about, as it is called in addresses."""

    VIEWING = "inzage"
    ACCOUNT = "account"
    ENROLMENT = "aanmelding"
    RESULT = "uitslag"
    PAYCODE = "betaalcode"
    ADMINISTRATION = "beheer"


SUBJECTS = {
    Subject.VIEWING: "Inzien en downloaden",
    Subject.ACCOUNT: "Inloggen en eigen account",
    Subject.ENROLMENT: "Aanmelden en koppelen",
    Subject.RESULT: "Uitslagen en bewijzen",
    Subject.PAYCODE: "Betaalcodes",
    Subject.ADMINISTRATION: "Organisaties, gebruikers en routes",
}


@dataclass(frozen=True)
class Deed:
    """`words` follow who did it; `{}` is what it was done to. `refused`: the same, when it was not let through."""

    subject: Subject
    name: str
    words: str
    refused: str = ""


def _viewing(name: str, words: str) -> Deed:
    return Deed(Subject.VIEWING, name, words)


def _account(name: str, words: str, refused: str = "") -> Deed:
    return Deed(Subject.ACCOUNT, name, words, refused)


def _enrolment(name: str, words: str, refused: str = "") -> Deed:
    return Deed(Subject.ENROLMENT, name, words, refused)


def _result(name: str, words: str) -> Deed:
    return Deed(Subject.RESULT, name, words)


def _paycode(name: str, words: str) -> Deed:
    return Deed(Subject.PAYCODE, name, words)


def _administration(name: str, words: str) -> Deed:
    return Deed(Subject.ADMINISTRATION, name, words)


DEEDS: Mapping[str, Deed] = {
    "view": _viewing("Gegevens bekeken", "bekeek de gegevens van {}"),
    "view_own": _viewing("Eigen gegevens bekeken", "bekeek met een persoonlijke link de gegevens van {}"),
    "view_import": _viewing("Bestand bekeken", "bekeek rijen van {}"),
    "view_mail": _viewing("Bericht bekeken", "bekeek een bericht aan {}"),
    "open_mail": _viewing("Bericht met link geopend", "opende een bericht met persoonlijke link aan {}"),
    "view_log": _viewing("Logboek bekeken", "bekeek het logboek"),
    "download": _viewing("Bestand gedownload", "downloadde een bestand"),
    "view_paycode": _viewing("Betaalcode bekeken", "bekeek het verloop van {}"),
    "print_handout": _viewing("Uitdeelvel getoond", "toonde een uitdeelvel van {}"),
    "download_handout": _viewing("Uitdeelvel gedownload", "downloadde het uitdeelvel van {}"),
    "read_enrolments": _viewing("Deelnames uitgelezen", "las deelnames uit"),
    "read_paycodes": _viewing("Betaalcodes uitgelezen", "las betaalcodes uit"),
    "sign_in": _account("Ingelogd", "logde in", "probeerde in te loggen als {}"),
    "sign_in_throttled": _account(
        "Te vaak geprobeerd in te loggen", "probeerde te vaak in te loggen", "probeerde te vaak in te loggen als {}"
    ),
    "sign_out": _account("Uitgelogd", "logde uit"),
    "session_end": _account("Sessie beëindigd", "logde op een ander apparaat uit"),
    "sessions_end": _account("Sessies beëindigd", "logde overal elders uit"),
    "ask_reset": _account(
        "Nieuw wachtwoord gevraagd",
        "vroeg een nieuw wachtwoord voor {}",
        "vroeg tevergeefs een nieuw wachtwoord voor {}",
    ),
    "reset_password": _account("Wachtwoord hersteld", "koos een nieuw wachtwoord met een link uit een mail"),
    "password_check": _account("Wachtwoord gevraagd", "gaf het wachtwoord", "gaf een onjuist wachtwoord"),
    "password_change": _account("Wachtwoord gewijzigd", "wijzigde het eigen wachtwoord"),
    "second_factor": _account("Tweede stap", "gaf de tweede stap", "gaf een onjuiste tweede stap voor {}"),
    "second_factor_throttled": _account(
        "Te vaak een onjuiste code", "gaf te vaak een code voor {}", "gaf te vaak een onjuiste code voor {}"
    ),
    "set_app": _account("Authenticator-app ingesteld", "stelde een authenticator-app in"),
    "remove_app": _account("Authenticator-app verwijderd", "verwijderde de eigen authenticator-app"),
    "add_passkey": _account("Passkey toegevoegd", "voegde een passkey toe"),
    "rename_passkey": _account("Passkey hernoemd", "hernoemde een passkey"),
    "remove_passkey": _account("Passkey verwijderd", "verwijderde een passkey"),
    "make_recovery_codes": _account("Herstelcodes gemaakt", "maakte herstelcodes"),
    "profile_change": _account("Profiel gewijzigd", "wijzigde het eigen profiel"),
    "ask_email_change": _account("Ander e-mailadres opgegeven", "gaf een ander e-mailadres op"),
    "email_change": _account("E-mailadres gewijzigd", "bevestigde een ander e-mailadres"),
    "activate": _account("Account geactiveerd", "koos een gebruikersnaam en wachtwoord"),
    "enrol": _enrolment("Aangemeld", "meldde {} aan"),
    "link": _enrolment("Gekoppeld", "koppelde {}"),
    "correct_candidate": _enrolment("Gegevens gecorrigeerd", "corrigeerde de gegevens van {}"),
    "erase": _enrolment("Gewist", "wiste {}"),
    "export": _viewing("Afschrift gemaakt", "maakte een afschrift van de gegevens van {}"),
    "clean": _administration("Opgeruimd", "ruimde op wat zijn tijd heeft gehad"),
    "restore": _administration("Portaal teruggezet", "zette de gegevens terug uit een reservekopie"),
    "clear_log": _administration("Logboek opgeschoond", "verwijderde verzegelde dagen uit het logboek"),
    "merge": _enrolment("Samengevoegd", "voegde een dubbele kandidaat samen met {}"),
    "unlink": _enrolment("Ontkoppeld", "ontkoppelde {}"),
    "object_to_link": _enrolment("Bezwaar gemaakt", "maakte bezwaar tegen de koppeling van {}"),
    "restore_link": _enrolment("Ontkoppelen ongedaan gemaakt", "koppelde {} weer"),
    "resend_mail": _enrolment("Bericht opnieuw verstuurd", "verstuurde een bericht opnieuw aan {}"),
    "record_result": _result("Uitslag vastgelegd", "legde een uitslag vast van {}"),
    "withdraw_result": _result("Uitslag gecorrigeerd", "corrigeerde een uitslag van {}"),
    "record_certificate": _result("Bewijs vastgelegd", "legde het bewijs vast van {}"),
    "correct_certificate": _result("Bewijs gecorrigeerd", "corrigeerde het bewijs van {}"),
    "import_upload": _result("Bestand aangeboden", "bood {} aan"),
    "import_confirm": _result("Bestand bevestigd", "bevestigde {}"),
    "import_cancel": _result("Bestand ingetrokken", "trok {} in"),
    "import_take_over": _result("Bestand overgenomen", "nam {} over"),
    "redeem": _paycode("Betaalcode ingewisseld", "wisselde een betaalcode in voor {}"),
    "issue_batch": _paycode("Batch uitgegeven", "gaf {} uit"),
    "link_batch": _paycode("Batch gekoppeld", "koppelde {} aan een organisatie"),
    "deactivate_paycodes": _paycode("Betaalcodes gedeactiveerd", "deactiveerde betaalcodes van {}"),
    "reactivate_paycodes": _paycode("Betaalcodes geactiveerd", "activeerde betaalcodes van {} weer"),
    "extend_paycodes": _paycode("Betaalcodes verlengd", "verlengde betaalcodes van {}"),
    "invite": _administration("Uitgenodigd", "nodigde {} uit"),
    "invite_again": _administration("Opnieuw uitgenodigd", "nodigde {} opnieuw uit"),
    "create_administrator": _administration("Eerste beheerder gemaakt", "maakte {} beheerder"),
    "change_user": _administration("Gebruiker gewijzigd", "wijzigde de gegevens van {}"),
    "deactivate_user": _administration("Gebruiker gedeactiveerd", "deactiveerde het account van {}"),
    "reset_factors": _administration("Tweede stap gereset", "resette de tweede stap van {}"),
    "sign_out_user": _administration("Gebruiker uitgelogd", "logde {} overal uit"),
    "reactivate_user": _administration("Gebruiker geactiveerd", "activeerde het account van {} weer"),
    "give_mandate": _administration("Rol gegeven", "gaf {} een rol"),
    "take_mandate": _administration("Rol ingetrokken", "trok een rol in van {}"),
    "make_organisation": _administration("Organisatie gemaakt", "maakte {}"),
    "change_organisation": _administration("Organisatie gewijzigd", "wijzigde {}"),
    "deactivate_organisation": _administration("Organisatie gedeactiveerd", "deactiveerde {}"),
    "activate_organisation": _administration("Organisatie geactiveerd", "activeerde {} weer"),
    "make_api_key": _administration("API-sleutel gemaakt", "maakte {}"),
    "revoke_api_key": _administration("API-sleutel ingetrokken", "trok {} in"),
    "make_route": _administration("Route gemaakt", "maakte {}"),
    "change_route": _administration("Route gewijzigd", "wijzigde {}"),
    "move_route": _administration("Route verplaatst", "verplaatste {}"),
    "open_route": _administration("Route geopend", "stelde {} open voor aanmelding"),
    "close_route": _administration("Route gesloten", "sloot {} voor aanmelding"),
    "delete_route": _administration("Route verwijderd", "verwijderde {}"),
    "make_profile": _administration("Profiel gemaakt", "maakte {}"),
    "rename_profile": _administration("Profiel hernoemd", "hernoemde {}"),
    "move_profile": _administration("Profiel verplaatst", "verplaatste {}"),
    "delete_profile": _administration("Profiel verwijderd", "verwijderde {}"),
    "make_step": _administration("Stap gemaakt", "maakte {}"),
    "change_step": _administration("Stap gewijzigd", "wijzigde {}"),
    "move_step": _administration("Stap verplaatst", "verplaatste {}"),
    "delete_step": _administration("Stap verwijderd", "verwijderde {}"),
}

# What the details of an event are called; `{}` is the value. What stands here as nothing is for machines.
DETAILS: Mapping[str, str] = {
    "accounts": "{} accounts",
    "attempt": "poging {}",
    "attempts": "{} pogingen",
    "candidates": "{} kandidaten",
    "chores": "{} keer dagelijks werk",
    "cause": "oorzaak: {}",
    "changed": "veranderde deelnames: {}",
    "contacts": "{} contactpersonen",
    "disclosures": "{} keer wie in een bestand stond",
    "downloads": "{} downloads",
    "codes": "{} betaalcodes",
    "columns": "gewijzigd: {}",
    "count": "{} stuks",
    "enrolments": "{} deelnames",
    "erased": "deelnames: {}",
    "events": "{} gebeurtenissen",
    "forms": "{} formulieren",
    "import_rows": "{} rijen van bestanden",
    "imports": "{} bestanden",
    "mails": "{} berichten",
    "sessions": "{} sessies",
    "tokens": "{} persoonlijke links",
    "fields": "gewijzigd: {}",
    "filters": "filters: {}",
    "kind": "{}",
    "limit": "grens: {}",
    "list": "lijst: {}",
    "mail": "bericht {}",
    "mandates": "{} rollen",
    "means": "met {}",
    "moved": "deelnames die meegingen: {}",
    "outcome": "{}",
    "paycode": "{}",
    "paycode_organisation": "van {}",
    "removed": "samengevoegd met {}",
    "result": "feit {}",
    "role": "rol: {}",
    "route": "{}",
    "rows": "{} rijen",
    "sessions_ended": "{} sessies beëindigd",
    "source": "{}",
    "step": "{}",
    "through": "tot en met {}",
    "way": "naar {}",
    "withdraws": "in plaats van feit {}",
}
# Words of fixed lists, as an administrator knows them.
VALUES: Mapping[str, str] = {
    "administrator": "beheerder",
    "app": "authenticator-app",
    "birth_date": "geboortedatum",
    "batches": "batches",
    "closed": "account gesloten",
    "code": "code",
    "counted_back": "de teller liep terug: misschien is er een kopie",
    "crt_number": "CRT-nummer",
    "crt_registered_on": "opname in het CRT",
    "deed": "soort",
    "email": "e-mailadres",
    "enrolment_manager": "aanmeldbeheerder",
    "enrolments": "aanmeldingen",
    "failed": "niet geslaagd",
    "family_name": "achternaam",
    "first": "hele route",
    "given_name": "voornaam",
    "icon": "pictogram",
    "issued_on": "behaald op",
    "keywords": "trefwoorden",
    "kind": "soort",
    "label": "korte naam",
    "manager": "organisatiebeheerder",
    "may_fail": "zakken kan",
    "name": "naam",
    "name_particle": "tussenvoegsel",
    "number": "nummer",
    "objection": "bezwaar",
    "omhoog": "boven",
    "omlaag": "beneden",
    "organisation": "organisatie",
    "organisation_manager": "organisatiebeheerder",
    "outcome": "uitslag",
    "passed": "geslaagd",
    "passkey": "passkey",
    "paycode": "betaalcode",
    "person": "persoon",
    "profile": "profiel",
    "purpose": "wat het is",
    "quality_scheme_url": "kwaliteitsregeling",
    "recovery_code": "herstelcode",
    "renewal": "verlenging",
    "second_factor_required": "verplichte tweede stap",
    "results": "uitslagen",
    "role": "rol",
    "route": "route",
    "routes": "routes",
    "salutation": "aanhef",
    "scheduled": "ingepland",
    "sign_in_account": "per account",
    "sign_in_address": "per netwerk",
    "sign_in_device": "per bekend apparaat",
    "sign_in_everybody": "iedereen samen",
    "since": "vanaf",
    "skills_passport_on": "opname in het Vakpaspoort",
    "slug": "naam in adressen",
    "standing": "status",
    "status": "status",
    "step": "stap",
    "until": "tot",
    "used": "al gebruikt",
    "used_from": "eerste dag",
    "used_until": "laatste dag",
    "username": "gebruikersnaam",
    "valid_until": "geldig tot",
    "validity_months": "geldigheid",
    "website": "website",
    "withdrawn": "ingetrokken",
    "wrong": "onjuist",
}

VISITOR = "Een bezoeker"
PORTAL = "Het portaal"


def sentence(who: str, action: str, what: str, outcome: str) -> str:
    """`Anna Smit bekeek de gegevens van Jan de Vries (2A3B-4C5D).` An action without words is named as it is."""
    deed = DEEDS.get(action)
    if deed is None:
        return f"{who}: {action} {what}".strip() + "."
    if outcome == "ok":
        return f"{who} {deed.words.format(what)}."
    if deed.refused:
        return f"{who} {deed.refused.format(what)}."
    return f"{who} {deed.words.format(what)} (niet gelukt)."


def detail(name: str, value: str) -> str:
    """One particular, its value in words already; `said` gives those."""
    frame = DETAILS.get(name)
    return f"{name}: {value}" if frame is None else frame.format(value)


def said(value: object) -> str:
    """A value in words: several, with spaces or commas between them, each by itself."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    parts = str(value).replace(",", " ").split()
    return ", ".join(VALUES.get(part, part) for part in parts) if all(part in VALUES for part in parts) else str(value)
