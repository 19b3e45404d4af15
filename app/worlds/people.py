"""Invented people. No name, mail address or company here is anybody's."""

from itertools import count
from random import Random
from typing import NamedTuple

from app.names import fold
from app.tables import Salutation

MR, MS, NEUTRAL = Salutation.MR, Salutation.MS, Salutation.NEUTRAL


class Person(NamedTuple):
    salutation: Salutation
    given_name: str
    name_particle: str
    family_name: str
    email: str

    @property
    def name(self) -> tuple[str, str, str]:
        return self.given_name, self.name_particle, self.family_name


# Chosen to break sorting, export and search.
DIFFICULT = (
    (MR, "Jan", "de", "Vries"),
    (MR, "Jan", "de", "Vries"),
    (MR, "Ruben", "van den", "Berg"),
    (MS, "Sanne", "van der", "Meulen"),
    (MR, "Daniël", "", "Bakker"),
    (MR, "Noël", "'t", "Hart"),
    (MR, "Willem", "in 't", "Veld"),
    (NEUTRAL, "Robin", "van 't", "Hof"),
    (MS, "Chloë", "ter", "Beek"),
    (MR, "René", "", "Meijer"),
    (MS, "Zoë", "", "Dekker"),
    (MS, "Özlem", "", "Yılmaz"),
    (MR, "Łukasz", "", "Wójcik"),
    (MR, "Søren", "", "Jansen"),
    (MS, "Fatima", "el", "Amrani"),
    (MR, "Youssef", "", "Ben Ali"),
    (MS, "Anaïs", "de la", "Cruz"),
    (MR, "IJsbrand", "", "IJzerman"),
    (MS, "Femke", "van de", "Ven-de Groot"),
    (MR, "Thanh", "", "Nguyễn"),
    (MR, "Sjoerd", "", "Hoekstra"),
    (MR, "André", "", "Visser"),
    (MS, "Eva", "", "Smit"),
    (MR, "Bas", "van", "Dijk"),
    (MS, "Maria Wilhelmina Johanna Catharina", "van de", "Oude Weernink-van Heeckeren tot Nettelhorst en Walien"),
    (MR, "Christiaan-Alexander Maximiliaan", "", "Overeenkomstenvaststellingscommissaris-Brandweerladder"),
)

MEN = [
    "Ahmed",
    "Arjan",
    "Bart",
    "Bram",
    "Casper",
    "Cees",
    "Daan",
    "Dennis",
    "Emre",
    "Erik",
    "Frank",
    "Gerard",
    "Gijs",
    "Hans",
    "Henk",
    "Hugo",
    "Jeroen",
    "Jesse",
    "Johan",
    "Joost",
    "Karel",
    "Kees",
    "Koen",
    "Lars",
    "Leon",
    "Luuk",
    "Maarten",
    "Marco",
    "Mark",
    "Martijn",
    "Mehmet",
    "Milan",
    "Mohamed",
    "Niels",
    "Olivier",
    "Patrick",
    "Paul",
    "Peter",
    "Piet",
    "Pim",
    "Rick",
    "Rob",
    "Ruud",
    "Sander",
    "Sem",
    "Stefan",
    "Stijn",
    "Teun",
    "Thijs",
    "Thomas",
    "Tim",
    "Tobias",
    "Tom",
    "Victor",
    "Vincent",
    "Wesley",
    "Wim",
    "Wouter",
]
WOMEN = [
    "Anouk",
    "Astrid",
    "Bianca",
    "Carmen",
    "Demi",
    "Elif",
    "Esther",
    "Femke",
    "Hanna",
    "Inge",
    "Iris",
    "Julia",
    "Kim",
    "Lotte",
    "Naomi",
    "Noor",
    "Petra",
    "Sara",
]
FAMILIES = (
    *(("", name) for name in ("Jansen", "Bakker", "Janssen", "Visser", "Smit", "Meijer")),
    *(
        ("", name)
        for name in [
            "Mulder",
            "Bos",
            "Vos",
            "Peters",
            "Hendriks",
            "Dekker",
            "Brouwer",
            "Koster",
            "Prins",
            "Postma",
            "Kuipers",
            "Kaya",
        ]
    ),
    *(
        ("", name)
        for name in [
            "Willems",
            "Huisman",
            "Scholten",
            "Veenstra",
            "Molenaar",
            "Schouten",
            "Timmermans",
            "Groen",
            "Şahin",
            "Özdemir",
        ]
    ),
    *(
        ("", name)
        for name in [
            "Hermans",
            "Gerritsen",
            "Jacobs",
            "Peeters",
            "Verhoeven",
            "Koopman",
            "Blom",
            "Kramer",
            "Evers",
            "Claassen",
        ]
    ),
    ("de", "Jong"),
    ("de", "Vries"),
    ("van den", "Berg"),
    ("van", "Dijk"),
    ("de", "Boer"),
    ("van der", "Linden"),
    ("de", "Graaf"),
    ("van", "Leeuwen"),
    ("van der", "Heijden"),
    ("den", "Hartog"),
    ("van", "Vliet"),
    ("ter", "Horst"),
    ("op den", "Kamp"),
    ("de", "Wit"),
)


class People:
    """Gives people, one after another, each with an address of their own under `domain`."""

    def __init__(self, random: Random, domain: str) -> None:
        self._random = random
        self._domain = domain
        self._number = count(1)
        self._folded: dict[str, str] = {}

    def anyone(self) -> Person:
        """About one in three has a particle, one in ten is a woman."""
        random = self._random.random
        woman = random() < 0.1
        given = WOMEN[int(random() * len(WOMEN))] if woman else MEN[int(random() * len(MEN))]
        particle, family = FAMILIES[int(random() * len(FAMILIES))]
        return self.named(MS if woman else MR, given, particle, family)

    def named(self, salutation: Salutation, given_name: str, name_particle: str, family_name: str) -> Person:
        address = f"{self._part(given_name)}.{self._part(family_name)}.{next(self._number)}@{self._domain}"
        return Person(salutation, given_name, name_particle, family_name, address)

    def _part(self, name: str) -> str:
        """Plain letters, short enough for an address."""
        if name not in self._folded:
            self._folded[name] = "".join(sign for sign in fold(name) if sign.isascii() and sign.isalpha())[:24]
        return self._folded[name]
