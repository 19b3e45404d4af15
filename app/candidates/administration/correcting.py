"""Putting right what is known of a person: the record and what its enrolments copy, or neither."""

from dataclasses import asdict

from litestar.exceptions import NotFoundException

from app.access import Access
from app.audit import record
from app.candidates.administration.records import copy_to_enrolments, found_by, lock_candidates
from app.database import transaction, violated_unique
from app.enrolment.person import Person
from app.security import PortalRequest
from app.tables import Candidate, Enrolment

COPIED = {"given_name", "name_particle", "family_name", "email"}


class SamePerson(ValueError):
    """There is a record of that person already: `candidate`. `by_number`: who has the same number in the register."""

    def __init__(self, candidate: int, *, by_number: bool) -> None:
        super().__init__()
        self.candidate = candidate
        self.by_number = by_number


async def correct(access: Access, request: PortalRequest, key: int, person: Person) -> None:
    """Raises NotFoundException, or SamePerson where the two had better be merged; then nothing changed."""
    try:
        async with transaction():
            await _correct(access, request, key, person)
    except Exception as error:
        if violated_unique(error) and (same := await _same(access, key, person)):
            raise same from error
        raise


async def _correct(access: Access, request: PortalRequest, key: int, person: Person) -> None:
    before = (await lock_candidates(access, key)).get(key)
    if before is None:
        raise NotFoundException
    values = asdict(person)
    changed = [name for name, value in values.items() if before[name] != value]
    if not changed:
        return
    after = before | values | {"email_key": person.email_key, "sort_key": person.sort_key}
    after["search_text"] = found_by(after)
    columns = [*values, "email_key", "sort_key", "search_text"]
    await Candidate.update({column: after[column] for column in columns}).where(Candidate.id == key)
    if not COPIED.isdisjoint(changed):
        await copy_to_enrolments(after, Enrolment.candidate == key)
    await record(request, "correct_candidate", "candidate", key, fields=" ".join(changed))


async def _same(access: Access, key: int, person: Person) -> SamePerson | None:
    """Who it is that stands in the way."""
    others = access.candidates & (Candidate.id != key)
    alike = (Candidate.email_key == person.email_key) & (Candidate.sort_key == person.sort_key)
    if found := await Candidate.select(Candidate.id).where(others & alike).first():
        return SamePerson(found["id"], by_number=False)
    numbered = others & (Candidate.crt_number == person.crt_number)
    found = await Candidate.select(Candidate.id).where(numbered).first() if person.crt_number else None
    return SamePerson(found["id"], by_number=True) if found else None
