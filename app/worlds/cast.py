"""Who and what the demo shows: its organisations, its accounts, and how many candidates each has."""

from dataclasses import dataclass

from app.tables import Role, Salutation

MR, MS, NEUTRAL = Salutation.MR, Salutation.MS, Salutation.NEUTRAL
MANAGER, ENROLS = Role.ORGANISATION_MANAGER, Role.ENROLMENT_MANAGER


@dataclass(frozen=True)
class OrganisationRecipe:
    name: str
    routes: tuple[str, ...]
    candidates: int
    contacts: tuple[str, ...] = ()
    codes: int = 0
    """Paycodes in all; none: everybody pays otherwise."""


ORGANISATIONS = {
    "NWT": OrganisationRecipe(
        "Noorderwind Warmtetechniek (demo)",
        ("co", "warmtepomp", "afleverset", "zonnestroom"),
        120,
        ("Marieke van Loon", "Joris Hendriks"),
        150,
    ),
    "ZPI": OrganisationRecipe("Zuiderpoort Installaties (demo)", ("co", "warmtepomp"), 32, ("Pieter Aalbers",), 30),
    "DHK": OrganisationRecipe(
        "Dijkhoven Klimaat (demo)", ("co", "warmtepomp", "afleverset"), 28, ("Saskia de Ruiter",), 25
    ),
    "LVT": OrganisationRecipe("Lindewaard Vastgoedtechniek (demo)", ("co",), 1, ("Ton Wiersma",)),
    "HZS": OrganisationRecipe("Helderveld Zonnestroom (demo)", ("zonnestroom",), 9, ("Yara Bouzid",), 10),
    "BRG": OrganisationRecipe("Brouwersgracht Gastechniek (demo)", ("co",), 0),
    "VAK": OrganisationRecipe("Vakmanschap Techniek", ("co",), 6, ("Jolanda Terpstra",)),
}


@dataclass(frozen=True)
class Account:
    name: tuple[Salutation, str, str, str]
    email: str
    mandates: tuple[tuple[Role, str | None], ...] = ()


ACCOUNTS = {
    "beheerder": Account((NEUTRAL, "Bo", "", "Beheerder"), "beheerder@example.org", ((Role.ADMINISTRATOR, None),)),
    "anna.smit": Account((MS, "Anna", "", "Smit"), "anna.smit@nwt.example", ((MANAGER, "NWT"),)),
    "bram.devries": Account(
        (MR, "Bram", "de", "Vries"), "bram.devries@nwt.example", ((MANAGER, "NWT"), (MANAGER, "ZPI"))
    ),
    "carla.jansen": Account((MS, "Carla", "", "Jansen"), "carla.jansen@zpi.example", ((MANAGER, "ZPI"),)),
    "dirk.visser": Account((MR, "Dirk", "", "Visser"), "dirk.visser@nwt.example", ((ENROLS, "NWT"),)),
    "vera.meijer": Account((MS, "Vera", "", "Meijer"), "vera.meijer@vak.example", ((MANAGER, "VAK"),)),
    "eva.bakker": Account((MS, "Eva", "", "Bakker"), "eva.bakker@brg.example", ((MANAGER, "BRG"),)),
    "niels.los": Account((MR, "Niels", "", "Los"), "niels.los@example.org", ((MANAGER, None),)),
}

REFERENCES = (
    "Test",
    "",
    "PO-2024-0173",
    "Monteurs regio Noord",
    "Bijscholing voorjaar, ploegen Assen, Emmen en Hoogeveen (Q2)",
)

# The manual's own example.
MANUAL_BATCH = "3K2R1S"
MANUAL_CODES = ("EXZA8F5EXG5WU22J", "E2ZA8HG6PH5WSUSJ", "D8ZA8EFHSP5WU3TG", "45ZA8GU2C25WTG6Z", "DHZA8WJ27Z5WSD5C")
