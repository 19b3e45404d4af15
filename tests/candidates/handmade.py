"""Candidates made by hand, for tests that need to know exactly who there is."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from app.database import transaction
from app.names import search_text, sort_key
from app.tables import Candidate, Enrolment, LinkSource, Role, Route, Salutation, State
from app.worlds.accounts import give_mandate, make_organisation, make_user
from app.worlds.catalogue import ensure_routes
from app.worlds.rows import COLUMNS, last_id, load

MADE_AT = datetime(2024, 1, 1, 9, tzinfo=UTC)
NAME = ("Jan", "de", "Vries")
FIRST_DONE = "poo--o"
"""Progress on CO of who has enrolled and not paid yet."""


async def organisation_of(username: str, code: str) -> int:
    """An organisation with its code on every route, and who manages it. Gives its id."""
    routes = await ensure_routes()
    organisation = await make_organisation(code, f"Organisatie {code}", [route.id for route in routes], MADE_AT)
    name = (Salutation.NEUTRAL, "Kim", "", username.title())
    user = await make_user(username, name, f"{username}@example.org", MADE_AT)
    await give_mandate(user, Role.ORGANISATION_MANAGER, organisation, MADE_AT)
    return organisation


async def administrator(username: str) -> None:
    name = (Salutation.NEUTRAL, "Kim", "", username.title())
    user = await make_user(username, name, f"{username}@example.org", MADE_AT)
    await give_mandate(user, Role.ADMINISTRATOR, None, MADE_AT)


async def enrol(
    organisation: int | None,
    names: Iterable[tuple[str, str, str]] = (NAME,),
    *,
    route: str = "co",
    at: Sequence[datetime] = (MADE_AT,),
    progress: str = FIRST_DONE,
    state: State = State.NOT_STARTED,
    valid_until: date | None = None,
    candidate: int | None = None,
) -> list[int]:
    """One enrolment for each of these names, at each of the moments by turns; of this candidate if given."""
    found = await Route.select(Route.id).where(Route.slug == route).first()
    assert found
    first, persons = await last_id(Enrolment) + 1, await last_id(Candidate) + 1
    rows: list[dict[str, Any]] = []
    for place, name in enumerate(names):
        rows.append(_enrolment(first + place, name, at[place % len(at)], organisation) | {"route": found["id"]})
        rows[-1] |= {"candidate": candidate or persons + place, "progress": progress, "state": state.value}
        rows[-1] |= {"valid_until": valid_until, "progress_notes": "|" * (len(progress) - 1)}
    async with transaction() as writing:
        if candidate is None:
            people = [_candidate(row) for row in rows]
            await load(
                writing, Candidate, [tuple(person[each] for each in COLUMNS[Candidate].split()) for person in people]
            )
        await load(writing, Enrolment, [tuple(row[each] for each in COLUMNS[Enrolment].split()) for row in rows])
    return [row["id"] for row in rows]


async def linked_to(enrolment: int) -> int | None:
    row = await Enrolment.select(Enrolment.organisation).where(Enrolment.id == enrolment).first()
    assert row
    organisation: int | None = row["organisation"]
    return organisation


def _enrolment(key: int, name: tuple[str, str, str], at: datetime, organisation: int | None) -> dict[str, Any]:
    number = f"N{key:07}"
    return {
        **dict.fromkeys(COLUMNS[Enrolment].split()),
        **dict(zip(("given_name", "name_particle", "family_name"), name, strict=True)),
        "id": key,
        "kind": "first",
        "number": number,
        "enrolled_at": at,
        "changed_at": at,
        "organisation": organisation,
        "link_source": LinkSource.WEBSITE.value if organisation else None,
        "linked_at": at if organisation else None,
        "sort_key": sort_key(*name),
        "search_text": search_text(*name, f"kandidaat.{key}@example.org", number),
    }


def _candidate(enrolment: dict[str, Any]) -> dict[str, Any]:
    email = f"kandidaat.{enrolment['id']}@example.org"
    names = {each: enrolment[each] for each in ("given_name", "name_particle", "family_name")}
    moment = enrolment["enrolled_at"]
    key = enrolment["candidate"]
    found = {"sort_key": enrolment["sort_key"], "search_text": enrolment["search_text"]}
    found |= {"salutation": "neutral", "email": email, "email_key": email}
    return {"id": key, "created_at": moment, **found, **names}
