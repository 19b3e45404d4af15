"""Every address and verb of the portal: who may use it, and which ids it takes where. Grows only on purpose.

A new route is one line here: `may(who, *kinds of the ids in its path)`, with `query={…}` and `form={…}` for ids that
travel there. A name that is read from a query or a form and is no id goes into PLAIN. A new kind of id is a member of
`Id` and a function in `things.py` that makes one.

A form says what it `fills` in (`{number}` and the like are facts of `things.py`) and, where its page has another
address, which page it `stands_on`. Sent twice it has one effect, unless `twice` says why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.security import Audience
from app.tables import Role
from tests.imports.files import as_csv
from tests.imports.people import people

Declared = Audience | frozenset[Role]

PUBLIC, SIGNED_IN, STATIC, API_KEY = Audience.PUBLIC, Audience.SIGNED_IN, Audience.STATIC, Audience.API_KEY
METRICS_KEY = Audience.METRICS_KEY
BY_KEY = frozenset({API_KEY, METRICS_KEY})
"""No session opens these."""
MANAGERS = frozenset({Role.ORGANISATION_MANAGER, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
ENROLMENT_MANAGERS = frozenset({Role.ENROLMENT_MANAGER})


class Id(StrEnum):
    """What an id in an address, a query or a form is of."""

    ENROLMENT = "enrolment"
    CERTIFIED = "enrolment with a certificate"
    UNLINKED = "enrolment that was unlinked"
    CANDIDATE = "candidate"
    OTHER_CANDIDATE = "candidate of whom there are two records"
    LINKED = "enrolment of the candidate, linked"
    FREE = "enrolment of the candidate, not linked"
    ORGANISATION = "organisation"
    CODE = "code of an organisation"
    MANDATE = "mandate at the organisation"
    ROLE = "mandate of the person"
    PERSON = "person"
    CLOSED = "person whose account is closed"
    INVITED = "person who was invited"
    ACCOUNT = "user name"
    ROUTE = "route"
    NEW_ROUTE = "route that nothing refers to"
    SLUG = "route by its name"
    PROFILE = "profile of the route"
    STEP = "step of the route"
    BATCH = "batch"
    PAYCODE = "paycode"
    RESULT = "result of the enrolment"
    MAIL = "letter"
    FAILED_MAIL = "letter that was not sent"
    KEY = "API key"
    DOWNLOAD = "download"
    FAILED_DOWNLOAD = "download that failed"
    IMPORT = "import of enrolments"
    RESULT_IMPORT = "import of results"
    SESSION = "session"
    PASSKEY = "passkey"
    ACTIVATION = "link to activate"
    RESET = "link to choose another password"
    NEW_ADDRESS = "link to confirm an e-mail address"
    OBJECTION = "link to object"
    FILE = "static file"


@dataclass(frozen=True)
class Row:
    who: Declared
    path: tuple[Id, ...] = ()
    query: Mapping[str, Id] = field(default_factory=dict)
    form: Mapping[str, Id] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    """What is not a 404 for an id that is not theirs (`unlinked`, `deleted`, …), and why."""
    fills: Mapping[str, Any] = field(default_factory=dict)
    stands_on: str = ""
    twice: str = ""
    plain: frozenset[str] = frozenset()
    """Names that are an id elsewhere, and none here."""
    asks: Mapping[str, str] = field(default_factory=dict)
    """What else must stand in the query."""


def may(who: Declared, *path: Id, **more: Any) -> Row:
    return Row(who, path, **more)


ONCE_UNLINKED = dict.fromkeys(
    ("unlinked", "unlinked and linked elsewhere"), "a second unlink by the same organisation answers as the first did"
)
UNDO = {"unlinked": "the manager's own list of thirty days offers it"}
ONCE_TAKEN = dict.fromkeys(("deleted", "missing", "foreign"), "taken away a second time it answers as the first did")
ONCE_ERASED = dict.fromkeys(("deleted", "missing"), "erased a second time it answers as the first did")
CANDIDATE = {
    "aanhef": "neutral",
    "voornaam": "Twee",
    "achternaam": "Maal",
    "emailadres": "twee.maal@example.org",
}
FEW_CANDIDATES = as_csv(people(2))
FEW_RESULTS = as_csv(
    [{"Deelnamenummer": "ABCD-EFGH", "Stap": "Theorietoets", "Uitslag": "geslaagd", "Datum": "04-03-2024"}]
)
DAY = "2024-03-04"
UP = {"richting": "omhoog"}
PASSWORD = "Zonnige!7trap-oud"
# What tests/account/factors sends twice.
CONFIRMED_FIRST = "asks for the password first, which this browser did not give"
NOTHING_WAITS = "this browser is not between two steps"

TABLE: dict[str, Row] = {
    "GET /": may(SIGNED_IN),
    "GET /gezond": may(STATIC),
    "GET /gereed": may(STATIC),
    "GET /metrics": may(METRICS_KEY),
    "GET /static/{file_path:path}": may(STATIC, Id.FILE),
    "HEAD /static/{file_path:path}": may(STATIC, Id.FILE),
    "GET /ondersteuning": may(PUBLIC),
    "GET /.well-known/security.txt": may(STATIC),
    # The account
    "GET /inloggen": may(PUBLIC),
    "POST /inloggen": may(PUBLIC, fills={"gebruikersnaam": "{username}", "wachtwoord": "Merel!9bruggen"}),
    "GET /inloggen/tweede-stap": may(PUBLIC),
    "POST /inloggen/tweede-stap": may(PUBLIC, fills={"code": "123456"}, twice=NOTHING_WAITS),
    "GET /inloggen/tweede-stap/herstelcode": may(PUBLIC),
    "POST /inloggen/tweede-stap/herstelcode": may(PUBLIC, fills={"code": "2345-6789-ACDE"}, twice=NOTHING_WAITS),
    "POST /inloggen/tweede-stap/passkey": may(PUBLIC, fills={"antwoord": "{{}}"}, twice=NOTHING_WAITS),
    "POST /inloggen/tweede-stap/passkey/opties": may(PUBLIC, twice=NOTHING_WAITS),
    "POST /inloggen/passkey": may(
        PUBLIC, fills={"antwoord": "{{}}"}, twice="what is no answer of a passkey is refused"
    ),
    "POST /inloggen/passkey/opties": may(PUBLIC, twice="each time a passkey is asked something else"),
    "POST /uitloggen": may(SIGNED_IN, stands_on="/ondersteuning"),
    "GET /profiel": may(SIGNED_IN),
    "GET /profiel/bewerken": may(SIGNED_IN),
    "POST /profiel/bewerken": may(SIGNED_IN, fills={"voornaam": "Anders"}),
    "GET /profiel/emailadres/{token:str}": may(SIGNED_IN, Id.NEW_ADDRESS),
    "POST /profiel/emailadres/{token:str}": may(SIGNED_IN, Id.NEW_ADDRESS),
    "GET /profiel/bevestigen": may(SIGNED_IN),
    "POST /profiel/bevestigen": may(SIGNED_IN, fills={"huidig_wachtwoord": "Merel!9bruggen"}),
    "GET /profiel/beveiliging": may(SIGNED_IN),
    "GET /profiel/beveiliging/app": may(SIGNED_IN),
    "POST /profiel/beveiliging/app": may(SIGNED_IN, twice=CONFIRMED_FIRST),
    "GET /profiel/beveiliging/app/verwijderen": may(SIGNED_IN),
    "POST /profiel/beveiliging/app/verwijderen": may(SIGNED_IN, twice=CONFIRMED_FIRST),
    "GET /profiel/beveiliging/herstelcodes": may(SIGNED_IN),
    "POST /profiel/beveiliging/herstelcodes": may(SIGNED_IN, twice=CONFIRMED_FIRST),
    "GET /profiel/beveiliging/passkeys/nieuw": may(SIGNED_IN),
    "POST /profiel/beveiliging/passkeys/nieuw": may(SIGNED_IN, twice=CONFIRMED_FIRST),
    "POST /profiel/beveiliging/passkeys/opties": may(SIGNED_IN, twice=CONFIRMED_FIRST),
    "GET /profiel/beveiliging/passkeys/{passkey:str}": may(SIGNED_IN, Id.PASSKEY),
    "POST /profiel/beveiliging/passkeys/{passkey:str}": may(SIGNED_IN, Id.PASSKEY, fills={"naam": "Twee Maal"}),
    "GET /profiel/beveiliging/passkeys/{passkey:str}/verwijderen": may(SIGNED_IN, Id.PASSKEY),
    "POST /profiel/beveiliging/passkeys/{passkey:str}/verwijderen": may(SIGNED_IN, Id.PASSKEY, twice=CONFIRMED_FIRST),
    "POST /profiel/beveiliging/sessies/beeindigen": may(SIGNED_IN, stands_on="/profiel/beveiliging"),
    "POST /profiel/beveiliging/sessies/{session:str}/beeindigen": may(
        SIGNED_IN, Id.SESSION, stands_on="/profiel/beveiliging", answers=ONCE_TAKEN
    ),
    "GET /wachtwoord-vergeten": may(PUBLIC),
    "POST /wachtwoord-vergeten": may(PUBLIC, fills={"gebruikersnaam": "{username}"}),
    "GET /wachtwoord-herstellen/{token:str}": may(PUBLIC, Id.RESET),
    "POST /wachtwoord-herstellen/{token:str}": may(
        PUBLIC, Id.RESET, fills={"nieuw_wachtwoord": PASSWORD, "herhaal_wachtwoord": PASSWORD}
    ),
    "GET /activeren/{token:str}": may(PUBLIC, Id.ACTIVATION),
    "POST /activeren/{token:str}": may(
        PUBLIC,
        Id.ACTIVATION,
        fills={"gebruikersnaam": "nieuweling", "nieuw_wachtwoord": PASSWORD, "herhaal_wachtwoord": PASSWORD},
    ),
    # Candidates, without an account
    "GET /aanmelden": may(PUBLIC),
    "GET /aanmelden/herkansing": may(PUBLIC),
    "POST /aanmelden/herkansing": may(
        PUBLIC, fills={"aanmeldnummer": "{number}", "emailadres": "{email}", "betaalcode": "{code}"}
    ),
    "GET /aanmelden/{slug:str}": may(PUBLIC, Id.SLUG),
    "POST /aanmelden/{slug:str}": may(
        PUBLIC,
        Id.SLUG,
        form={"organisatiecode": Id.CODE},
        plain=frozenset({"koppelen"}),
        fills=CANDIDATE | {"profiel": "{profile}"},
    ),
    "GET /aanmelden/{slug:str}/ontvangen": may(PUBLIC, Id.SLUG),
    "GET /aanmelden/{slug:str}/organisatie": may(PUBLIC, Id.SLUG, query={"organisatiecode": Id.CODE}),
    "GET /bezwaar/{token:str}": may(PUBLIC, Id.OBJECTION),
    "POST /bezwaar/{token:str}": may(PUBLIC, Id.OBJECTION),
    "GET /mijn-gegevens": may(PUBLIC),
    "POST /mijn-gegevens": may(PUBLIC, fills={"aanmeldnummer": "{number}", "emailadres": "{email}"}),
    "GET /mijn-gegevens/{token:str}": may(PUBLIC, Id.OBJECTION),
    # Managers
    "GET /overzicht": may(MANAGERS, query={"organisatie": Id.CODE}),
    "GET /overzicht.xlsx": may(MANAGERS, query={"organisatie": Id.CODE}),
    "GET /ontkoppeld": may(MANAGERS),
    "GET /deelnames/{enrolment:str}": may(MANAGERS, Id.ENROLMENT, query={"organisatie": Id.CODE}),
    "GET /deelnames/{enrolment:str}/ontkoppelen": may(MANAGERS, Id.ENROLMENT, query={"organisatie": Id.CODE}),
    "POST /deelnames/{enrolment:str}/ontkoppelen": may(
        MANAGERS, Id.ENROLMENT, form={"deelname": Id.ENROLMENT}, answers=ONCE_UNLINKED
    ),
    "POST /deelnames/{enrolment:str}/herstellen": may(
        MANAGERS, Id.UNLINKED, form={"deelname": Id.UNLINKED}, stands_on="/ontkoppeld", answers=UNDO
    ),
    "GET /betaalcodes": may(MANAGERS, query={"organisatie": Id.CODE}),
    "GET /betaalcodes.xlsx": may(MANAGERS, query={"organisatie": Id.CODE}),
    "GET /downloads": may(MANAGERS),
    "GET /downloads/{download:str}": may(MANAGERS, Id.DOWNLOAD),
    "GET /downloads/{download:str}/bestand": may(MANAGERS, Id.DOWNLOAD),
    "POST /downloads/{download:str}/opnieuw": may(MANAGERS, Id.FAILED_DOWNLOAD, stands_on="/downloads/{download:str}"),
    # Enrolment managers
    "GET /aanmeldingen": may(ENROLMENT_MANAGERS, query={"organisatie": Id.CODE}),
    "GET /aanmeldingen/nieuw": may(ENROLMENT_MANAGERS),
    "POST /aanmeldingen/nieuw": may(
        ENROLMENT_MANAGERS,
        form={"organisatie": Id.CODE},
        fills=CANDIDATE | {"profiel": "{route_profile}", "organisatie": "{own_code}"},
    ),
    "GET /aanmeldingen/importeren": may(ENROLMENT_MANAGERS),
    "POST /aanmeldingen/importeren": may(
        ENROLMENT_MANAGERS,
        form={"organisatie": Id.CODE},
        fills={"bestand": FEW_CANDIDATES, "organisatie": "{own_code}"},
    ),
    "GET /aanmeldingen/importeren/sjabloon.xlsx": may(ENROLMENT_MANAGERS),
    "GET /aanmeldingen/importeren/{import_id:str}": may(ENROLMENT_MANAGERS, Id.IMPORT),
    "GET /aanmeldingen/importeren/{import_id:str}/fouten.xlsx": may(ENROLMENT_MANAGERS, Id.IMPORT),
    "POST /aanmeldingen/importeren/{import_id:str}/overnemen": may(
        ENROLMENT_MANAGERS, Id.IMPORT, stands_on="/aanmeldingen/importeren/{import_id:str}"
    ),
    "POST /aanmeldingen/importeren/{import_id:str}/annuleren": may(
        ENROLMENT_MANAGERS, Id.IMPORT, stands_on="/aanmeldingen/importeren/{import_id:str}"
    ),
    # Administrators: results
    "GET /deelnames/{enrolment:str}/uitslagen/nieuw": may(ADMINISTRATORS, Id.ENROLMENT),
    "POST /deelnames/{enrolment:str}/uitslagen/nieuw": may(
        ADMINISTRATORS, Id.ENROLMENT, fills={"uitslag": "passed", "dag": DAY}
    ),
    "GET /deelnames/{enrolment:str}/uitslagen/{result:str}/corrigeren": may(ADMINISTRATORS, Id.ENROLMENT, Id.RESULT),
    "POST /deelnames/{enrolment:str}/uitslagen/{result:str}/corrigeren": may(
        ADMINISTRATORS, Id.ENROLMENT, Id.RESULT, fills={"uitslag": "intrekken", "reden": "Vergissing"}
    ),
    "GET /deelnames/{enrolment:str}/uitslagen/bewijs": may(ADMINISTRATORS, Id.ENROLMENT),
    "POST /deelnames/{enrolment:str}/uitslagen/bewijs": may(ADMINISTRATORS, Id.CERTIFIED, fills={"crt_op": "{today}"}),
    "GET /deelnames/{enrolment:str}/verlengen": may(ADMINISTRATORS, Id.CERTIFIED),
    "POST /deelnames/{enrolment:str}/verlengen": may(ADMINISTRATORS, Id.CERTIFIED),
    "GET /beheer/uitslagen": may(ADMINISTRATORS),
    "POST /beheer/uitslagen": may(ADMINISTRATORS, fills={"bestand": FEW_RESULTS}, plain=frozenset({"organisatie"})),
    "GET /beheer/uitslagen/sjabloon.xlsx": may(ADMINISTRATORS),
    "GET /beheer/uitslagen/{import_id:str}": may(ADMINISTRATORS, Id.RESULT_IMPORT),
    "GET /beheer/uitslagen/{import_id:str}/fouten.xlsx": may(ADMINISTRATORS, Id.RESULT_IMPORT),
    "POST /beheer/uitslagen/{import_id:str}/overnemen": may(
        ADMINISTRATORS, Id.RESULT_IMPORT, stands_on="/beheer/uitslagen/{import_id:str}"
    ),
    "POST /beheer/uitslagen/{import_id:str}/annuleren": may(
        ADMINISTRATORS, Id.RESULT_IMPORT, stands_on="/beheer/uitslagen/{import_id:str}"
    ),
    # Administrators: organisations and people
    "GET /beheer": may(ADMINISTRATORS),
    "GET /beheer/organisaties": may(ADMINISTRATORS),
    "GET /beheer/organisaties/nieuw": may(ADMINISTRATORS),
    "POST /beheer/organisaties/nieuw": may(ADMINISTRATORS, fills={"naam": "Twee Maal"}, plain=frozenset({"code"})),
    "GET /beheer/organisaties/voorstel": may(ADMINISTRATORS),
    "GET /beheer/organisaties/{organisation:str}": may(ADMINISTRATORS, Id.ORGANISATION),
    "GET /beheer/organisaties/{organisation:str}/bewerken": may(ADMINISTRATORS, Id.ORGANISATION),
    "POST /beheer/organisaties/{organisation:str}/bewerken": may(
        ADMINISTRATORS, Id.ORGANISATION, fills={"naam": "Twee Maal"}, plain=frozenset({"code"})
    ),
    "GET /beheer/organisaties/{organisation:str}/status": may(ADMINISTRATORS, Id.ORGANISATION),
    "POST /beheer/organisaties/{organisation:str}/status": may(
        ADMINISTRATORS, Id.ORGANISATION, fills={"antwoord": "inactief"}
    ),
    "POST /beheer/organisaties/{organisation:str}/mandaten": may(
        ADMINISTRATORS,
        Id.ORGANISATION,
        form={"wie": Id.ACCOUNT},
        stands_on="/beheer/organisaties/{organisation:str}",
        fills={"wie": "{username}", "rol": "enrolment_manager", "antwoord": "geven"},
    ),
    "GET /beheer/organisaties/{organisation:str}/mandaten/{mandate:str}/intrekken": may(
        ADMINISTRATORS, Id.ORGANISATION, Id.MANDATE
    ),
    "POST /beheer/organisaties/{organisation:str}/mandaten/{mandate:str}/intrekken": may(
        ADMINISTRATORS, Id.ORGANISATION, Id.MANDATE, answers=ONCE_TAKEN
    ),
    "GET /beheer/gebruikers": may(ADMINISTRATORS, query={"organisatie": Id.CODE}),
    "GET /beheer/gebruikers/uitnodigen": may(ADMINISTRATORS, query={"organisatie": Id.CODE}),
    "POST /beheer/gebruikers/uitnodigen": may(
        ADMINISTRATORS,
        form=dict.fromkeys(("organisatie_1", "organisatie_2", "organisatie_3"), Id.CODE),
        fills=CANDIDATE | {"rol_1": "organisatiebeheerder", "organisatie_1": "{own_code}"},
    ),
    "GET /beheer/gebruikers/{person:str}": may(ADMINISTRATORS, Id.PERSON),
    "GET /beheer/gebruikers/{person:str}/bewerken": may(ADMINISTRATORS, Id.PERSON),
    "POST /beheer/gebruikers/{person:str}/bewerken": may(ADMINISTRATORS, Id.PERSON, fills={"voornaam": "Anders"}),
    "POST /beheer/gebruikers/{person:str}/uitnodiging": may(
        ADMINISTRATORS, Id.INVITED, stands_on="/beheer/gebruikers/{person:str}"
    ),
    "POST /beheer/gebruikers/{person:str}/rollen": may(
        ADMINISTRATORS,
        Id.PERSON,
        form={"organisatie": Id.CODE},
        stands_on="/beheer/gebruikers/{person:str}",
        fills={"rol": "aanmeldbeheerder", "organisatie": "{own_code}", "antwoord": "geven"},
    ),
    "GET /beheer/gebruikers/{person:str}/rollen/{mandate:str}/intrekken": may(ADMINISTRATORS, Id.PERSON, Id.ROLE),
    "POST /beheer/gebruikers/{person:str}/rollen/{mandate:str}/intrekken": may(ADMINISTRATORS, Id.PERSON, Id.ROLE),
    "GET /beheer/gebruikers/{person:str}/tweede-stap": may(ADMINISTRATORS, Id.PERSON),
    "POST /beheer/gebruikers/{person:str}/tweede-stap": may(ADMINISTRATORS, Id.PERSON, twice=CONFIRMED_FIRST),
    "GET /beheer/gebruikers/{person:str}/afschrift.xlsx": may(ADMINISTRATORS, Id.PERSON),
    "GET /beheer/gebruikers/{person:str}/wissen": may(ADMINISTRATORS, Id.PERSON),
    "POST /beheer/gebruikers/{person:str}/wissen": may(
        ADMINISTRATORS, Id.PERSON, fills={"zeker": "1"}, answers=ONCE_ERASED
    ),
    "GET /beheer/gebruikers/{person:str}/uitloggen": may(ADMINISTRATORS, Id.PERSON),
    "POST /beheer/gebruikers/{person:str}/uitloggen": may(ADMINISTRATORS, Id.PERSON),
    "GET /beheer/gebruikers/{person:str}/deactiveren": may(ADMINISTRATORS, Id.PERSON),
    "POST /beheer/gebruikers/{person:str}/deactiveren": may(ADMINISTRATORS, Id.PERSON),
    "POST /beheer/gebruikers/{person:str}/activeren": may(
        ADMINISTRATORS, Id.CLOSED, stands_on="/beheer/gebruikers/{person:str}"
    ),
    # Administrators: routes
    "GET /beheer/routes": may(ADMINISTRATORS),
    "GET /beheer/routes/nieuw": may(ADMINISTRATORS),
    "POST /beheer/routes/nieuw": may(ADMINISTRATORS, fills={"naam": "Twee Maal", "label": "Twee"}),
    "GET /beheer/routes/{route:str}": may(ADMINISTRATORS, Id.ROUTE),
    "GET /beheer/routes/{route:str}/bewerken": may(ADMINISTRATORS, Id.ROUTE),
    "POST /beheer/routes/{route:str}/bewerken": may(ADMINISTRATORS, Id.ROUTE, fills={"naam": "Twee Maal"}),
    "POST /beheer/routes/{route:str}/plaats": may(ADMINISTRATORS, Id.NEW_ROUTE, stands_on="/beheer/routes", fills=UP),
    "POST /beheer/routes/{route:str}/aanmelding": may(ADMINISTRATORS, Id.ROUTE, stands_on="/beheer/routes/{route:str}"),
    "GET /beheer/routes/{route:str}/verwijderen": may(ADMINISTRATORS, Id.NEW_ROUTE),
    "POST /beheer/routes/{route:str}/verwijderen": may(ADMINISTRATORS, Id.NEW_ROUTE),
    "GET /beheer/routes/{route:str}/profielen/nieuw": may(ADMINISTRATORS, Id.ROUTE),
    "POST /beheer/routes/{route:str}/profielen/nieuw": may(ADMINISTRATORS, Id.ROUTE, fills={"naam": "Twee Maal"}),
    "GET /beheer/routes/{route:str}/profielen/{profile:str}/bewerken": may(ADMINISTRATORS, Id.ROUTE, Id.PROFILE),
    "POST /beheer/routes/{route:str}/profielen/{profile:str}/bewerken": may(
        ADMINISTRATORS, Id.ROUTE, Id.PROFILE, fills={"naam": "Twee Maal"}
    ),
    "POST /beheer/routes/{route:str}/profielen/{profile:str}/plaats": may(
        ADMINISTRATORS, Id.ROUTE, Id.PROFILE, stands_on="/beheer/routes/{route:str}", fills=UP
    ),
    "GET /beheer/routes/{route:str}/profielen/{profile:str}/verwijderen": may(ADMINISTRATORS, Id.ROUTE, Id.PROFILE),
    "POST /beheer/routes/{route:str}/profielen/{profile:str}/verwijderen": may(ADMINISTRATORS, Id.ROUTE, Id.PROFILE),
    "GET /beheer/routes/{route:str}/stappen/nieuw": may(ADMINISTRATORS, Id.ROUTE),
    "POST /beheer/routes/{route:str}/stappen/nieuw": may(
        ADMINISTRATORS, Id.NEW_ROUTE, fills={"naam": "Twee Maal", "doel": "test"}
    ),
    "GET /beheer/routes/{route:str}/stappen/{step:str}/bewerken": may(ADMINISTRATORS, Id.ROUTE, Id.STEP),
    "POST /beheer/routes/{route:str}/stappen/{step:str}/bewerken": may(
        ADMINISTRATORS, Id.NEW_ROUTE, Id.STEP, fills={"naam": "Twee Maal"}
    ),
    "POST /beheer/routes/{route:str}/stappen/{step:str}/plaats": may(
        ADMINISTRATORS, Id.NEW_ROUTE, Id.STEP, stands_on="/beheer/routes/{route:str}", fills=UP
    ),
    "GET /beheer/routes/{route:str}/stappen/{step:str}/verwijderen": may(ADMINISTRATORS, Id.ROUTE, Id.STEP),
    "POST /beheer/routes/{route:str}/stappen/{step:str}/verwijderen": may(ADMINISTRATORS, Id.NEW_ROUTE, Id.STEP),
    # Administrators: batches
    "GET /beheer/batches": may(ADMINISTRATORS, query={"organisatie": Id.CODE}),
    "GET /beheer/batches/nieuw": may(ADMINISTRATORS),
    "POST /beheer/batches/nieuw": may(
        ADMINISTRATORS, form={"organisatie": Id.CODE}, fills={"aantal": "3", "profiel": "co"}
    ),
    "GET /beheer/batches/codes": may(ADMINISTRATORS),
    "POST /beheer/batches/codes": may(ADMINISTRATORS, fills={"code": "{code}"}),
    "GET /beheer/batches/codes/{code:str}": may(ADMINISTRATORS, Id.PAYCODE),
    "GET /beheer/batches/{batch:str}": may(ADMINISTRATORS, Id.BATCH, plain=frozenset({"codes"})),
    "GET /beheer/batches/{batch:str}/uitdeelvel": may(ADMINISTRATORS, Id.BATCH),
    "GET /beheer/batches/{batch:str}/uitdeelvel.xlsx": may(ADMINISTRATORS, Id.BATCH),
    "GET /beheer/batches/{batch:str}/wijzigen": may(
        ADMINISTRATORS, Id.BATCH, query={"code": Id.PAYCODE}, asks={"wat": "deactiveren"}
    ),
    "POST /beheer/batches/{batch:str}/wijzigen": may(
        ADMINISTRATORS,
        Id.BATCH,
        form={"codes": Id.PAYCODE},
        stands_on="/beheer/batches/{batch:str}/wijzigen?wat=deactiveren",
        fills={"wat": "deactiveren", "reden": "Zoek"},
        plain=frozenset({"organisatie"}),
    ),
    # Administrators: candidates
    "GET /beheer/kandidaten": may(ADMINISTRATORS, query={"organisatie": Id.CODE}),
    "GET /beheer/kandidaten/{candidate:str}": may(ADMINISTRATORS, Id.CANDIDATE),
    "GET /beheer/kandidaten/{candidate:str}/bewerken": may(ADMINISTRATORS, Id.CANDIDATE),
    "POST /beheer/kandidaten/{candidate:str}/bewerken": may(ADMINISTRATORS, Id.CANDIDATE, fills={"voornaam": "Anders"}),
    "GET /beheer/kandidaten/{candidate:str}/afschrift.xlsx": may(ADMINISTRATORS, Id.CANDIDATE),
    "GET /beheer/kandidaten/{candidate:str}/wissen": may(ADMINISTRATORS, Id.CANDIDATE),
    "POST /beheer/kandidaten/{candidate:str}/wissen": may(ADMINISTRATORS, Id.CANDIDATE, fills={"zeker": "1"}),
    "GET /beheer/kandidaten/{candidate:str}/deelnames/{enrolment:str}/koppelen": may(
        ADMINISTRATORS, Id.CANDIDATE, Id.FREE, query={"organisatie": Id.CODE}
    ),
    "POST /beheer/kandidaten/{candidate:str}/deelnames/{enrolment:str}/koppelen": may(
        ADMINISTRATORS,
        Id.CANDIDATE,
        Id.FREE,
        form={"organisatie": Id.CODE},
        stands_on="/beheer/kandidaten/{candidate:str}/deelnames/{enrolment:str}/koppelen?organisatie=AAA",
        fills={"organisatie": "{own_code}", "gevraagd": "1"},
    ),
    "GET /beheer/kandidaten/{candidate:str}/deelnames/{enrolment:str}/ontkoppelen": may(
        ADMINISTRATORS, Id.CANDIDATE, Id.LINKED
    ),
    "POST /beheer/kandidaten/{candidate:str}/deelnames/{enrolment:str}/ontkoppelen": may(
        ADMINISTRATORS, Id.CANDIDATE, Id.LINKED
    ),
    "GET /beheer/kandidaten/{candidate:str}/deelnames/{enrolment:str}/herstellen": may(
        ADMINISTRATORS, Id.CANDIDATE, Id.FREE
    ),
    "POST /beheer/kandidaten/{candidate:str}/deelnames/{enrolment:str}/herstellen": may(
        ADMINISTRATORS, Id.CANDIDATE, Id.FREE
    ),
    "GET /beheer/kandidaten/{candidate:str}/samenvoegen": may(
        ADMINISTRATORS, Id.CANDIDATE, query={"organisatie": Id.CODE}
    ),
    "GET /beheer/kandidaten/{candidate:str}/samenvoegen/{other:str}": may(
        ADMINISTRATORS, Id.CANDIDATE, Id.OTHER_CANDIDATE
    ),
    "POST /beheer/kandidaten/{candidate:str}/samenvoegen/{other:str}": may(
        ADMINISTRATORS, Id.CANDIDATE, Id.OTHER_CANDIDATE
    ),
    # Administrators: letters, what is kept, the log, keys
    "GET /beheer/gegevens": may(ADMINISTRATORS),
    "GET /beheer/berichten": may(ADMINISTRATORS),
    "GET /beheer/berichten/{mail:str}": may(ADMINISTRATORS, Id.MAIL),
    "POST /beheer/berichten/{mail:str}/openen": may(
        ADMINISTRATORS,
        Id.MAIL,
        stands_on="/beheer/berichten/{mail:str}",
        twice="each opening makes a link of its own; of a user the one before stops working",
    ),
    "POST /beheer/berichten/{mail:str}/opnieuw": may(
        ADMINISTRATORS, Id.FAILED_MAIL, stands_on="/beheer/berichten/{mail:str}"
    ),
    "GET /beheer/logboek": may(ADMINISTRATORS, query={"organisatie": Id.CODE, "persoon": Id.ACCOUNT}),
    "GET /beheer/logboek.xlsx": may(ADMINISTRATORS, query={"organisatie": Id.CODE, "persoon": Id.ACCOUNT}),
    "GET /beheer/api-sleutels": may(ADMINISTRATORS),
    "GET /beheer/api-sleutels/nieuw": may(ADMINISTRATORS),
    "POST /beheer/api-sleutels/nieuw": may(
        ADMINISTRATORS,
        form={"organisatie": Id.CODE},
        fills={"naam": "Twee Maal", "bron": "twee-maal", "results:write": "1"},
    ),
    "GET /beheer/api-sleutels/{key:str}/intrekken": may(ADMINISTRATORS, Id.KEY),
    "POST /beheer/api-sleutels/{key:str}/intrekken": may(ADMINISTRATORS, Id.KEY),
    # Other systems
    "POST /api/v1/results": may(API_KEY),
    "GET /api/v1/enrolments": may(API_KEY),
    "GET /api/v1/paycodes": may(API_KEY),
    "GET /api/v1/schema": may(PUBLIC),
}

# What is read from queries and forms and names nothing of anybody: filters, words, dates, steps and profiles.
PLAIN = frozenset(
    {
        "aanbod",
        "aangemaakt_tot",
        "aangemaakt_vanaf",
        "aangemeld",
        "aanhef",
        "achternaam",
        "actief",
        "antwoord",
        "app-ingesteld",
        "app-verwijderd",
        "batches",
        "beeindigd",
        "behaald_op",
        "bericht",
        "betaalcode",
        "betaalcodes",
        "betaald",
        "bevestigd",
        "contact",
        "crt_op",
        "crtnummer",
        "doel",
        "emailadres",
        "enrolments:read",
        "formulier",
        "fout",
        "geactiveerd",
        "geannuleerd",
        "geboortedatum",
        "gebruikersnaam",
        "gedaan",
        "gegeven",
        "gekozen",
        "geldig",
        "geldig_tot",
        "geldigheid",
        "had-al",
        "herhaal_wachtwoord",
        "hersteld",
        "huidig_wachtwoord",
        "icoon",
        "inactief",
        "ingesteld",
        "ingetrokken",
        "kies",
        "koppel",
        "kwaliteitsregeling",
        "label",
        "naam",
        "nieuw_wachtwoord",
        "nummer",
        "open",
        "opgeslagen",
        "opnieuw",
        "pagina",
        "passkey",
        "passkey-hernoemd",
        "passkey-toegevoegd",
        "passkey-verwijderd",
        "paycodes:read",
        "per_pagina",
        "plaats",
        "profiel",
        "referentie",
        "results:write",
        "richting",
        "rol",
        "rol_2",
        "rol_3",
        "route",
        "route_afleverset",
        "route_co",
        "route_warmtepomp",
        "route_zonnestroom",
        "slug",
        "soort",
        "sorteer",
        "stap",
        "status",
        "terug",
        "toon",
        "tot",
        "trefwoorden",
        "tussenvoegsel",
        "tweede_stap",
        "uitgegeven",
        "uitgelogd",
        "uitslag",
        "vakpaspoort_op",
        "vanaf",
        "verlopen",
        "verplaatst",
        "verstuurd",
        "verwijderd",
        "volgende",
        "voornaam",
        "vrije_betaalcode",
        "wat",
        "website",
        "wijzig",
        "zakken",
        "zeker",
        "zonder",
    }
)
