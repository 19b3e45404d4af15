"""The record of a person, and what the enrolments of that person copy from it so that lists need not look it up."""

from collections.abc import Mapping
from typing import Any

from piccolo.query.mixins import LockStrength

from app.access import Access, Condition
from app.clock import now
from app.names import search_text, sort_key
from app.tables import Candidate, Enrolment

SOMEBODY: Condition = Candidate.email != ""
"""Whom nobody erased: everybody else has an address."""


async def lock_candidates(access: Access, *candidates: int) -> dict[int, dict[str, Any]]:
    """Whoever enrols one of them was before, and is seen, or waits and then sees what became of them. In the order of
    their ids, so that two who lock never wait for each other; SQLite has one writer anyway. Who was erased is nobody
    and stays so."""
    wanted = access.candidates & SOMEBODY & Candidate.id.is_in(list(candidates))
    query = Candidate.select().where(wanted).order_by(Candidate.id)
    if query.engine_type == "postgres":
        query = query.lock_rows(LockStrength.update)
    return {row["id"]: dict(row) for row in await query}


def name_of(person: Mapping[str, Any]) -> tuple[str, str, str]:
    return person["given_name"], person["name_particle"], person["family_name"]


def found_by(person: Mapping[str, Any]) -> str:
    """What a person is found by."""
    return search_text(*name_of(person), person["email"], person["crt_number"] or "")


async def copy_to_enrolments(person: Mapping[str, Any], which: Condition) -> list[int]:
    """Makes these enrolments this person's, with the name to show, to sort and to find them by, in the caller's
    transaction. Gives their ids."""
    rows = await Enrolment.select(Enrolment.id, Enrolment.number).where(which).order_by(Enrolment.id)
    for row in rows:
        await Enrolment.update(
            {
                Enrolment.candidate: person["id"],
                Enrolment.given_name: person["given_name"],
                Enrolment.name_particle: person["name_particle"],
                Enrolment.family_name: person["family_name"],
                Enrolment.sort_key: sort_key(*name_of(person)),
                Enrolment.search_text: search_text(*name_of(person), person["email"], row["number"]),
                Enrolment.changed_at: now(),
            }
        ).where(Enrolment.id == row["id"])
    return [row["id"] for row in rows]
