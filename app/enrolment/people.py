"""Who enrols: found among those who are known, or added."""

from collections.abc import Sequence
from typing import Any

from app.clock import now
from app.enrolment.entry import Entry
from app.enrolment.locking import kept
from app.enrolment.person import Person
from app.many import insert_many
from app.names import fold, search_text
from app.tables import Candidate

NAMES = (Candidate.given_name, Candidate.name_particle, Candidate.family_name)


async def find_people(entries: Sequence[Entry]) -> None:
    """Who they are, as the portal knows them: what is typed now changes nothing of who is there already. Who brings the
    number of somebody with another name is added without it, or a wrong number would show who that is."""
    missing, with_number = list(entries), True
    while missing:
        people = {(person.email_key, person.sort_key): person for person in (each.asked.person for each in missing)}
        rows = [_new_candidate(people[place], with_number) for place in sorted(people)]
        await insert_many(Candidate, rows, ending="ON CONFLICT DO NOTHING")
        await _find_known(missing)
        missing, with_number = [entry for entry in missing if entry.candidate is None], False


def _new_candidate(person: Person, with_number: bool) -> dict[str, Any]:
    number = person.crt_number if with_number else None
    return {
        "salutation": person.salutation,
        "given_name": person.given_name,
        "name_particle": person.name_particle,
        "family_name": person.family_name,
        "email": person.email,
        "email_key": person.email_key,
        "birth_date": person.birth_date,
        "crt_number": number,
        "sort_key": person.sort_key,
        "search_text": search_text(*person.name, person.email, number or ""),
        "created_at": now(),
    }


async def _find_known(entries: Sequence[Entry]) -> None:
    """Who has the same name and address; else who has the same number in the register, and the same family name."""
    columns = (Candidate.id, *NAMES, Candidate.email, Candidate.email_key, Candidate.crt_number, Candidate.sort_key)
    persons = [entry.asked.person for entry in entries]
    numbers = {person.crt_number for person in persons if person.crt_number}
    by_email = Candidate.email_key.is_in(list({person.email_key for person in persons}))
    like = by_email | Candidate.crt_number.is_in(list(numbers)) if numbers else by_email
    rows = await kept(Candidate.select(*columns).where(like).order_by(Candidate.id))
    by_name = {(row["email_key"], row["sort_key"]): row for row in rows}
    by_number = {(row["crt_number"], fold(row["family_name"])): row for row in rows if row["crt_number"]}
    for entry in entries:
        person = entry.asked.person
        same_number = by_number.get((person.crt_number, fold(person.family_name)))
        entry.candidate = by_name.get((person.email_key, person.sort_key)) or same_number
