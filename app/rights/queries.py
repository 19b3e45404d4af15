"""What was done about what the portal keeps."""

import json
from dataclasses import dataclass
from datetime import datetime

from app.access import Access
from app.tables import Chore, JobState

NAMES = {
    "backup": "Reservekopie maken",
    "seal": "Logboek verzegelen",
    "verify": "Laatste zegel nagaan",
    "retention": "Wissen wat zijn tijd heeft gehad",
}

WHAT = {
    "copies": "reservekopieën",
    "outdated": "oude reservekopieën weg",
    "days": "dagen",
    "events": "gebeurtenissen",
    "broken": "zegels die niet kloppen",
    "candidates": "kandidaten",
    "accounts": "accounts",
    "contacts": "contactpersonen van batches",
    "tokens": "persoonlijke links",
    "sessions": "sessies",
    "forms": "verstuurde formulieren",
    "attempts": "pogingen",
    "mails": "berichten",
    "import_rows": "rijen van bestanden",
    "imports": "bestanden",
    "downloads": "downloads",
    "disclosures": "keer wie in een bestand stond",
    "chores": "keer dagelijks werk",
}


@dataclass(frozen=True)
class Done:
    """A chore that was done, the last time."""

    name: str
    at: datetime
    told: dict[str, int]

    @property
    def words(self) -> str:
        """How much of what: `2 dagen verzegeld, 40 gebeurtenissen`."""
        said = [f"{number} {WHAT.get(name, name)}" for name, number in self.told.items() if number]
        return ", ".join(said) or "niets te doen"


async def last_chores(access: Access) -> list[Done]:
    """Each chore that ever was, in its order."""
    assert access.everywhere
    found = {}
    for name, words in NAMES.items():
        ready = (Chore.name == name) & (Chore.state == JobState.READY.value)
        row = await Chore.select().where(ready).order_by(Chore.day, ascending=False).first()
        if row:
            found[name] = Done(words, row["finished_at"], json.loads(row["told"]))
    return list(found.values())
