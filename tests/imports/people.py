"""Rows of people to enrol."""


def person(number: int | str = 1, **changes: str) -> dict[str, str]:
    row = {
        "Aanhef": "Mevrouw",
        "Voornaam": f"Ximena{number}",
        "Tussenvoegsel": "van der",
        "Achternaam": "Meulen",
        "E-mailadres": f"ximena.{number}@example.org",
        "Route": "Vakmanschap Afleverset",
        "Profiel": "Monteur Afleverset",
        "Geboortedatum": "22-04-1990",
        "CRT-nummer": "",
        "Betaalcode": "",
    }
    return row | {name.replace("_", "-"): text for name, text in changes.items()}


def people(count: int, first: int = 1) -> list[dict[str, str]]:
    return [person(number) for number in range(first, first + count)]
